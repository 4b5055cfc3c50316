// What the front door refuses over HTTP, with a clear error and unharmed.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { generateKeyPair, SignJWT } from 'jose';
import { request } from 'undici';
import {
  GRAPHQL,
  startHarness,
  type Harness,
  type PostOptions,
} from '../support/gateway-harness.ts';

let harness: Harness;
let token: string;

beforeAll(async () => {
  const settings = { allowedOrigins: ['https://app.test'], bodyMaxBytes: 20_000 };
  harness = await startHarness({ topology: 'local', production: true, settings });
  token = await harness.mint('acme');
});
afterAll(() => harness.close());

/** The document is refused with this code, and nothing of it has run. */
async function expectRefused(body: unknown, code: string, options: PostOptions = {}) {
  const contexts = harness.record.contexts.length;
  const answer = await harness.post(body, { token, ...options });
  expect(answer.json.errors?.[0]?.extensions).toMatchObject({ code });
  expect(answer.json.data).toBeUndefined();
  expect(harness.record.contexts).toHaveLength(contexts);
  return answer;
}

describe('a caller', () => {
  const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = (change: object = {}) => ({
    iss: 'https://issuer.test',
    aud: 'parley',
    sub: 'user',
    tenant: 'acme',
    scope: '',
    exp: Math.floor(Date.now() / 1000) + 60,
    ...change,
  });
  const issuerToken = (tenant: string) => harness.mint(tenant);
  const foreign = async () => {
    const { privateKey } = await generateKeyPair('Ed25519');
    const kid = harness.issuer.jwks.keys[0]?.kid ?? '';
    return new SignJWT(claims()).setProtectedHeader({ alg: 'Ed25519', kid }).sign(privateKey);
  };
  const symmetric = () => {
    const publicKey = Buffer.from(harness.issuer.jwks.keys[0]?.['x'] ?? '', 'base64url');
    return new SignJWT(claims()).setProtectedHeader({ alg: 'HS256' }).sign(publicKey);
  };
  const altered = async () => {
    const [header, , signature] = token.split('.');
    return `${header}.${base64(claims({ tenant: 'other' }))}.${signature}`;
  };
  const refused: [string, () => string | undefined | Promise<string>][] = [
    ['without a token', () => undefined],
    ['with an empty token', () => 'Bearer '],
    ['with garbage', () => 'Bearer garbage'],
    ['with a huge token', () => `Bearer ${'a'.repeat(10_000)}`],
    ['with a password', () => 'Basic YTpi'],
    ['with alg none', () => `Bearer ${base64({ alg: 'none' })}.${base64(claims())}.`],
    ['with the public key as a shared secret', async () => `Bearer ${await symmetric()}`],
    ['with a token of another key', async () => `Bearer ${await foreign()}`],
    ['with altered claims', async () => `Bearer ${await altered()}`],
    ['with a tenant that is no name', async () => `Bearer ${await issuerToken('../acme')}`],
    ['with two tokens', () => `Bearer ${token}, Bearer ${token}`],
  ];
  it.each(refused)('%s is unauthenticated', async (_what, make) => {
    const authorization = await make();
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const answer = await harness.post('{ booksTenant }', { headers });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.json.errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED' });
  });

  it('with an expired token is unauthenticated, also when the token was accepted before', async () => {
    const short = await harness.mint('acme', { ttlSeconds: 30 });
    expect((await harness.post('{ booksTenant }', { token: short })).status).toBe(200);
    harness.clock.offsetMs = 36_000;
    const answer = await harness.post('{ booksTenant }', { token: short });
    harness.clock.offsetMs = 0;
    expect(answer.status).toBe(401);
    expect(answer.json.errors?.[0]?.message).toBe('The token is over.');
  });

  it('with the token in the query string is unauthenticated', async () => {
    const path = `${GRAPHQL}?access_token=${token}&token=${token}&authorization=Bearer%20${token}`;
    expect((await harness.post('{ booksTenant }', { path })).status).toBe(401);
  });

  it('stays who the token says, whatever the headers claim', async () => {
    const headers = { 'x-tenant': 'other', 'x-tenant-id': 'other', 'x-forwarded-user': 'root' };
    const { json } = await harness.post('{ booksTenant }', { token, headers });
    expect(json).toEqual({ data: { booksTenant: 'acme' } });
  });
});

describe('a document', () => {
  const deep = (levels: number) =>
    `{ books(first: 1) ${'{ author { id '.repeat(levels)}${'} } '.repeat(levels)} }`;
  const aliases = Array.from({ length: 31 }, (_, i) => `a${i}: booksTenant`).join(' ');
  const directives = ' @include(if: true)'.repeat(31);
  const bomb = Array.from(
    { length: 12 },
    (_, i) => `fragment f${i} on Query { ...f${i + 1} booksTenant ...f${i + 1} }`,
  ).join('\n');
  const tooComplex: [string, string][] = [
    ['too deep', deep(8)],
    ['with too many aliases', `{ ${aliases} }`],
    ['with too many directives', `{ booksTenant${directives} }`],
    ['with too many fields', `{ ${'booksTenant '.repeat(1_001)} }`],
    ['with too many tokens', `{ ${'x '.repeat(2_000)}`],
    ['whose fragments multiply', `{ ...f0 } ${bomb} fragment f12 on Query { booksTenant }`],
  ];
  it.each(tooComplex)('%s is refused as too complex', async (_what, query) => {
    await expectRefused(query, 'TOO_COMPLEX');
  });

  const badInput: [string, unknown][] = [
    ['that is no GraphQL', '{ booksTenant'],
    ['that is empty', ''],
    [
      'with a circle of fragments',
      '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }',
    ],
    ['with an unknown field', '{ booksTenants }'],
    ['that asks for the schema', '{ __schema { types { name } } }'],
    ['that asks for a type', '{ __type(name: "Query") { name } }'],
    ['that asks for entities', '{ _entities(representations: []) { __typename } }'],
    ['that asks for the SDL', '{ _service { sdl } }'],
    ['without its variable', 'query ($first: Int!) { books(first: $first) { id } }'],
    ['without the operation that is named', { query: '{ booksTenant }', operationName: 'Other' }],
    ['with two operations and no name', 'query A { booksTenant } query B { booksTenant }'],
    ['with variables that are a list', { query: '{ booksTenant }', variables: [] }],
    ['with a query that is no text', { query: { kind: 'Document' } }],
    ['that is missing', { variables: {} }],
    ['by its hash only', { extensions: { persistedQuery: { version: 1, sha256Hash: 'ab' } } }],
    ['in a batch', [{ query: '{ booksTenant }' }, { query: '{ booksTenant }' }]],
    ['in a body that is no JSON', Buffer.from('{"query":')],
    ['in a body that is null', null],
  ];
  it.each(badInput)('%s is refused as bad input', async (_what, body) => {
    const { text } = await expectRefused(body, 'BAD_USER_INPUT');
    expect(text).not.toMatch(/did you mean|node_modules|at .*\.js/i);
  });

  it('that is refused has a status for clients that know GraphQL results, and 200 for others', async () => {
    const headers = { accept: 'application/graphql-response+json, application/json' };
    const known = await expectRefused('{ nothing }', 'BAD_USER_INPUT', { headers });
    expect(known.status).toBe(400);
    expect(known.headers['content-type']).toBe('application/graphql-response+json; charset=utf-8');
    expect((await expectRefused('{ nothing }', 'BAD_USER_INPUT')).status).toBe(200);
  });

  it('that never ends is answered in time', async () => {
    const settings = { operationTimeoutMs: 100 };
    const own = await startHarness({ topology: 'local', settings });
    const answer = await own.post('{ endless }', { token: await own.mint('acme') });
    expect(answer.json.errors?.[0]?.extensions).toEqual({ code: 'UNAVAILABLE' });
    await own.close();
  });
});

describe('a request', () => {
  it('above the size limit is refused, compressed or not', async () => {
    const large = { query: '{ booksTenant }', variables: { text: 'x'.repeat(20_000) } };
    expect((await expectRefused(large, 'PAYLOAD_TOO_LARGE')).status).toBe(413);
    const headers = { 'content-encoding': 'gzip' };
    const packed = gzipSync(JSON.stringify(large));
    expect((await expectRefused(packed, 'BAD_USER_INPUT', { headers })).status).toBe(415);
  });

  it.each([
    ['a form', 'application/x-www-form-urlencoded'],
    ['an upload', 'multipart/form-data; boundary=x'],
    ['plain text', 'text/plain'],
    ['nothing named', ''],
  ])('of %s, as a foreign page could send it, is refused', async (_what, type) => {
    const headers = { 'content-type': type };
    const answer = await expectRefused('{ booksTenant }', 'BAD_USER_INPUT', { headers });
    expect(answer.status).toBe(415);
  });

  it('by GET is refused, with a mutation or a query', async () => {
    for (const query of ['{ booksTenant }', 'mutation { changeTitle(title: "x") { id } }']) {
      const url = `${harness.origin}${GRAPHQL}?query=${encodeURIComponent(query)}`;
      const headers = { authorization: `Bearer ${token}`, accept: 'text/html' };
      const answer = await request(url, { headers });
      expect(answer.statusCode).toBe(405);
      await answer.body.dump();
    }
    expect(harness.record.changedTitles).toEqual([]);
  });

  it('from a foreign page is refused, from a listed or the own one taken', async () => {
    const foreign = { origin: 'https://evil.test' };
    const answer = await expectRefused('{ booksTenant }', 'FORBIDDEN', { headers: foreign });
    expect(answer.status).toBe(403);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    for (const origin of ['https://app.test', harness.origin]) {
      const taken = await harness.post('{ booksTenant }', { token, headers: { origin } });
      expect(taken.headers['access-control-allow-origin']).toBe(origin);
      expect(taken.json.data).toEqual({ booksTenant: 'acme' });
    }
    await expectRefused('{ booksTenant }', 'FORBIDDEN', { headers: { origin: 'null' } });
  });

  it('for a preflight is answered for listed pages only', async () => {
    const preflight = async (origin: string) => {
      const url = harness.origin + GRAPHQL;
      const answer = await request(url, { method: 'OPTIONS', headers: { origin } });
      await answer.body.dump();
      return answer;
    };
    const taken = await preflight('https://app.test');
    expect(taken.statusCode).toBe(204);
    expect(taken.headers['access-control-allow-headers']).toBe('authorization, content-type');
    expect((await preflight('https://evil.test')).statusCode).toBe(403);
  });

  it('for a subscription without event streams is told how', async () => {
    const answer = await expectRefused(
      'subscription { bookAdded(count: 1) { id } }',
      'BAD_USER_INPUT',
    );
    expect(answer.status).toBe(406);
  });

  it('for events is ended when its token is over', async () => {
    const short = await harness.mint('acme', { ttlSeconds: 60 });
    // From here the token has half a second left.
    harness.clock.offsetMs = 59_500 - (Date.now() % 1000);
    const query = 'subscription { bookAdded(count: 1) { id } }';
    const headers = { accept: 'text/event-stream' };
    const answer = await harness.post(query, { token: short, headers });
    harness.clock.offsetMs = 0;
    const event = 'event: next\ndata: {"data":{"bookAdded":{"id":"b1"}}}\n\n';
    expect(answer.text).toBe(`${event}event: complete\ndata:\n\n`);
    expect(harness.record.openStreams).toBe(0);
  });

  it('carries nosniff, a request id, and no trace of the machinery', async () => {
    const headers = { 'apollo-federation-include-trace': 'ftv1' };
    const answer = await harness.post('{ booksTenant }', { token, headers });
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.json).toEqual({ data: { booksTenant: 'acme' } });
    expect(Object.keys(answer.headers).sort()).toEqual([
      'connection',
      'content-length',
      'content-type',
      'date',
      'keep-alive',
      'vary',
      'x-content-type-options',
      'x-request-id',
    ]);
  });

  it('of noise does not break the next one', async () => {
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        const answer = await harness.post(randomBytes(500), { token });
        expect(answer.status).toBe(400);
      }),
    );
    expect((await harness.post('{ booksTenant }', { token })).status).toBe(200);
  });
});

describe('in development', () => {
  it('the schema is open and a page is served that loads nothing from elsewhere', async () => {
    const open = await startHarness({ topology: 'local' });
    const own = await open.mint('acme');
    const { json } = await open.post('{ __schema { queryType { name } } }', { token: own });
    expect(json.data).toEqual({ __schema: { queryType: { name: 'Query' } } });
    const page = await request(open.origin + GRAPHQL);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(await page.body.text()).not.toMatch(/https?:|\ssrc=|@import/);
    await open.close();
  });
});
