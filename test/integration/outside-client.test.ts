// Requests to where others tell us, over real sockets: what is never connected to, and what is never followed.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { HttpClientError } from '../../platform/http-client.ts';
import {
  createOutsideClient,
  type OutsideClient,
  type OutsideClientOptions,
  type Resolve,
} from '../../platform/outside-client.ts';
import { startAnsweringServer, type AnsweringServer } from '../support/answering-server.ts';
import { certificate, der, extension, pem } from '../support/certificates.ts';

const LOOPBACK = { address: '127.0.0.1', family: 4 };
const isLoopback = (address: string): boolean => address === LOOPBACK.address;

let server: AnsweringServer;
let port: string;
const open: OutsideClient[] = [];

beforeAll(async () => {
  server = await startAnsweringServer();
  ({ port } = new URL(server.url));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()));
});
afterAll(() => server.close());

function client(over: Partial<OutsideClientOptions> = {}): OutsideClient {
  const limits = { timeoutMs: 5_000, bodyMaxBytes: 1_000, connectionsMax: 1, insecure: true };
  const made = createOutsideClient({ ...limits, ...over });
  open.push(made);
  return made;
}

const post = (url: string) => ({ method: 'POST', url, body: 'told' }) as const;

async function failureOf(answer: Promise<unknown>): Promise<string> {
  const error = await answer.then(
    () => 'answered',
    (thrown: unknown) => thrown,
  );
  return error instanceof HttpClientError ? error.code : String(error);
}

/** Resolves every name to these, one after the other. */
function answering(...rounds: (typeof LOOPBACK)[][]): { resolve: Resolve; names: string[] } {
  const names: string[] = [];
  const resolve: Resolve = (name, done) => {
    names.push(name);
    done(null, rounds[Math.min(names.length, rounds.length) - 1] ?? []);
  };
  return { resolve, names };
}

describe('an address that is not public', () => {
  test.each([
    'http://127.0.0.1',
    'http://127.1',
    'http://0x7f000001',
    'http://2130706433',
    'http://017700000001',
    'http://[::1]',
    'http://[::ffff:127.0.0.1]',
  ])('%s is told to whoever gave it, and nothing is sent there', async (origin) => {
    const requestCount = server.requests.length;
    const url = `${origin}:${port}/hook`;
    expect(await client().problemOf(url)).toBe('The address is not on the public Internet.');
    expect(await failureOf(client().request(post(url)))).toBe('not-sent');
    expect(server.requests).toHaveLength(requestCount);
  });

  test('behind a name of this machine is told no more of than a name that is none', async () => {
    const names = [`http://localhost:${port}/`, 'http://nowhere.invalid/'];
    const problems = await Promise.all(names.map((url) => client().problemOf(url)));
    expect(problems[0]).toBe('The name does not resolve to public addresses.');
    expect(problems[1]).toBe(problems[0]);
    expect(await failureOf(client().request(post(names[0] ?? '')))).toBe('not-sent');
  });

  test('among public ones spoils the name', async () => {
    const { resolve } = answering([{ address: '8.8.8.8', family: 4 }, LOOPBACK]);
    const requestCount = server.requests.length;
    const url = `http://mixed.test:${port}/`;
    expect(await client({ resolve }).problemOf(url)).toMatch(
      /does not resolve to public addresses/,
    );
    expect(await failureOf(client({ resolve }).request(post(url)))).toBe('not-sent');
    expect(server.requests).toHaveLength(requestCount);
  });

  test('behind a name that was public when it was given is refused when it is sent', async () => {
    const { resolve } = answering([{ address: '8.8.8.8', family: 4 }], [LOOPBACK]);
    const rebound = client({ resolve });
    const url = `http://rebound.test:${port}/`;
    expect(await rebound.problemOf(url)).toBeNull();
    expect(await failureOf(rebound.request(post(url)))).toBe('not-sent');
  });
});

describe('a name', () => {
  test('is resolved once a connection, which goes to the address that was judged', async () => {
    server.answer = () => ({ status: 204, body: '' });
    const { resolve, names } = answering([LOOPBACK], [{ address: '127.0.0.9', family: 4 }]);
    const judged: string[] = [];
    const admits = (address: string): boolean => judged.push(address) > 0 && isLoopback(address);
    const answer = await client({ resolve, admits }).request(post(`http://a.test:${port}/x?y=1`));
    expect(answer.status).toBe(204);
    expect(names).toEqual(['a.test']);
    expect(judged).toEqual(['127.0.0.1']);
    expect(server.requests.at(-1)?.headers.host).toBe(`a.test:${port}`);
    expect(server.requests.at(-1)?.path).toBe('/x');
  });

  test('that does not resolve is told to whoever gave it', async () => {
    const { resolve } = answering([]);
    const url = 'https://nowhere.test/';
    expect(await client({ resolve }).problemOf(url)).toBe(
      'The name does not resolve to public addresses.',
    );
    expect(await failureOf(client({ resolve }).request(post(url)))).toBe('not-sent');
  });
});

test('a name that nobody resolves in time is told so', async () => {
  const resolve: Resolve = () => {};
  const waiting = client({ resolve, timeoutMs: 50 });
  expect(await waiting.problemOf('https://slow.test/')).toBe(
    'The name does not resolve to public addresses.',
  );
  expect(await failureOf(waiting.request(post('https://slow.test/')))).toBe('not-sent');
});

describe('a URL', () => {
  test.each([
    ['without encryption', 'http://8.8.8.8/', 'The URL begins with https.'],
    ['of another scheme', 'ftp://8.8.8.8/', 'The URL begins with https.'],
    ['of a file', 'file:///etc/passwd', 'The URL begins with https.'],
    ['with a user', 'https://user@8.8.8.8/', 'The URL has no user and no password.'],
    ['with a password', 'https://:secret@8.8.8.8/', 'The URL has no user and no password.'],
    ['that is none', 'hook', 'This is not a URL.'],
    [
      'that is too long',
      `https://8.8.8.8/${'x'.repeat(2_048)}`,
      'A URL has at most 2048 characters.',
    ],
  ])('%s is refused', async (_what, url, sentence) => {
    const strict = client({ insecure: false });
    expect(await strict.problemOf(url)).toBe(sentence);
    expect(await failureOf(strict.request(post(url)))).toBe('not-sent');
  });

  test('with any port is taken', async () => {
    expect(await client({ insecure: false }).problemOf('https://8.8.8.8:8443/hook')).toBeNull();
  });
});

describe('an answer', () => {
  test('that redirects is not followed', async () => {
    server.answer = () => ({ status: 307, headers: { location: `${server.url}/other` }, body: '' });
    const requestCount = server.requests.length;
    const admitting = client({ admits: isLoopback });
    expect((await admitting.request(post(server.url))).status).toBe(307);
    expect(server.requests).toHaveLength(requestCount + 1);
  });

  test('is read up to the limit, and no further', async () => {
    server.answer = () => ({ status: 200, body: 'x'.repeat(1_001) });
    const admitting = client({ admits: isLoopback });
    expect(await failureOf(admitting.request(post(server.url)))).toBe('too-large');
  });

  test('that does not come is not waited for', async () => {
    server.answer = () => 'hang';
    const admitting = client({ admits: isLoopback, timeoutMs: 200 });
    expect(await failureOf(admitting.request(post(server.url)))).toBe('maybe-sent');
  });
});

test('encryption is to the name that was given, not to the address behind it', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = der('sequence', der(0x82, Buffer.from('receiver.test')));
  const ca = pem(
    certificate({
      subject: { CN: 'receiver.test' },
      issuer: { CN: 'receiver.test' },
      publicKey,
      signer: privateKey,
      from: Date.now() - 60_000,
      until: Date.now() + 3_600_000,
      ca: true,
      extensions: [extension('2.5.29.17', name)],
    }),
  );
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  const secure = createServer({ key, cert: ca }, (_request, response) => response.end('over TLS'));
  secure.listen(0, '127.0.0.1');
  await once(secure, 'listening');
  const at = (secure.address() as AddressInfo).port;
  const { resolve } = answering([LOOPBACK]);
  const trusting = client({ insecure: false, admits: isLoopback, resolve, ca });
  const answer = await trusting.request(post(`https://receiver.test:${at}/`));
  expect(answer.body.toString()).toBe('over TLS');
  expect(await failureOf(trusting.request(post(`https://other.test:${at}/`)))).toBe('not-sent');
  secure.close();
  secure.closeAllConnections();
});
