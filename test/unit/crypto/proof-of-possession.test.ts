// Proof of possession: only the holder of the private key registers it, for this recipient, now.
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { encodeBase64url } from '../../../crypto/base64url.ts';
import { parseDevicePrivateKey } from '../../../crypto/device-key.ts';
import { signJwsWith } from '../../../crypto/jws.ts';
import * as possession from '../../../crypto/proof-of-possession.ts';
import { codeOf } from './vectors.ts';

function keyPair() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { secret: privateKey.export({ format: 'jwk' }), jwk: publicKey.export({ format: 'jwk' }) };
}
const mine = keyPair();
const other = keyPair();
const now = 1_800_000_000_000;
const claims = { aud: 'bank', sub: 'rcp_1', nonce: 'bm9uY2Utb2YtMTYtYnl0ZXM', now };
const proof = possession.proveProofOfPossession(mine.secret, claims);
const verify = (given = proof, jwk: object = mine.jwk, difference = {}) =>
  codeOf(() => possession.verifyProofOfPossession(given, jwk, { ...claims, ...difference }));

test.each(['HPKE-7-KE', 'ECDH-ES+A256KW'])('the holder of a %s key registers it', (alg) => {
  const key = possession.verifyProofOfPossession(proof, { ...mine.jwk, alg }, claims);
  expect(key).toMatchObject({ alg, kid: parseDevicePrivateKey(mine.secret).kid });
});

describe('refused', () => {
  test.each([
    ['another tenant', { aud: 'shop' }],
    ['another recipient', { sub: 'rcp_2' }],
    ['another nonce', { nonce: 'b3RoZXI' }],
  ])('a proof for %s is refused', (_, difference) => {
    expect(verify(proof, mine.jwk, difference)).toBe('TOKEN_INVALID');
  });

  test.each([
    [300_000, null],
    [301_000, 'TOKEN_EXPIRED'],
    [-60_000, null],
    [-61_000, 'TOKEN_EXPIRED'],
  ])('%i ms after the proof was made: %s', (ms, code) => {
    expect(verify(proof, mine.jwk, { now: now + ms })).toBe(code);
  });

  test('a proof by another key is refused', () => {
    expect(verify(proof, other.jwk)).toBe('SIGNATURE_INVALID');
  });

  test('a proof that names another key than it is signed by is refused, in its header or its claims', () => {
    const { privateKey, kid } = parseDevicePrivateKey(mine.secret);
    const foreign = parseDevicePrivateKey(other.secret).kid;
    const confused = [
      { header: kid, jkt: foreign },
      { header: foreign, jkt: kid },
    ].map(({ header, jkt }) => {
      const payload = JSON.stringify({ ...claims, jkt, iat: now / 1000 });
      const signer = { kid: header, alg: 'ES256' } as const;
      return signJwsWith(privateKey, signer, { typ: possession.PROOF_TYPE, payload });
    });
    expect(confused.map((token) => verify(token))).toEqual(['TOKEN_INVALID', 'TOKEN_INVALID']);
  });

  test('a token of another type by the same key is no proof', () => {
    const { privateKey, kid } = parseDevicePrivateKey(mine.secret);
    const payload = Buffer.from(proof.split('.')[1] ?? '', 'base64url');
    const token = signJwsWith(privateKey, { kid, alg: 'ES256' }, { typ: 'JWT', payload });
    expect(verify(token)).toBe('TOKEN_INVALID');
  });

  test('a proof without its time, or with none that is a number, is refused', () => {
    const { privateKey, kid } = parseDevicePrivateKey(mine.secret);
    for (const iat of [undefined, 'now']) {
      const { now: _now, ...rest } = claims;
      const payload = JSON.stringify({ ...rest, jkt: kid, iat });
      const signer = { kid, alg: 'ES256' } as const;
      const token = signJwsWith(privateKey, signer, { typ: possession.PROOF_TYPE, payload });
      expect(verify(token)).toBe('TOKEN_EXPIRED');
    }
  });

  test('a proof for a private or malformed key is refused before it is read', () => {
    expect(verify(proof, mine.secret)).toBe('DEVICE_KEY_INVALID');
    expect(verify(proof, { kty: 'EC' })).toBe('DEVICE_KEY_INVALID');
  });

  test('a changed claim, a huge proof and nonsense are refused', () => {
    const [head, , sig] = proof.split('.');
    const forged = `${head}.${encodeBase64url(JSON.stringify({ ...claims, sub: 'x' }))}.${sig}`;
    expect(verify(forged)).toBe('SIGNATURE_INVALID');
    expect(verify(`${proof}${'A'.repeat(4096)}`)).toBe('TOKEN_INVALID');
    expect(verify('proof')).toBe('TOKEN_INVALID');
  });
});
