// The HTTP server: what routes get, what is refused before they see it, and how it ends.
import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { request as send } from 'undici';
import { ApiError } from '../../../platform/errors.ts';
import {
  createHttpServer,
  type HttpRequest,
  type HttpServer,
  type HttpServerOptions,
  type Route,
} from '../../../platform/http-server.ts';
import { recordingLog } from '../../support/recording-log.ts';

const opened: HttpServer[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((server) => server.close(0)));
});

function echo(path: string, bodyMaxBytes = 10): Route {
  const handle = async ({ method, url, params, query, body, headers }: HttpRequest) => ({
    status: 200,
    json: {
      method,
      url,
      params,
      query: [...query],
      body: body.toString('hex'),
      x: headers['x-test'],
    },
  });
  return { method: 'POST', path, bodyMaxBytes, handle };
}

function failing(path: string, error: unknown): Route {
  return { method: 'GET', path, bodyMaxBytes: 0, handle: () => Promise.reject(error) };
}

async function start(options: Partial<HttpServerOptions>) {
  const { log, lines } = recordingLog();
  const newId = () => 'incident-1';
  const server = createHttpServer({ routes: [], readiness: {}, log, newId, ...options });
  opened.push(server);
  const port = await server.listen(0, '127.0.0.1');
  return { server, lines, port, origin: `http://127.0.0.1:${port}` };
}

describe('routes', () => {
  it('get the raw bytes, the exact url, decoded parameters and the headers', async () => {
    const { origin } = await start({ routes: [echo('/callbacks/:provider/:kind')] });
    const url = `${origin}/callbacks/a%20b/x?q=%201&q=2`;
    const body = Buffer.from([0, 255, 10]);
    const answer = await send(url, { method: 'POST', body, headers: { 'x-test': 'yes' } });
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(await answer.body.json()).toEqual({
      method: 'POST',
      url: '/callbacks/a%20b/x?q=%201&q=2',
      params: { provider: 'a b', kind: 'x' },
      query: [
        ['q', ' 1'],
        ['q', '2'],
      ],
      body: '00ff0a',
      x: 'yes',
    });
  });

  const refused: [string, number, string, object][] = [
    ['an unknown path', 404, '/nothing', { method: 'POST' }],
    ['an empty parameter', 404, '/echo/', { method: 'POST' }],
    ['a longer path', 404, '/echo/a/b', { method: 'POST' }],
    ['another method', 405, '/echo/a', { method: 'GET' }],
    ['a badly encoded path', 400, '/echo/%E0%A4%A', { method: 'POST' }],
    ['a body above its limit', 413, '/echo/a', { method: 'POST', body: Buffer.alloc(11) }],
    ['an endless body', 413, '/echo/a', { method: 'POST', body: endless() }],
    [
      'a compressed body',
      415,
      '/echo/a',
      { method: 'POST', body: gzipSync('a'), headers: { 'content-encoding': 'gzip' } },
    ],
  ];
  it.each(refused)('%s is refused with %i', async (_what, status, path, request) => {
    const { origin } = await start({ routes: [echo('/echo/:name')] });
    const answer = await send(origin + path, request);
    expect(answer.statusCode).toBe(status);
    expect(await answer.body.json()).toMatchObject({ code: expect.any(String) });
  });

  it('a body of exactly the limit is taken', async () => {
    const { origin } = await start({ routes: [echo('/echo')] });
    const answer = await send(`${origin}/echo`, { method: 'POST', body: Buffer.alloc(10) });
    expect(answer.statusCode).toBe(200);
  });

  it('a thrown ApiError is answered with the status of its code, and is not logged', async () => {
    const error = new ApiError('RATE_LIMITED', 'Slower, please.', { retryAfter: 3 });
    const { origin, lines } = await start({ routes: [failing('/fail', error)] });
    const answer = await send(`${origin}/fail`);
    expect(answer.statusCode).toBe(429);
    const expected = { code: 'RATE_LIMITED', message: 'Slower, please.', retryAfter: 3 };
    expect(await answer.body.json()).toEqual(expected);
    expect(lines()).toEqual([]);
  });

  it('an unexpected throw shows nothing but an incident id, which the log explains once', async () => {
    const { origin, lines } = await start({ routes: [failing('/fail', new Error('hunter2'))] });
    const answer = await send(`${origin}/fail`);
    expect(answer.statusCode).toBe(500);
    const text = await answer.body.text();
    expect(JSON.parse(text)).toMatchObject({ code: 'INTERNAL', incidentId: 'incident-1' });
    expect(text).not.toContain('hunter2');
    expect(lines()).toEqual([
      expect.objectContaining({
        incidentId: 'incident-1',
        err: expect.objectContaining({ message: 'hunter2' }),
      }),
    ]);
  });
});

describe('listeners and upgrades', () => {
  it('a listener owns its path, and its throw is answered like a route', async () => {
    const listeners = { '/own': () => Promise.reject(new ApiError('FORBIDDEN', 'No.')) };
    const { origin } = await start({ listeners });
    expect((await send(`${origin}/own`, { method: 'PUT' })).statusCode).toBe(403);
    expect((await send(`${origin}/own/more`)).statusCode).toBe(404);
  });

  it('an upgrade is taken at its own path and refused elsewhere', async () => {
    const upgrades = {
      '/ws': (_request: unknown, socket: { end(text: string): void }) => socket.end('taken'),
    };
    const { port } = await start({ upgrades });
    expect(await upgradeAt(port, '/ws')).toBe('taken');
    expect(await upgradeAt(port, '/other')).toMatch(/^HTTP\/1.1 404 /);
  });
});

describe('health', () => {
  it('is live and ready while its checks hold', async () => {
    const { origin } = await start({ readiness: { database: () => true } });
    expect((await send(`${origin}/health/live`)).statusCode).toBe(200);
    const ready = await send(`${origin}/health/ready`);
    expect(ready.statusCode).toBe(200);
    expect(await ready.body.json()).toEqual({ accepting: true, database: true });
  });

  it('is not ready when a check fails or throws, and names it', async () => {
    const readiness = { database: () => Promise.reject(new Error('down')), bus: () => true };
    const { origin } = await start({ readiness });
    const ready = await send(`${origin}/health/ready`);
    expect(ready.statusCode).toBe(503);
    expect(await ready.body.json()).toEqual({ accepting: true, database: false, bus: true });
  });

  it('is not ready but still serves while it drains', async () => {
    const { origin, server } = await start({ routes: [echo('/echo')] });
    server.drain();
    expect((await send(`${origin}/health/ready`)).statusCode).toBe(503);
    expect((await send(`${origin}/echo`, { method: 'POST' })).statusCode).toBe(200);
  });
});

describe('close', () => {
  it('lets a running request finish', async () => {
    const started = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const handle = async () => {
      started.resolve();
      await gate.promise;
      return { status: 200, json: 'finished' };
    };
    const slow: Route = { method: 'GET', path: '/slow', bodyMaxBytes: 0, handle };
    const { origin, server } = await start({ routes: [slow] });
    const answer = send(`${origin}/slow`);
    await started.promise;
    const closed = server.close(60_000);
    gate.resolve();
    expect(await (await answer).body.json()).toBe('finished');
    await closed;
    await expect(send(`${origin}/slow`)).rejects.toThrow('ECONNREFUSED');
  });

  it('destroys what is still open at the deadline, upgraded sockets too', async () => {
    const upgrades = { '/ws': () => undefined };
    const { port, server } = await start({ upgrades });
    const socket = connect(port, '127.0.0.1');
    const closed = once(socket, 'close');
    socket.on('error', () => undefined);
    socket.write(
      'GET /ws HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
    );
    socket.resume();
    await once(socket, 'connect');
    await server.close(1);
    await closed;
    expect(socket.destroyed).toBe(true);
  });
});

async function* endless() {
  for (;;) yield Buffer.alloc(1024);
}

async function upgradeAt(port: number, path: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(
    `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`,
  );
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
