// The HTTP client over real sockets: what it says about a request that went wrong.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHttpClient, HttpClientError, type HttpClient } from '../../platform/http-client.ts';
import {
  closedUrl,
  startAnsweringServer,
  type AnsweringServer,
} from '../support/answering-server.ts';

const limits = { timeoutMs: 5000, bodyMaxBytes: 1000, connectionsMax: 1 };
const get = { method: 'GET', path: '/thing?a=1' } as const;

let server: AnsweringServer;
let client: HttpClient;

beforeAll(async () => {
  server = await startAnsweringServer();
});
beforeEach(async () => {
  await client?.close();
  client = createHttpClient({ ...limits, baseUrl: `${server.url}/base/` });
});
afterAll(async () => {
  await client.close();
  await server.close();
});

const failureOf = (answer: Promise<unknown>): Promise<string> =>
  answer.then(
    () => 'answered',
    (error: unknown) => (error instanceof HttpClientError ? error.code : String(error)),
  );

describe('an answer', () => {
  test('has status, headers in lower case and the body’s bytes', async () => {
    server.answer = () => ({ status: 201, headers: { 'X-Thing': 'a' }, body: 'héllo' });
    const answer = await client.request({ ...get, method: 'POST', body: 'sent' });
    expect(answer.status).toBe(201);
    expect(answer.headers['x-thing']).toBe('a');
    expect(answer.body.toString()).toBe('héllo');
    expect(server.requests.at(-1)?.body.toString()).toBe('sent');
  });

  test('comes from below the path of the base URL', async () => {
    server.answer = () => ({ status: 200, body: '' });
    await client.request(get);
    expect(server.requests.at(-1)?.path).toBe('/base/thing');
    expect(server.requests.at(-1)?.query.get('a')).toBe('1');
  });

  test('that redirects is an answer, and nobody follows it', async () => {
    server.answer = () => ({ status: 302, headers: { location: `${server.url}/other` }, body: '' });
    const requestCount = server.requests.length;
    expect((await client.request(get)).status).toBe(302);
    expect(server.requests).toHaveLength(requestCount + 1);
  });

  test('as long as the limit passes, and one byte more does not', async () => {
    server.answer = () => ({ status: 200, body: 'x'.repeat(limits.bodyMaxBytes) });
    expect((await client.request(get)).body).toHaveLength(limits.bodyMaxBytes);
    server.answer = () => ({ status: 200, body: 'x'.repeat(limits.bodyMaxBytes + 1) });
    expect(await failureOf(client.request(get))).toBe('too-large');
  });
});

describe('a failure', () => {
  test('to connect is not sent', async () => {
    const nobody = createHttpClient({ ...limits, baseUrl: await closedUrl() });
    expect(await failureOf(nobody.request(get))).toBe('not-sent');
    await nobody.close();
  });

  test('to find the host is not sent', async () => {
    const nowhere = createHttpClient({ ...limits, baseUrl: 'http://nowhere.invalid' });
    expect(await failureOf(nowhere.request(get))).toBe('not-sent');
    await nowhere.close();
  });

  test('after the request was written is maybe sent', async () => {
    server.answer = () => 'cut';
    expect(await failureOf(client.request(get))).toBe('maybe-sent');
  });

  test('to answer before the deadline is maybe sent', async () => {
    server.answer = () => 'hang';
    expect(await failureOf(client.request({ ...get, deadlineMs: 50 }))).toBe('maybe-sent');
  });

  test('of the queue is not sent: the deadline passes while another request holds the connection', async () => {
    server.answer = () => 'hang';
    const first = failureOf(client.request({ ...get, deadlineMs: 200 }));
    const requestCount = server.requests.length;
    const second = failureOf(client.request({ ...get, path: '/late', deadlineMs: 20 }));
    expect(await second).toBe('not-sent');
    expect(await first).toBe('maybe-sent');
    server.answer = () => ({ status: 200, body: '' });
    await client.request(get);
    const paths = server.requests.slice(requestCount).map((request) => request.path);
    expect(paths).not.toContain('/base/late');
  });

  test('to stay within the client’s own limit cannot be talked away by a longer deadline', async () => {
    server.answer = () => 'hang';
    const hasty = createHttpClient({ ...limits, timeoutMs: 50, baseUrl: server.url });
    expect(await failureOf(hasty.request({ ...get, deadlineMs: 60_000 }))).toBe('maybe-sent');
    await hasty.close();
  });
});
