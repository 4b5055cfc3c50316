// Subgraphs in other processes answer the gateway and nobody else, and their absence is told and ends.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { request } from 'undici';
import { createSigner, type SignedOperation } from '../../platform/request-signature.ts';
import { RawSocket, startHarness, type Harness } from '../support/gateway-harness.ts';

const operation = { query: '{ booksTenant }', variables: {} };
const principal = { tenantId: 'acme', subject: 'user', scopes: [], expiresAt: 4_000_000_000 };

let harness: Harness;
let booksUrl: string;

beforeAll(async () => {
  harness = await startHarness({ topology: 'remote' });
  booksUrl = `${harness.remote.get('books')?.url}/subgraphs/books`;
});
afterAll(() => harness.close());

function sign(
  signed: SignedOperation,
  { audience = 'books', keys = harness.keys, now = Date.now() } = {},
) {
  const signer = createSigner({ keys, clock: { now: () => now }, newId: randomUUID });
  return signer(signed, { audience, principal, scope: { requestId: 'r' } });
}

async function ask(body: unknown, headers: Record<string, string> = {}) {
  const answer = await request(booksUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.statusCode, json: await answer.body.json() };
}

const signedBody = (signature: unknown, sent: object = operation) => ({
  ...sent,
  extensions: { requestSignature: signature },
});

describe('a subgraph', () => {
  it('answers a signed operation', async () => {
    const { status, json } = await ask(signedBody(sign(operation)));
    expect({ status, json }).toEqual({ status: 200, json: { data: { booksTenant: 'acme' } } });
  });

  const refused: [string, () => unknown][] = [
    ['an unsigned operation', () => operation],
    ['a signature of another key', () => signedBody(sign(operation, { keys: [randomBytes(32)] }))],
    [
      'a signature for another subgraph',
      () => signedBody(sign(operation, { audience: 'authors' })),
    ],
    ['a stale signature', () => signedBody(sign(operation, { now: Date.now() - 40_000 }))],
    [
      'an altered query',
      () => signedBody(sign(operation), { query: '{ books(first: 1) { id } }' }),
    ],
    ['altered variables', () => signedBody(sign(operation), { ...operation, variables: { a: 1 } })],
    ['a batch', () => [signedBody(sign(operation))]],
    ['nothing', () => null],
  ];
  it.each(refused)('refuses %s', async (_what, body) => {
    const contexts = harness.record.contexts.length;
    const { status, json } = await ask(body());
    expect({ status, json }).toMatchObject({ status: 401, json: { code: 'UNAUTHENTICATED' } });
    expect(harness.record.contexts).toHaveLength(contexts);
  });

  it('refuses a token and identity headers instead of a signature', async () => {
    const token = await harness.mint('acme');
    const headers = { authorization: `Bearer ${token}`, 'x-tenant': 'acme' };
    expect((await ask(operation, headers)).status).toBe(401);
  });

  it('refuses the same signed operation the second time', async () => {
    const body = signedBody(sign(operation));
    expect((await ask(body)).status).toBe(200);
    expect((await ask(body)).status).toBe(401);
  });

  it('does not introspect or trace, even for the gateway', async () => {
    const introspection = { query: '{ __schema { types { name } } }' };
    const { json } = await ask(signedBody(sign(introspection), introspection), {
      'apollo-federation-include-trace': 'ftv1',
    });
    expect(json).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL' } }] });
    expect(JSON.stringify(json)).not.toMatch(/ftv1|stacktrace/);
  });

  it('refuses streams that are not signed, or signed for something else', async () => {
    const subscription = { query: 'subscription { bookAdded(count: 1) { id } }' };
    const socket = await new RawSocket(booksUrl.replace('http', 'ws')).open();
    socket.send({ type: 'connection_init' });
    await socket.next();
    const payloads = [subscription, signedBody(sign(operation), subscription)];
    for (const [id, payload] of payloads.entries()) {
      socket.send({ id: String(id), type: 'subscribe', payload });
      expect(await socket.next()).toMatchObject({
        type: 'error',
        payload: [{ extensions: { code: 'UNAUTHENTICATED' } }],
      });
    }
    socket.send({
      id: 'signed',
      type: 'subscribe',
      payload: signedBody(sign(subscription), subscription),
    });
    expect((await socket.next()).payload).toEqual({ data: { bookAdded: { id: 'b1' } } });
    await socket.close();
  });
});

describe('the gateway', () => {
  it('says that a part is unavailable while a subgraph is down, and goes on when it is back', async () => {
    const own = await startHarness({ topology: 'remote' });
    const token = await own.mint('acme');
    const authors = own.remote.get('authors');
    if (authors === undefined) throw new Error('the harness has two subgraphs');
    const query = '{ books(first: 1) { id author { name } } }';
    expect((await own.post(query, { token })).json.errors).toBeUndefined();

    await authors.server.close(0);
    const { json } = await own.post(query, { token });
    expect(json.errors?.[0]?.extensions).toEqual({ code: 'UNAVAILABLE' });
    expect(json.data).toEqual({ books: [{ id: 'b0', author: null }] });

    const routes = [authors.own.route];
    await own.openServer({ routes }, authors.port);
    expect((await own.post(query, { token })).json.data).toEqual({
      books: [{ id: 'b0', author: { name: 'acme author a0' } }],
    });
    await own.close();
  });

  it('ends streams with an error when their subgraph goes, and opens new ones when it is back', async () => {
    const own = await startHarness({ topology: 'remote' });
    const token = await own.mint('acme');
    const books = own.remote.get('books');
    if (books === undefined) throw new Error('the harness has two subgraphs');
    const query = 'subscription { bookAdded(count: 1) { id } }';
    const socket = await new RawSocket(own.webSocketUrl).open(token);
    for (const id of ['1', '2']) {
      socket.subscribe(id, query);
      expect((await socket.next()).payload).toEqual({ data: { bookAdded: { id: 'b1' } } });
    }

    await books.server.close(0);
    const ends = [
      await socket.next(),
      await socket.next(),
      await socket.next(),
      await socket.next(),
    ];
    for (const id of ['1', '2']) {
      const [last, complete] = ends.filter((message) => message.id === id);
      expect(last?.payload).toMatchObject({ errors: [{ extensions: { code: 'UNAVAILABLE' } }] });
      expect(complete).toEqual({ id, type: 'complete' });
    }

    const upgrades = { [books.own.path]: books.own.upgrade };
    await own.openServer({ upgrades }, books.port);
    socket.subscribe('3', query);
    expect((await socket.next()).payload).toEqual({ data: { bookAdded: { id: 'b1' } } });
    await socket.close();
    await own.close();
  });
});
