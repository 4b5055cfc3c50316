// P-256 keys: strict import, and key agreement against Project Wycheproof.
import { createECDH, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { encodeBase64url } from '../../../crypto/base64url.ts';
import * as p256 from '../../../crypto/p256.ts';
import { hex, testsOf } from './vectors.ts';

const jwkOf = (): JsonWebKey =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });

test('Wycheproof ECDH with JWKs: good points agree, every other key is refused at import', () => {
  type Test = { public: JsonWebKey; private: JsonWebKey; shared: string };
  const all = testsOf<object, Test>('ecdh_secp256r1_webcrypto_test');
  expect(all.length).toBe(353);
  for (const { test: t } of all) {
    const publicKey = p256.importPublicJwk(t.public);
    const point = p256.pointOfJwk(t.public);
    expect(point).toEqual(publicKey && p256.pointOf(publicKey));
    const privateKey = p256.importPrivateJwk(t.private);
    const shared = publicKey && privateKey && p256.agree(privateKey, publicKey);
    const expected = t.result === 'valid' ? hex(t.shared) : null;
    expect([t.tcId, shared]).toEqual([t.tcId, expected]);
  }
});

test('Wycheproof ECDH with points: uncompressed ones agree, compressed and foreign ones are refused', () => {
  type Test = { public: string; private: string; shared: string };
  const all = testsOf<object, Test>('ecdh_secp256r1_ecpoint_test');
  expect(all.filter(({ test: t }) => t.result === 'valid').length).toBe(330);
  for (const { test: t } of all) {
    const publicKey = p256.importPoint(hex(t.public));
    if (t.result === 'valid') {
      const privateKey = privateKeyOf(hex(t.private));
      expect(publicKey && p256.agree(privateKey, publicKey)).toEqual(hex(t.shared));
    } else {
      expect([t.tcId, publicKey]).toEqual([t.tcId, null]);
    }
  }
});

test('a point survives the way out and in', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const point = p256.pointOf(publicKey);
  expect(point.byteLength).toBe(65);
  expect(p256.importPoint(point)?.equals(publicKey)).toBe(true);
});

test('an agreement by a key pair that is not kept is the one that its point leads to', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { ephemeral, shared } = p256.agreeOnce(p256.pointOf(publicKey));
  const point = p256.importPoint(ephemeral);
  expect(point && p256.agree(privateKey, point)).toEqual(shared);
  expect(p256.pointOfJwk(p256.jwkOfPoint(ephemeral))).toEqual(ephemeral);
  expect(p256.agreeOnce(p256.pointOf(publicKey)).shared).not.toEqual(shared);
});

test('a private JWK whose halves belong to two keys is refused', () => {
  const [mine, other] = [jwkOf(), jwkOf()];
  expect(p256.importPrivateJwk(mine)).not.toBeNull();
  expect(p256.importPrivateJwk({ ...mine, d: other.d })).toBeNull();
});

test('a point in hybrid form is refused: it is a second spelling of the same key', () => {
  const point = createECDH('prime256v1').generateKeys();
  for (const form of [0x06, 0x07]) {
    const hybrid = Buffer.concat([Uint8Array.of(form), point.subarray(1)]);
    expect(p256.importPoint(hybrid)).toBeNull();
  }
});

test('a coordinate in another spelling is refused', () => {
  const jwk = jwkOf();
  const x = Buffer.from(jwk.x ?? '', 'base64url');
  const longer = Buffer.concat([Uint8Array.of(0), x]).toString('base64url');
  for (const spelled of [`${jwk.x}=`, ` ${jwk.x}`, longer, x.subarray(1).toString('base64url')]) {
    expect(p256.importPublicJwk({ ...jwk, x: spelled })).toBeNull();
    expect(p256.pointOfJwk({ ...jwk, x: spelled })).toBeNull();
  }
});

// The vectors give the scalar alone; node wants the point beside it.
function privateKeyOf(bytes: Buffer) {
  const scalar = Buffer.concat([Buffer.alloc(32), bytes]).subarray(-32);
  const pair = createScalarPair(scalar);
  const key = p256.importPrivateJwk(pair);
  if (key === null) throw new Error('the vector has no usable private key');
  return key;
}
function createScalarPair(scalar: Buffer): JsonWebKey {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(scalar);
  const point = ecdh.getPublicKey();
  return {
    kty: 'EC',
    crv: 'P-256',
    x: encodeBase64url(point.subarray(1, 33)),
    y: encodeBase64url(point.subarray(33)),
    d: encodeBase64url(scalar),
  };
}
