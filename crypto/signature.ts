// Signatures over bytes: Ed25519 (RFC 8032, JOSE name of RFC 9864) and ES256 (RFC 7518 section 3.4), and their public JWKs.
import { createPublicKey, sign, verify, type JsonWebKey, type KeyObject } from 'node:crypto';
import { decodeBase64url } from './base64url.ts';
import { check } from './errors.ts';
import { importPublicJwk, publicMembers, type P256PublicJwk } from './p256.ts';
import { thumbprint } from './thumbprint.ts';

/** The names are JOSE's. `EdDSA`, the old name, is not accepted: one key has one name. */
export const SignatureAlgorithm = { Ed25519: 'Ed25519', ES256: 'ES256' } as const;
export type SignatureAlgorithm = (typeof SignatureAlgorithm)[keyof typeof SignatureAlgorithm];

const SIGNATURE_BYTES = 64;
const ED25519_KEY_BYTES = 32;

/** A public key as we publish it. */
export type PublicSigningJwk = SigningMembers & {
  readonly kid: string;
  readonly alg: SignatureAlgorithm;
  readonly use: 'sig';
};
type SigningMembers = Ed25519PublicJwk | P256PublicJwk;

interface Ed25519PublicJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  /** 32 bytes, base64url. */
  readonly x: string;
}

/** Public keys by which tokens are verified, current and retired (RFC 7517 section 5). */
export interface Jwks {
  readonly keys: readonly PublicSigningJwk[];
}

/** The signature of `data`: 64 bytes, for ES256 r and s side by side and not DER. privateKey must be of that algorithm. */
export function signBytes(
  alg: SignatureAlgorithm,
  privateKey: KeyObject,
  data: Uint8Array,
): Buffer {
  switch (alg) {
    case 'Ed25519':
      return sign(null, data, privateKey);
    case 'ES256':
      return sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  }
}

/** Whether `signature` (64 bytes) is the key's over `data`. False for every other length. */
export function verifyBytes(
  alg: SignatureAlgorithm,
  publicKey: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (signature.byteLength !== SIGNATURE_BYTES) return false;
  switch (alg) {
    case 'Ed25519':
      return verify(null, data, publicKey, signature);
    case 'ES256':
      return verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
  }
}

/** The public key of `jwk` if it may verify `alg` signatures: type and curve fit, and `alg`, `use` and `key_ops`, where
 *  they stand, say so. Null otherwise: a key for encryption is no key for signatures. */
export function importVerificationKey(jwk: unknown, alg: SignatureAlgorithm): KeyObject | null {
  if (typeof jwk !== 'object' || jwk === null) return null;
  const said = jwk as Record<string, unknown>;
  if ((said['alg'] ?? alg) !== alg || (said['use'] ?? 'sig') !== 'sig') return null;
  const operations = said['key_ops'] ?? ['verify'];
  if (!Array.isArray(operations) || !operations.includes('verify')) return null;
  return alg === 'ES256' ? importPublicJwk(jwk) : importEd25519(jwk as JsonWebKey);
}

/** The published form of a public key, named by its thumbprint (RFC 7638, RFC 8037). */
export function publicSigningJwk(alg: SignatureAlgorithm, publicKey: KeyObject): PublicSigningJwk {
  const exported = publicKey.export({ format: 'jwk' });
  const members = alg === 'ES256' ? publicMembers(exported) : ed25519Members(exported);
  check(members, 'ARGUMENT_INVALID', 'The key is not of this algorithm.');
  return { ...members, kid: thumbprint(members), alg, use: 'sig' };
}

function importEd25519(jwk: JsonWebKey): KeyObject | null {
  const members = ed25519Members(jwk);
  return members === null ? null : createPublicKey({ key: { ...members }, format: 'jwk' });
}

function ed25519Members(jwk: JsonWebKey): Ed25519PublicJwk | null {
  const { kty, crv, x } = jwk;
  const sized = decodeBase64url(x)?.byteLength === ED25519_KEY_BYTES;
  return kty === 'OKP' && crv === 'Ed25519' && x !== undefined && sized ? { kty, crv, x } : null;
}
