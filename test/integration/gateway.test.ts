// The gateway does the same for callers whether its subgraphs run in its process or elsewhere.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { request } from 'undici';
import { createFederation } from '../../gateway/federation.ts';
import { GRAPHQL, RawSocket, startHarness, type Harness } from '../support/gateway-harness.ts';
import { INTERNAL_DETAIL } from '../support/library.ts';

const BOOK_ADDED =
  'subscription ($count: Int!) { bookAdded(count: $count) { id author { name } } }';

describe.each(['local', 'remote'] as const)('a gateway over %s subgraphs', (topology) => {
  let harness: Harness;
  let token: string;

  beforeAll(async () => {
    harness = await startHarness({ topology });
    token = await harness.mint('acme');
  });
  afterAll(() => harness.close());
  beforeEach(() => {
    harness.record.authorBatches.length = 0;
    harness.record.contexts.length = 0;
  });

  it('joins an entity over two subgraphs', async () => {
    const { status, json } = await harness.post(
      '{ booksTenant authorsTenant books(first: 1) { title author { name } } }',
      { token },
    );
    expect(status).toBe(200);
    expect(json).toEqual({
      data: {
        booksTenant: 'acme',
        authorsTenant: 'acme',
        books: [{ title: 'Title 0', author: { name: 'acme author a0' } }],
      },
    });
  });

  it('asks for the entities of a list in one batch', async () => {
    const { json } = await harness.post('{ books(first: 50) { author { name } } }', { token });
    expect(json.data?.['books']).toHaveLength(50);
    expect(harness.record.authorBatches).toEqual([['a0', 'a1', 'a2']]);
  });

  it('joins what a mutation returns', async () => {
    const query =
      'mutation ($title: String!) { changeTitle(title: $title) { title author { name } } }';
    const { json } = await harness.post(query, { token, variables: { title: 'New' } });
    const expected = { title: 'New', author: { name: 'acme author a1' } };
    expect(json).toEqual({ data: { changeTitle: expected } });
    expect(harness.record.changedTitles.splice(0)).toEqual(['New']);
  });

  it('passes public errors on, with their details and the path of the client', async () => {
    const { json } = await harness.post('{ gone: missingBook { id } booksTenant }', { token });
    expect(json).toEqual({
      data: { gone: null, booksTenant: 'acme' },
      errors: [
        {
          message: 'There is no such book.',
          path: ['gone'],
          extensions: { code: 'NOT_FOUND', bookId: 'b404' },
        },
      ],
    });
  });

  it('refuses a mutation without its scope', async () => {
    const reader = await harness.mint('acme', { scopes: [] });
    const query = 'mutation { changeTitle(title: "x") { id } }';
    const { json } = await harness.post(query, { token: reader });
    expect(json.errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN', scope: 'books:write' });
    expect(harness.record.changedTitles).toEqual([]);
  });

  it.each(['brokenInside', 'brokenWithForeignCode'])(
    'hides the inside of a failure and logs it once: %s',
    async (field) => {
      const before = harness.lines().length;
      const { text, json } = await harness.post(`{ ${field} }`, { token });
      expect(text).not.toContain(INTERNAL_DETAIL);
      const { code, incidentId, ...rest } = json.errors?.[0]?.extensions ?? {};
      expect({ code, rest, path: json.errors?.[0]?.path }).toEqual({
        code: 'INTERNAL',
        rest: {},
        path: [field],
      });
      const logged = harness.lines().slice(before);
      expect(logged).toEqual([
        expect.objectContaining({
          incidentId,
          err: expect.objectContaining({ message: INTERNAL_DETAIL }),
        }),
      ]);
    },
  );

  it('gives three tenants that ask at the same time their own answers', async () => {
    const tenants = ['t1', 't2', 't3'];
    const tokens = await Promise.all(tenants.map((tenant) => harness.mint(tenant)));
    const query = '{ booksTenant authorsTenant books(first: 1) { author { name } } }';
    const rounds = Array.from({ length: 10 }, () => tokens).flat();
    const answers = await Promise.all(rounds.map((each) => harness.post(query, { token: each })));
    answers.forEach(({ json }, index) => {
      const tenant = tenants[index % 3];
      expect(json.data).toEqual({
        booksTenant: tenant,
        authorsTenant: tenant,
        books: [{ author: { name: `${tenant} author a0` } }],
      });
    });
  });

  it('joins the events of a subscription with the other subgraph, each in its own context', async () => {
    const socket = await new RawSocket(harness.webSocketUrl).open(token);
    socket.subscribe('1', BOOK_ADDED, { count: 3 });
    for (const number of [1, 2, 3]) {
      const author = { name: `acme author a${number % 3}` };
      const data = { bookAdded: { id: `b${number}`, author } };
      expect(await socket.next()).toEqual({ id: '1', type: 'next', payload: { data } });
    }
    expect(harness.record.authorBatches).toEqual([['a1'], ['a2'], ['a0']]);
    const authorContexts = harness.record.contexts.filter(({ subgraph }) => subgraph === 'authors');
    expect(authorContexts).toHaveLength(3);
    expect(harness.record.openStreams).toBe(1);
    await socket.close();
    await untilStreamsAreClosed(harness);
  });

  it('shows the error of one event with that event only', async () => {
    const socket = await new RawSocket(harness.webSocketUrl).open(token);
    socket.subscribe('1', BOOK_ADDED, { count: 4 });
    const events: unknown[] = [];
    for (let i = 0; i < 4; i += 1) {
      const { data, errors } = (await socket.next()).payload ?? {};
      const book = data?.['bookAdded'] as { id: string } | undefined;
      events.push(
        book?.id ?? null,
        errors?.map(({ extensions }) => extensions['code']),
      );
    }
    const failed = [null, ['UNAVAILABLE']];
    expect(events).toEqual(['b1', undefined, ...failed, 'b3', undefined, 'b4', undefined]);
    await socket.close();
    await untilStreamsAreClosed(harness);
  });

  it('ends a subscription when the client completes it, and keeps the socket', async () => {
    const socket = await new RawSocket(harness.webSocketUrl).open(token);
    socket.subscribe('1', BOOK_ADDED, { count: 1 });
    await socket.next();
    socket.send({ id: '1', type: 'complete' });
    await untilStreamsAreClosed(harness);
    socket.subscribe('2', '{ booksTenant }');
    expect((await socket.next()).payload).toEqual({ data: { booksTenant: 'acme' } });
    await socket.close();
  });

  it('streams events over HTTP and ends when the client leaves', async () => {
    const { body, headers } = await request(harness.origin + GRAPHQL, {
      method: 'POST',
      headers: {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({ query: BOOK_ADDED, variables: { count: 2 } }),
    });
    expect(headers['content-type']).toBe('text/event-stream; charset=utf-8');
    let text = '';
    for await (const chunk of body) {
      text += String(chunk);
      if (text.split('\n\n').length === 3) break;
    }
    const events = text.trim().split('\n\n');
    expect(events).toEqual([
      'event: next\ndata: {"data":{"bookAdded":{"id":"b1","author":{"name":"acme author a1"}}}}',
      'event: next\ndata: {"data":{"bookAdded":{"id":"b2","author":{"name":"acme author a2"}}}}',
    ]);
    await untilStreamsAreClosed(harness);
  });

  it('ends its sockets with 1001 and its event streams with complete when it closes', async () => {
    const own = await startHarness({ topology });
    const ownToken = await own.mint('acme');
    const socket = await new RawSocket(own.webSocketUrl).open(ownToken);
    socket.subscribe('1', BOOK_ADDED, { count: 1 });
    await socket.next();
    const events = own.post(
      { query: BOOK_ADDED, variables: { count: 0 } },
      { token: ownToken, headers: { accept: 'text/event-stream' } },
    );
    await until(() => own.record.openStreams === 2);
    expect(own.gateway.ready()).toBe(true);
    await own.close();
    expect(own.gateway.ready()).toBe(false);
    expect(await socket.closed).toEqual([1001, 'Going away']);
    expect((await events).text).toBe('event: complete\ndata:\n\n');
    await untilStreamsAreClosed(own);
  });
});

describe('a gateway in front of one process', () => {
  it('gives a subgraph one context for all fetches of a request', async () => {
    const harness = await startHarness({ topology: 'local' });
    const token = await harness.mint('acme');
    await harness.post(
      '{ authorsTenant a: books(first: 1) { author { name } } b: books(first: 2) { author { name } } }',
      { token },
    );
    expect(harness.record.contexts.map(({ subgraph }) => subgraph).sort()).toEqual([
      'authors',
      'books',
    ]);
    expect(new Set(harness.record.contexts.map(({ requestId }) => requestId)).size).toBe(1);
    await harness.close();
  });

  it('does not start when the schema names a subgraph that is nowhere', async () => {
    const { supergraphSdl, close } = await startHarness({ topology: 'local' });
    await expect(createFederation(supergraphSdl, new Map())).rejects.toThrow('no transport leads');
    await close();
  });
});

async function untilStreamsAreClosed({ record }: Harness): Promise<void> {
  await until(() => record.openStreams === 0);
}

/** Waits for something that must happen; the test's own time limit is the end. */
async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await new Promise((resolve) => setImmediate(resolve));
}
