// Ed25519 and ES256 over bytes, against Project Wycheproof.
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { calculateJwkThumbprint, type JWK } from 'jose';
import * as signature from '../../../crypto/signature.ts';
import { hex, testsOf } from './vectors.ts';

test.each([
  ['ES256', 'ecdsa_secp256r1_sha256_p1363_test', 262],
  ['Ed25519', 'ed25519_test', 151],
] as const)(
  'every Wycheproof %s signature verifies or not as the vector says',
  (alg, file, count) => {
    const all = testsOf<{ publicKeyDer: string }, { msg: string; sig: string }>(file);
    expect(all.length).toBe(count);
    for (const { group, test: t } of all) {
      const key = createPublicKey({ key: hex(group.publicKeyDer), format: 'der', type: 'spki' });
      const valid = signature.verifyBytes(alg, key, hex(t.msg), hex(t.sig));
      expect([t.tcId, valid]).toEqual([t.tcId, t.result === 'valid']);
    }
  },
);

const keys = {
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  Ed25519: generateKeyPairSync('ed25519'),
};

test.each(['ES256', 'Ed25519'] as const)(
  '%s: what is signed verifies, other data does not',
  (alg) => {
    const { publicKey, privateKey } = keys[alg];
    const sig = signature.signBytes(alg, privateKey, Buffer.from('data'));
    expect(sig.byteLength).toBe(64);
    expect(signature.verifyBytes(alg, publicKey, Buffer.from('data'), sig)).toBe(true);
    expect(signature.verifyBytes(alg, publicKey, Buffer.from('Data'), sig)).toBe(false);
  },
);

test.each(['ES256', 'Ed25519'] as const)(
  '%s: a public key is published by its thumbprint',
  async (alg) => {
    const jwk = signature.publicSigningJwk(alg, keys[alg].publicKey);
    expect(jwk).toMatchObject({ alg, use: 'sig', kid: await calculateJwkThumbprint(jwk as JWK) });
    expect(jwk).not.toHaveProperty('d');
    expect(signature.importVerificationKey(jwk, alg)?.equals(keys[alg].publicKey)).toBe(true);
  },
);

test('a key is only imported for the algorithm and the use that it states', () => {
  const jwk = signature.publicSigningJwk('ES256', keys.ES256.publicKey);
  const attempts: object[] = [
    { ...jwk, use: 'enc' },
    { ...jwk, key_ops: ['encrypt'] },
    { ...jwk, key_ops: 'verify' },
    { ...jwk, alg: 'HPKE-7-KE' },
  ];
  for (const attempt of attempts)
    expect(signature.importVerificationKey(attempt, 'ES256')).toBeNull();
  expect(signature.importVerificationKey(jwk, 'Ed25519')).toBeNull();
  expect(signature.importVerificationKey({ ...jwk, alg: undefined }, 'Ed25519')).toBeNull();
});
