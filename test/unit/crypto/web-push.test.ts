// Web Push encryption: the specifications' examples byte for byte, padding, and keys that no browser makes.
import { describe, expect, test } from '@jest/globals';
import { createECDH, randomBytes } from 'node:crypto';
import ece from 'http_ece';
import { areKeys, PUSH_CONTENT_BYTES_MAX, sealPush } from '../../../crypto/web-push.ts';
import { createPushSubscriptions } from '../../../simulator/push-subscriptions.ts';
import { codeOf, readVectors } from './vectors.ts';

interface Vectors {
  readonly plaintext: string;
  readonly ua_public: string;
  readonly as_private: string;
  readonly as_public: string;
  readonly auth_secret: string;
  readonly salt: string;
  readonly body: string;
  readonly rfc8188_3_1: {
    readonly plaintext: string;
    readonly ikm: string;
    readonly salt: string;
    readonly record_size: number;
    readonly body: string;
  };
}
const vectors = readVectors<Vectors>('webpush-rfc8291/vectors.json');
const bytes = (text: string): Buffer => Buffer.from(text, 'base64url');
const keys = { p256dh: bytes(vectors.ua_public), auth: bytes(vectors.auth_secret) };

test('the example of RFC 8291 is sealed byte for byte', () => {
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(vectors.as_private, 'base64url');
  expect(pair.getPublicKey('base64url')).toBe(vectors.as_public);
  const content = Buffer.from(vectors.plaintext);
  const fresh = { pair, salt: bytes(vectors.salt) };
  const sealed = sealPush(content, keys, { paddedBytes: content.byteLength, fresh });
  expect(sealed.toString('base64url')).toBe(vectors.body);
});

test('the coding below it is that of RFC 8188', () => {
  const { plaintext, ikm, salt, record_size: rs, body } = vectors.rfc8188_3_1;
  const sealed = ece.encrypt(Buffer.from(plaintext), {
    version: 'aes128gcm',
    rs,
    key: bytes(ikm),
    salt: bytes(salt),
  });
  expect(sealed.toString('base64url')).toBe(body);
});

describe('a browser', () => {
  const subscriptions = createPushSubscriptions(() => '');
  const { endpoint, keys: given } = subscriptions.create('browser', null);
  const browserKeys = { p256dh: bytes(given.p256dh), auth: bytes(given.auth) };
  const open = (body: Buffer) => subscriptions.find(endpoint)?.open(body);

  test.each([0, 1, 41, 1_024, PUSH_CONTENT_BYTES_MAX])('opens %i bytes', (count) => {
    const content = randomBytes(count);
    const paddedBytes = Math.max(count, 1_024);
    const sealed = sealPush(content, browserKeys, { paddedBytes });
    expect(open(sealed)).toEqual(content);
    expect(sealed.byteLength).toBe(86 + paddedBytes + 17);
    expect(sealed.byteLength).toBeLessThanOrEqual(4_096);
  });

  test('opens nothing that was sealed for another, or changed on the way', () => {
    const sealed = sealPush(Buffer.from('hello'), browserKeys, { paddedBytes: 100 });
    expect(open(sealPush(Buffer.from('hello'), keys, { paddedBytes: 100 }))).toBeNull();
    sealed[100] = (sealed[100] ?? 0) ^ 1;
    expect(open(sealed)).toBeNull();
  });

  test('gets another key and salt with each push', () => {
    const heads = [1, 2].map(() =>
      sealPush(Buffer.from('hello'), browserKeys, { paddedBytes: 100 }).subarray(0, 86),
    );
    expect(heads[0]?.subarray(0, 16)).not.toEqual(heads[1]?.subarray(0, 16));
    expect(heads[0]?.subarray(21)).not.toEqual(heads[1]?.subarray(21));
  });
});

test('what does not fit is refused', () => {
  const seal = (size: number, paddedBytes: number) =>
    codeOf(() => sealPush(Buffer.alloc(size), keys, { paddedBytes }));
  expect(seal(PUSH_CONTENT_BYTES_MAX + 1, PUSH_CONTENT_BYTES_MAX + 1)).toBe('ARGUMENT_INVALID');
  expect(seal(2, 1)).toBe('ARGUMENT_INVALID');
});

const offCurve = Buffer.from(keys.p256dh);
offCurve[64] = (offCurve[64] ?? 0) ^ 1;

test.each([
  ['a point beside the curve', { ...keys, p256dh: offCurve }],
  ['a compressed point', { ...keys, p256dh: keys.p256dh.subarray(0, 33) }],
  ['no point', { ...keys, p256dh: Buffer.alloc(65) }],
  ['a short secret', { ...keys, auth: keys.auth.subarray(1) }],
  ['a long secret', { ...keys, auth: Buffer.alloc(17) }],
])('%s is no key of a browser', (_, wrong) => {
  expect(areKeys(wrong)).toBe(false);
  expect(codeOf(() => sealPush(Buffer.from('x'), wrong, { paddedBytes: 1 }))).toBe(
    'DEVICE_KEY_INVALID',
  );
});
