// What sockets must keep to: who they belong to, what they may ask, how much, and how long.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { GRAPHQL, RawSocket, startHarness, type Harness } from '../support/gateway-harness.ts';

const BOOK_ADDED = 'subscription { bookAdded(count: 0) { id } }';

let harness: Harness;
let token: string;

beforeAll(async () => {
  const settings = { allowedOrigins: ['https://app.test'], socketOperationsMax: 3 };
  harness = await startHarness({ topology: 'local', production: true, settings });
  token = await harness.mint('acme');
});
afterAll(() => harness.close());

const openSocket = (headers?: Record<string, string>) =>
  new RawSocket(harness.webSocketUrl, headers).open();

async function withSocket(use: (socket: RawSocket) => Promise<void>): Promise<void> {
  const socket = await new RawSocket(harness.webSocketUrl).open(token);
  await use(socket);
  await socket.close();
}

async function expectRefused(socket: RawSocket, query: string, code: string): Promise<void> {
  socket.subscribe('refused', query);
  const message: { payload?: unknown } = await socket.next();
  expect(message).toMatchObject({ id: 'refused', type: 'error' });
  const [first] = message.payload as { extensions: unknown }[];
  expect(first?.extensions).toMatchObject({ code });
}

describe('a socket', () => {
  const refused: [string, unknown][] = [
    ['without a token', undefined],
    ['with empty parameters', {}],
    ['with garbage for a token', { authorization: 'Bearer garbage' }],
    ['with a token that is no text', { authorization: { toString: 'x' } }],
    ['with an identity instead of a token', { 'x-tenant': 'acme', tenant: 'acme' }],
  ];
  it.each(refused)('%s is closed with 4403', async (_what, payload) => {
    const socket = await openSocket();
    socket.send({ type: 'connection_init', payload });
    expect(await socket.closed).toEqual([4403, 'Forbidden']);
  });

  it('with a token in the url is closed with 4403', async () => {
    const socket = await new RawSocket(`${harness.webSocketUrl}?token=${token}`).open();
    socket.send({ type: 'connection_init' });
    expect((await socket.closed)[0]).toBe(4403);
  });

  it('that subscribes before it says who it is is closed with 4401', async () => {
    const socket = await openSocket();
    socket.subscribe('1', BOOK_ADDED);
    expect((await socket.closed)[0]).toBe(4401);
  });

  it('that says nothing is closed with 4408', async () => {
    const socket = await openSocket();
    expect((await socket.closed)[0]).toBe(4408);
  });

  it('that says who it is twice is closed with 4429', async () => {
    const socket = await new RawSocket(harness.webSocketUrl).open(token);
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
    expect((await socket.closed)[0]).toBe(4429);
  });

  it('that uses one id twice is closed with 4409', async () => {
    const socket = await new RawSocket(harness.webSocketUrl).open(token);
    socket.subscribe('1', BOOK_ADDED);
    socket.subscribe('1', BOOK_ADDED);
    expect((await socket.closed)[0]).toBe(4409);
  });

  it.each(['{', '[]', '{"type":"nothing"}', '{"type":"subscribe","id":"1"}', '"x"'])(
    'that sends %s is closed with 4400',
    async (text) => {
      const socket = await new RawSocket(harness.webSocketUrl).open(token);
      socket.send(text);
      expect((await socket.closed)[0]).toBe(4400);
    },
  );

  it('that sends a message above the limit is closed with 1009', async () => {
    const socket = await new RawSocket(harness.webSocketUrl).open(token);
    socket.send('x'.repeat(256 * 1024 + 1));
    expect((await socket.closed)[0]).toBe(1009);
  });

  it('of another protocol is not taken', async () => {
    const socket = new WebSocket(harness.webSocketUrl, 'graphql-ws');
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toBe('Server sent no subprotocol');
  });

  it('that lets its answers pile up is cut off', async () => {
    const { port } = new URL(harness.origin);
    const client = connect(Number(port), '127.0.0.1');
    client.on('error', () => undefined);
    const gone = new Promise<void>((resolve) => client.once('close', () => resolve()));
    client.write(
      `GET ${GRAPHQL} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: upgrade\r\nupgrade: websocket\r\n` +
        'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
        'sec-websocket-protocol: graphql-transport-ws\r\n\r\n',
    );
    // Each ping asks for a pong of its own size, and no pong is ever read.
    const ping = maskedFrame(JSON.stringify({ type: 'ping', payload: { x: 'x'.repeat(60_000) } }));
    while (!client.destroyed) {
      const drained = new Promise<void>((resolve) => client.once('drain', () => resolve()));
      if (!client.write(ping)) await Promise.race([drained, gone]);
    }
    await gone;
    expect(client.bytesWritten).toBeGreaterThan(4 * 1024 * 1024);
  });
});

describe('over a socket', () => {
  it('a query is answered and belongs to the tenant of the token', () =>
    withSocket(async (socket) => {
      socket.subscribe('1', '{ booksTenant authorsTenant }');
      const data = { booksTenant: 'acme', authorsTenant: 'acme' };
      expect((await socket.next()).payload).toEqual({ data });
      expect(await socket.next()).toEqual({ id: '1', type: 'complete' });
    }));

  it('a mutation is refused and has no effect', () =>
    withSocket(async (socket) => {
      await expectRefused(socket, 'mutation { changeTitle(title: "x") { id } }', 'BAD_USER_INPUT');
      expect(harness.record.changedTitles).toEqual([]);
    }));

  it('the limits are those of HTTP', () =>
    withSocket(async (socket) => {
      const aliases = Array.from({ length: 31 }, (_, i) => `a${i}: booksTenant`).join(' ');
      await expectRefused(socket, `{ ${aliases} }`, 'TOO_COMPLEX');
      await expectRefused(socket, `{ ${'x '.repeat(2_000)}`, 'TOO_COMPLEX');
      await expectRefused(socket, `{ ${'a {'.repeat(20)} b ${'}'.repeat(20)} }`, 'TOO_COMPLEX');
      await expectRefused(socket, '{ __schema { types { name } } }', 'BAD_USER_INPUT');
      await expectRefused(socket, '{ _service { sdl } }', 'BAD_USER_INPUT');
      await expectRefused(socket, '{', 'BAD_USER_INPUT');
    }));

  it('no more operations run at a time than the limit says', () =>
    withSocket(async (socket) => {
      for (const id of ['1', '2', '3']) socket.subscribe(id, BOOK_ADDED);
      await expectRefused(socket, BOOK_ADDED, 'RATE_LIMITED');
      socket.send({ id: '1', type: 'complete' });
      socket.subscribe('4', '{ booksTenant }');
      expect((await socket.next()).payload).toEqual({ data: { booksTenant: 'acme' } });
    }));

  it('failures are masked', () =>
    withSocket(async (socket) => {
      socket.subscribe('1', '{ brokenInside }');
      const { payload } = await socket.next();
      expect(payload?.errors?.[0]?.extensions).toMatchObject({ code: 'INTERNAL' });
      expect(JSON.stringify(payload)).not.toContain('hunter2');
    }));

  it('a stream ends when its token does, with 4403', async () => {
    const short = await harness.mint('acme', { ttlSeconds: 60 });
    // From here the token has half a second left.
    harness.clock.offsetMs = 59_500 - (Date.now() % 1000);
    const socket = await new RawSocket(harness.webSocketUrl).open(short);
    harness.clock.offsetMs = 0;
    socket.subscribe('1', BOOK_ADDED);
    expect(await socket.closed).toEqual([4403, 'Token expired']);
  });
});

describe('an upgrade', () => {
  const statusOf = async (url: string, headers: Record<string, string>) => {
    const socket = new WebSocket(url, 'graphql-transport-ws', { headers });
    const status = await new Promise<number>((resolve) => {
      socket.once('open', () => resolve(101));
      socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    });
    socket.on('error', () => undefined);
    socket.terminate();
    return status;
  };

  it('from a foreign page is refused, from a listed or the own one taken', async () => {
    const { webSocketUrl, origin } = harness;
    expect(await statusOf(webSocketUrl, { origin: 'https://evil.test' })).toBe(403);
    expect(await statusOf(webSocketUrl, { origin: 'https://app.test' })).toBe(101);
    expect(await statusOf(webSocketUrl, { origin })).toBe(101);
  });

  it('above the number of sockets is refused with 503', async () => {
    const full = await startHarness({ topology: 'local', settings: { socketsMax: 1 } });
    const first = await new RawSocket(full.webSocketUrl).open(await full.mint('acme'));
    expect(await statusOf(full.webSocketUrl, {})).toBe(503);
    await first.close();
    await full.close();
  });
});

/** A WebSocket text frame as a client must send it, masked with zeros. */
function maskedFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.alloc(8);
  head.writeUInt8(0x81, 0);
  head.writeUInt8(0x80 | 126, 1);
  head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}
