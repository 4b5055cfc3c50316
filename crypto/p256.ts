// P-256 keys (FIPS 186-5, secp256r1): strict import of JWKs and points, and key agreement.
import {
  createECDH,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  ECDH,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { decodeBase64url, encodeBase64url } from './base64url.ts';

export const P256_POINT_BYTES = 65;
const COORDINATE_BYTES = 32;
const UNCOMPRESSED = Uint8Array.of(0x04);
const CURVE = 'prime256v1';

// SubjectPublicKeyInfo of a P-256 key up to its point (RFC 5480): node imports DER, not raw points.
const SPKI_HEAD = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex');

/** The public half of a P-256 JWK, nothing else: the form that is hashed and put on the wire. */
export interface P256PublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  /** 32 bytes, base64url. */
  readonly x: string;
  /** 32 bytes, base64url. */
  readonly y: string;
}

/** The public members of `jwk`, or null unless it is an EC key on P-256 with two coordinates of exactly 32 bytes.
 *  Whether the point is on the curve shows at `importPublicJwk` and `pointOfJwk`. */
export function publicMembers(jwk: unknown): P256PublicJwk | null {
  if (typeof jwk !== 'object' || jwk === null) return null;
  const { kty, crv, x, y } = jwk as JsonWebKey;
  if (kty !== 'EC' || crv !== 'P-256' || x === undefined || y === undefined) return null;
  const sized = [x, y].every((text) => decodeBase64url(text)?.byteLength === COORDINATE_BYTES);
  return sized ? { kty, crv, x, y } : null;
}

/** The public key of a JWK, or null when it is malformed or its point is not on the curve. */
export function importPublicJwk(jwk: unknown): KeyObject | null {
  const members = publicMembers(jwk);
  if (members === null) return null;
  try {
    return createPublicKey({ key: { ...members }, format: 'jwk' });
  } catch {
    return null;
  }
}

/** The private key of a JWK, or null when it is malformed or its halves do not belong together. */
export function importPrivateJwk(jwk: unknown): KeyObject | null {
  const members = publicMembers(jwk);
  if (members === null) return null;
  const { d } = jwk as JsonWebKey;
  if (d === undefined || decodeBase64url(d)?.byteLength !== COORDINATE_BYTES) return null;
  try {
    // Node believes the x and y that stand beside d: a pair whose halves disagree must not enter.
    const pair = createECDH(CURVE);
    pair.setPrivateKey(d, 'base64url');
    const key = createPrivateKey({ key: { ...members, d }, format: 'jwk' });
    return pair.getPublicKey().equals(pointOf(createPublicKey(key))) ? key : null;
  } catch {
    return null;
  }
}

/** The private key of a scalar (32 bytes in base64url), or null when it is none. */
export function importPrivateScalar(text: string): KeyObject | null {
  if (decodeBase64url(text)?.byteLength !== COORDINATE_BYTES) return null;
  try {
    const pair = createECDH('prime256v1');
    pair.setPrivateKey(text, 'base64url');
    const point = pair.getPublicKey();
    const x = encodeBase64url(point.subarray(1, 1 + COORDINATE_BYTES));
    const y = encodeBase64url(point.subarray(1 + COORDINATE_BYTES));
    return importPrivateJwk({ kty: 'EC', crv: 'P-256', x, y, d: text });
  } catch {
    return null;
  }
}

/** The public key of an uncompressed point (65 bytes, SEC 1 section 2.3.3), or null when it is not on the curve. */
export function importPoint(point: Uint8Array): KeyObject | null {
  if (point.byteLength !== P256_POINT_BYTES || point[0] !== 0x04) return null;
  try {
    const key = Buffer.concat([SPKI_HEAD, point]);
    return createPublicKey({ key, format: 'der', type: 'spki' });
  } catch {
    return null;
  }
}

/** The uncompressed point of a P-256 public key: 65 bytes. */
export function pointOf(publicKey: KeyObject): Buffer {
  return publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI_HEAD.byteLength);
}

/** The same of a public JWK, or null when it is malformed or its point is not on the curve. A fifth of the cost of a
 *  KeyObject, which `agreeOnce` has no need of. */
export function pointOfJwk(jwk: unknown): Buffer | null {
  const members = publicMembers(jwk);
  if (members === null) return null;
  const coordinates = [members.x, members.y].map((text) => Buffer.from(text, 'base64url'));
  const point = Buffer.concat([UNCOMPRESSED, ...coordinates]);
  try {
    ECDH.convertKey(point, CURVE);
    return point;
  } catch {
    return null;
  }
}

/** The public JWK of an uncompressed point. */
export function jwkOfPoint(point: Uint8Array): P256PublicJwk {
  const [x, y] = [point.subarray(1, 1 + COORDINATE_BYTES), point.subarray(1 + COORDINATE_BYTES)];
  return { kty: 'EC', crv: 'P-256', x: encodeBase64url(x), y: encodeBase64url(y) };
}

/** One agreement by a fresh key pair that nobody keeps: its own point, and the shared x coordinate (32 bytes) with `point`,
 *  which is uncompressed. Throws when that is not on the curve. */
export function agreeOnce(point: Uint8Array): {
  readonly ephemeral: Buffer;
  readonly shared: Buffer;
} {
  const pair = createECDH(CURVE);
  const ephemeral = pair.generateKeys();
  return { ephemeral, shared: pair.computeSecret(point) };
}

/** The shared x coordinate (32 bytes, SP 800-56A section 5.7.1.2). Both keys came through the imports above. */
export function agree(privateKey: KeyObject, publicKey: KeyObject): Buffer {
  return diffieHellman({ privateKey, publicKey });
}
