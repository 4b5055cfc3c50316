// Device keys: what registers, what is refused, and how a key is named.
import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { calculateJwkThumbprint, type JWK } from 'jose';
import * as deviceKey from '../../../crypto/device-key.ts';
import { codeOf } from './vectors.ts';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = pair.publicKey.export({ format: 'jwk' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' });
const okp = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' });
const flipped = Buffer.from(jwk.y ?? '', 'base64url');
flipped[31]! ^= 1;

test('a P-256 key is accepted, for HPKE unless it says otherwise', () => {
  expect(deviceKey.parseDeviceKey(jwk)).toMatchObject({ alg: 'HPKE-7-KE', jwk });
  const classic = deviceKey.parseDeviceKey({ ...jwk, alg: 'ECDH-ES+A256KW', use: 'enc' });
  expect(classic.alg).toBe('ECDH-ES+A256KW');
});

test('only the known members are kept, and a kid from outside does not name the key', () => {
  const { kid, jwk: kept } = deviceKey.parseDeviceKey({ ...jwk, kid: 'mine', x5u: 'http://x' });
  expect(Object.keys(kept).toSorted()).toEqual(['alg', 'crv', 'kty', 'x', 'y']);
  expect(kid).toMatch(/^[\w-]{43}$/);
});

test('the name of a key is its RFC 7638 thumbprint, with or without alg', async () => {
  const { kid } = deviceKey.parseDeviceKey(jwk);
  expect(kid).toBe(await calculateJwkThumbprint(jwk as JWK, 'sha256'));
  expect(deviceKey.parseDeviceKey({ ...jwk, alg: 'ECDH-ES+A256KW' }).kid).toBe(kid);
});

describe('refused', () => {
  const refused: readonly [string, unknown][] = [
    ['no object', 'key'],
    ['nothing', null],
    ['a list', [jwk]],
    ['a private key', pair.privateKey.export({ format: 'jwk' })],
    ['a key with a symmetric member', { ...jwk, k: 'AA' }],
    ['another curve', p384],
    ['another key type', okp],
    ['a curve that does not fit its point', { ...p384, crv: 'P-256' }],
    ['a point off the curve', { ...jwk, y: flipped.toString('base64url') }],
    ['the point at zero', { ...jwk, x: 'A'.repeat(43), y: 'A'.repeat(43) }],
    ['a missing coordinate', { ...jwk, y: undefined }],
    ['a padded coordinate', { ...jwk, x: `${jwk.x}=` }],
    ['an algorithm that is not ours', { ...jwk, alg: 'ECDH-ES' }],
    ['an empty algorithm', { ...jwk, alg: null }],
    ['a key for signatures', { ...jwk, use: 'sig' }],
  ];
  test.each(refused)('%s is refused', (_, given) => {
    expect(codeOf(() => deviceKey.parseDeviceKey(given))).toBe('DEVICE_KEY_INVALID');
  });

  test('a private key is refused where one is needed but half is missing', () => {
    expect(codeOf(() => deviceKey.parseDevicePrivateKey(jwk))).toBe('DEVICE_KEY_INVALID');
  });

  test('the error says why and shows no part of the key', () => {
    const secret: JsonWebKey = pair.privateKey.export({ format: 'jwk' });
    expect(() => deviceKey.parseDeviceKey(secret)).toThrow(/private key/);
    expect(() => deviceKey.parseDeviceKey(secret)).not.toThrow(new RegExp(secret.d ?? ''));
  });
});

test('fingerprints are six groups of five digits, equal for one key and different for two', () => {
  const { kid } = deviceKey.parseDeviceKey(jwk);
  const fingerprint = deviceKey.deviceFingerprint(kid);
  expect(fingerprint).toMatch(/^\d{5}( \d{5}){5}$/);
  expect(deviceKey.deviceFingerprint(kid)).toBe(fingerprint);
  expect(deviceKey.deviceFingerprint(`${kid.slice(1)}A`)).not.toBe(fingerprint);
});

test('a fingerprint stays the same from release to release', () => {
  // Computed apart from this code. A change here looks like an attack to the people who compare.
  const fingerprint = deviceKey.deviceFingerprint('A'.repeat(43));
  expect(fingerprint).toBe('87903 24487 36127 91683 04086 70607');
});
