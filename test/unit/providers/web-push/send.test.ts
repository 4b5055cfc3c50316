// What a push service is handed: who sends, for how long, how soon, what it replaces, and nothing that it can read.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { jwtVerify } from 'jose';
import { MessageType } from '../../../../schema/vocabulary.ts';
import type { Outbound, Provider } from '../../../../providers/provider.ts';
import type { Incoming } from '../../../../simulator/server.ts';
import { startAnsweringServer, type AnsweringServer } from '../../../support/answering-server.ts';
import { ATTEMPT, configured } from '../../../support/provider-fixtures.ts';
import {
  openedPush,
  pushOutbound,
  subscriptionAt,
  VAPID_PEM,
  webPush,
  webPushSettings,
} from '../../../support/web-push-fixture.ts';

const DEADLINE_MS = 5_000;
let service: AnsweringServer;
let provider: Provider;

beforeAll(async () => {
  service = await startAnsweringServer(webPush.tls);
  service.answer = () => webPush.acceptance;
  provider = configured(webPushSettings(service.url));
});
beforeEach(() => {
  service.answer = () => webPush.acceptance;
});
afterAll(async () => {
  await provider.close();
  await service.close();
});

const send = (over: Partial<Outbound> = {}, to = subscriptionAt(service.url)) =>
  provider.send({ ...pushOutbound, to, ...over }, DEADLINE_MS);

async function requestOf(over: Partial<Outbound> = {}): Promise<Incoming> {
  await send(over);
  const request = service.requests.at(-1);
  if (request === undefined) throw new Error('nothing was sent');
  return request;
}

const saying = (body: string): Outbound['content'] => ({
  channel: 'PUSH',
  title: null,
  body,
  url: null,
  isSealed: false,
  actions: [],
});

describe('a push', () => {
  test('comes with a token for its service alone, which our key signed and browsers know', async () => {
    const { headers } = await requestOf();
    const [, token = '', key] = /^vapid t=(\S+), k=(\S+)$/.exec(headers.authorization ?? '') ?? [];
    const publicKey = createPublicKey(createPrivateKey(VAPID_PEM));
    const { payload } = await jwtVerify(token, publicKey, { algorithms: ['ES256'] });
    expect(payload).toMatchObject({ aud: service.url, sub: 'mailto:push@acme.example' });
    const lifeSeconds = (payload.exp ?? 0) - Date.now() / 1_000;
    expect(lifeSeconds).toBeLessThanOrEqual(12 * 3_600);
    expect(lifeSeconds).toBeGreaterThan(11 * 3_600);
    const { x, y } = publicKey.export({ format: 'jwk' });
    const point = [
      Buffer.from([4]),
      Buffer.from(x ?? '', 'base64url'),
      Buffer.from(y ?? '', 'base64url'),
    ];
    expect(key).toBe(Buffer.concat(point).toString('base64url'));
  });

  test('comes with the same token each time', async () => {
    const [first, second] = [await requestOf(), await requestOf()];
    expect(second.headers.authorization).toBe(first.headers.authorization);
  });

  test('is read by the browser, and by nobody on the way', async () => {
    const { body, headers } = await requestOf({ content: saying('It is on its way.') });
    expect(headers['content-encoding']).toBe('aes128gcm');
    expect(body.toString('latin1')).not.toContain('on its way');
    expect(JSON.parse(openedPush(body))).toEqual({
      messageId: pushOutbound.messageId,
      title: null,
      body: 'It is on its way.',
      url: null,
      isSealed: false,
      actions: [],
      receipt: expect.stringContaining(`https://parley.example/callbacks/web-push?a=${ATTEMPT}&t=`),
    });
  });

  test('has one of four lengths, whatever it says', async () => {
    const lengthOf = async (characters: number): Promise<number> =>
      (await requestOf({ content: saying('x'.repeat(characters)) })).body.byteLength;
    const lengths = new Set<number>();
    for (const characters of [1, 400, 700, 1_200, 2_400, 3_400]) {
      lengths.add(await lengthOf(characters));
    }
    expect([...lengths]).toEqual([1_024, 2_048, 3_072, 3_993].map((padded) => padded + 103));
    expect(await lengthOf(1)).toBe(await lengthOf(700));
  });

  test('is replaced by its own repetition: its topic is the attempt', async () => {
    const [first, again] = [await requestOf(), await requestOf()];
    const other = await requestOf({ attemptId: ATTEMPT.replace(/1$/, '2') });
    expect(first.headers['topic']).toMatch(/^[\w-]{22}$/);
    expect(again.headers['topic']).toBe(first.headers['topic']);
    expect(other.headers['topic']).not.toBe(first.headers['topic']);
  });

  test('waits as long as the message may, and four weeks at the most', async () => {
    expect((await requestOf({ ttlSeconds: 15 })).headers['ttl']).toBe('15');
    expect((await requestOf({ ttlSeconds: 90 * 86_400 })).headers['ttl']).toBe('2419200');
  });

  test('wakes a device for codes and alerts, and for marketing does not', async () => {
    const urgencies = new Map<string, unknown>();
    for (const type of Object.values(MessageType)) {
      urgencies.set(type, (await requestOf({ type })).headers['urgency']);
    }
    expect(Object.fromEntries(urgencies)).toEqual({
      OTP: 'high',
      ALERT: 'high',
      RECEIPT: 'normal',
      SUPPORT: 'normal',
      NOTIFICATION: 'normal',
      MARKETING: 'low',
    });
  });
});

describe('nothing is sent', () => {
  const endpointAt = (endpoint: string): string => {
    const subscription = JSON.parse(subscriptionAt(service.url)) as { keys: object };
    return JSON.stringify({ ...subscription, endpoint });
  };
  const notSent = async (to: string, toProvider = provider) => {
    const before = service.requests.length;
    const outcome = await toProvider.send({ ...pushOutbound, to }, DEADLINE_MS);
    expect(service.requests).toHaveLength(before);
    return outcome;
  };

  test.each([
    ['a host that is no push service', () => endpointAt('https://intranet.example/push/1')],
    [
      'a name that only looks like one',
      () => endpointAt('https://fcm.googleapis.com.evil.example/1'),
    ],
    ['another port of a service', () => endpointAt('https://fcm.googleapis.com:8443/1')],
    ['keys that no browser makes', () => JSON.stringify({ endpoint: service.url, keys: {} })],
    ['what is no subscription', () => 'https://fcm.googleapis.com/1'],
  ])('to %s', async (_, to) => {
    expect(await notSent(to())).toMatchObject({ kind: 'refused', code: 'INVALID_RECIPIENT' });
  });

  test('without TLS', async () => {
    const plain = subscriptionAt(service.url.replace('https', 'http'));
    expect(await notSent(plain)).toMatchObject({ kind: 'refused', providerCode: 'not-sent' });
  });

  test('to a service that we do not trust', async () => {
    const { WEB_PUSH_CA_FILE: _, ...untrusting } = webPushSettings(service.url);
    const cautious = configured(untrusting);
    expect(await notSent(subscriptionAt(service.url), cautious)).toMatchObject({
      kind: 'refused',
      providerCode: 'not-sent',
    });
    await cautious.close();
  });
});

test('where a redirect leads, nobody goes', async () => {
  service.answer = () => ({ status: 307, headers: { location: `${service.url}/other` }, body: '' });
  const before = service.requests.length;
  expect(await send()).toMatchObject({ kind: 'unknown' });
  expect(service.requests).toHaveLength(before + 1);
});

test('a service that names no message has it all the same', async () => {
  service.answer = () => ({ status: 201, body: '' });
  expect(await send()).toEqual({ kind: 'accepted', providerMessageId: ATTEMPT });
});

test('a repeated hand-over is safe, and silence means that nothing came', () => {
  expect(provider).toMatchObject({ duplicates: 'client-key', reportsDeliveries: true });
  const silent = configured({ ...webPushSettings(service.url), WEB_PUSH_RECEIPTS: 'some' });
  expect(silent.reportsDeliveries).toBe(false);
});
