// Google access tokens over real sockets: one request for all who wait, renewed in time, and once when refused.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHttpClient, type HttpClient } from '../../platform/http-client.ts';
import {
  createAccessToken,
  readServiceAccount,
  type AccessToken,
} from '../../providers/google-rbm/access-token.ts';
import { authorizedClient } from '../../providers/google-rbm/authorized-client.ts';
import type { Reply } from '../../simulator/server.ts';
import { startAnsweringServer, type AnsweringServer } from '../support/answering-server.ts';
import { serviceAccountFile } from '../support/provider-fixtures.ts';

const DEADLINE_MS = 5000;
const GET = { method: 'GET', path: '/v1/thing' } as const;
const LIMITS = { timeoutMs: 5000, bodyMaxBytes: 10_000, connectionsMax: 4 };

let server: AnsweringServer;
let client: HttpClient;
let accessToken: AccessToken;
const clock = { at: 0, now: () => clock.at };

beforeAll(async () => {
  server = await startAnsweringServer();
  client = createHttpClient({ ...LIMITS, baseUrl: server.url });
});
beforeEach(() => {
  clock.at = Date.parse('2026-01-01T00:00:00Z');
  const account = readServiceAccount(serviceAccountFile(server.url), 'VARIABLE');
  accessToken = createAccessToken(account, client, clock);
});
afterAll(async () => {
  await client.close();
  await server.close();
});

const grant = (token: string, seconds = 3600): Reply => ({
  status: 200,
  body: { access_token: token, expires_in: seconds, token_type: 'Bearer' },
});
/** Grants t1, t2, ... and counts them. */
function grantInTurn(seconds?: number): () => number {
  let count = 0;
  server.answer = () => grant(`t${(count += 1)}`, seconds);
  return () => count;
}

describe('a token', () => {
  test('is asked for once by all who need it at the same time', async () => {
    const count = grantInTurn();
    const tokens = await Promise.all(
      Array.from({ length: 20 }, () => accessToken.get(DEADLINE_MS)),
    );
    expect(new Set(tokens)).toEqual(new Set(['t1']));
    expect(count()).toBe(1);
  });

  test('is kept until a minute before its end', async () => {
    grantInTurn();
    await accessToken.get(DEADLINE_MS);
    clock.at += 3_539_999;
    expect(await accessToken.get(DEADLINE_MS)).toBe('t1');
    clock.at += 1;
    expect(await accessToken.get(DEADLINE_MS)).toBe('t2');
  });

  test('of a short life is kept for nine tenths of it', async () => {
    grantInTurn(10);
    await accessToken.get(DEADLINE_MS);
    clock.at += 8999;
    expect(await accessToken.get(DEADLINE_MS)).toBe('t1');
    clock.at += 1;
    expect(await accessToken.get(DEADLINE_MS)).toBe('t2');
  });

  test('that is forgotten late does not take a newer one along', async () => {
    grantInTurn();
    const old = await accessToken.get(DEADLINE_MS);
    accessToken.forget(old);
    expect(await accessToken.get(DEADLINE_MS)).toBe('t2');
    accessToken.forget(old);
    expect(await accessToken.get(DEADLINE_MS)).toBe('t2');
  });

  test.each<[string, Reply, object]>([
    [
      'a wrong key',
      { status: 400, body: { error: 'invalid_grant' } },
      { code: 'AUTH', providerCode: 'token invalid_grant' },
    ],
    [
      'too many requests',
      { status: 429, headers: { 'retry-after': '2' }, body: '' },
      { code: 'THROTTLED', retryAfterMs: 2000 },
    ],
    ['a fault', { status: 500, body: '' }, { code: 'PROVIDER_FAULT' }],
    ['a page', { status: 200, body: '<html></html>' }, { code: 'PROVIDER_FAULT' }],
    ['no answer', 'cut', { code: 'PROVIDER_FAULT' }],
  ])('is refused for %s, and asked for again next time', async (_name, reply, refusal) => {
    server.answer = () => reply;
    await expect(accessToken.get(DEADLINE_MS)).rejects.toMatchObject({ refusal });
    server.answer = () => grant('t1');
    expect(await accessToken.get(DEADLINE_MS)).toBe('t1');
  });
});

describe('an authorized request', () => {
  const bearers = (from: number) =>
    server.requests
      .slice(from)
      .filter(({ path }) => path === GET.path)
      .map(({ headers }) => headers.authorization);

  test('that is refused is repeated once with a new token', async () => {
    let count = 0;
    const from = server.requests.length;
    server.answer = ({ path, headers }) => {
      if (path === '/token') return grant(`t${(count += 1)}`);
      return { status: headers.authorization === 'Bearer t2' ? 200 : 401, body: '' };
    };
    const answer = await authorizedClient(client, accessToken, clock).request(GET);
    expect(answer.status).toBe(200);
    expect(bearers(from)).toEqual(['Bearer t1', 'Bearer t2']);
  });

  test('that is refused twice is answered 401', async () => {
    const from = server.requests.length;
    server.answer = ({ path }) => (path === '/token' ? grant('t') : { status: 401, body: '' });
    const answer = await authorizedClient(client, accessToken, clock).request(GET);
    expect(answer.status).toBe(401);
    expect(bearers(from)).toHaveLength(2);
  });
});
