// Proof that a device holds the private half of the key that it registers: a signed answer to our nonce.
//
// The device's key is for key agreement, and the proof is an ES256 signature by the same key. One key for both is a
// trade-off: ECDSA and ECIES/HPKE on one P-256 key are jointly secure (Degabriele, Lehmann, Paterson, Smart, Strefler,
// CT-RSA 2012), and the two never see each other's bytes, because a signature is only ever over a JWS with our `typ`.
// The price is on the device: WebCrypto ties a non-extractable key to one of the two, so a page imports its new key twice,
// as ECDH and as ECDSA, before it forgets the exportable copy.
import { decodeJsonObject } from './base64url.ts';
import { parseDeviceKey, parseDevicePrivateKey, type DeviceKey } from './device-key.ts';
import { check } from './errors.ts';
import { signJwsWith, verifyJwsWith } from './jws.ts';

export const PROOF_TYPE = 'device-proof+jwt';
export const PROOF_AGE_MAX_SECONDS = 300;
export const CLOCK_SKEW_SECONDS = 60;
const PROOF_CHARACTERS_MAX = 4096;

/** What a proof is bound to. */
export interface ProofClaims {
  /** Tenant. */
  readonly aud: string;
  /** Recipient id. */
  readonly sub: string;
  /** The nonce that we gave to this registration, at least 16 random bytes; the caller accepts it once. */
  readonly nonce: string;
  /** When: milliseconds since 1970, by the clock of whoever calls. */
  readonly now: number;
}

/** Makes the proof with the device's private JWK: for clients and tests. Throws DEVICE_KEY_INVALID. */
export function proveProofOfPossession(
  jwk: unknown,
  { aud, sub, nonce, now }: ProofClaims,
): string {
  const { kid, privateKey } = parseDevicePrivateKey(jwk);
  const payload = JSON.stringify({ aud, sub, jkt: kid, nonce, iat: Math.floor(now / 1000) });
  return signJwsWith(privateKey, { kid, alg: 'ES256' }, { typ: PROOF_TYPE, payload });
}

/** Checks a proof against the public JWK that is being registered, and returns the checked key: tenant, recipient, nonce
 *  and thumbprint must be the expected ones, and it is at most 5 minutes old (60 s of clock skew).
 *  Throws DEVICE_KEY_INVALID, TOKEN_INVALID, TOKEN_EXPIRED, SIGNATURE_INVALID. */
export function verifyProofOfPossession(
  proof: string,
  jwk: unknown,
  expect: ProofClaims,
): DeviceKey {
  const key = parseDeviceKey(jwk);
  const sized = typeof proof === 'string' && proof.length <= PROOF_CHARACTERS_MAX;
  check(sized, 'TOKEN_INVALID', 'The proof is too long.');
  const { kty, crv, x, y } = key.jwk;
  const rules = { algorithms: ['ES256'], typ: PROOF_TYPE } as const;
  const { header } = verifyJwsWith(proof, { kty, crv, x, y }, rules);
  const claims = decodeJsonObject(proof.split('.')[1]) ?? {};
  const named = header['kid'] === key.kid && claims['jkt'] === key.kid;
  check(named, 'TOKEN_INVALID', 'The proof is for another key.');
  check(claims['aud'] === expect.aud, 'TOKEN_INVALID', 'The proof is for another tenant.');
  check(claims['sub'] === expect.sub, 'TOKEN_INVALID', 'The proof is for another recipient.');
  check(claims['nonce'] === expect.nonce, 'TOKEN_INVALID', 'The proof answers another nonce.');
  const ageSeconds = expect.now / 1000 - Number(claims['iat']);
  const fresh = ageSeconds >= -CLOCK_SKEW_SECONDS && ageSeconds <= PROOF_AGE_MAX_SECONDS;
  check(fresh, 'TOKEN_EXPIRED', 'The proof is too old, or from the future.');
  return key;
}
