// Compact JWS (RFC 7515): signed by a key of the KMS, verified by an explicit list of algorithms and a set of public keys.
import type { KeyObject } from 'node:crypto';
import { decodeBase64url, decodeJsonObject, encodeBase64url } from './base64url.ts';
import { check } from './errors.ts';
import type { KeyRef, Kms, Signer } from './kms.ts';
import { importVerificationKey, signBytes, verifyBytes } from './signature.ts';
import type { SignatureAlgorithm } from './signature.ts';

export const JWS_BYTES_MAX = 32 * 1024 * 1024;

export interface VerifiedJws {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Buffer;
}

export interface JwsExpectation {
  /** The only algorithms that may have been used; the token never chooses. */
  readonly algorithms: readonly SignatureAlgorithm[];
  /** The `typ` that this kind of token carries: a receipt is never taken for a login. null: any, or none. */
  readonly typ: string | null;
}

// Strict, because lenient decoders ignore white space and the like: then one signed token has many spellings.
const COMPACT = /^([\w-]+)\.([\w-]*)\.([\w-]+)$/;

/** Signs `payload` (a string is UTF-8) with the tenant's current signing key: `header.payload.signature` with the
 *  protected header { alg, kid, typ }. Throws what the KMS throws. */
export async function signJws(
  kms: Kms,
  key: KeyRef,
  { typ, payload }: { readonly typ: string; readonly payload: Uint8Array | string },
): Promise<string> {
  let input = '';
  const { sig } = await kms.sign(key, (signer) => {
    input = signingInput(signer, typ, payload);
    return Buffer.from(input, 'ascii');
  });
  return `${input}.${encodeBase64url(sig)}`;
}

/** The same with a private key at hand: for devices, which have no KMS. */
export function signJwsWith(
  privateKey: KeyObject,
  signer: Signer,
  { typ, payload }: { readonly typ: string; readonly payload: Uint8Array | string },
): string {
  const input = signingInput(signer, typ, payload);
  return `${input}.${encodeBase64url(signBytes(signer.alg, privateKey, Buffer.from(input, 'ascii')))}`;
}

/** Verifies a token by the one key of `jwks` that its `kid` names. Throws TOKEN_INVALID for what is no such token,
 *  KEY_NOT_FOUND when no key or more than one has the kid, SIGNATURE_INVALID for everything else. */
export function verifyJws(
  token: string,
  jwks: { readonly keys: readonly object[] },
  expect: JwsExpectation,
): VerifiedJws {
  const { kid } = parseHeader(token);
  check(typeof kid === 'string', 'TOKEN_INVALID', 'The token does not name its key.');
  const [key, another] = jwks.keys.filter((jwk) => 'kid' in jwk && jwk.kid === kid);
  check(key && !another, 'KEY_NOT_FOUND', 'The token names no key, or an ambiguous one.');
  return verifyJwsWith(token, key, expect);
}

/** Verifies a token by this public JWK, whatever its `kid`. Keys inside of the token (`jwk`, `x5c`) are never looked at.
 *  Throws TOKEN_INVALID, SIGNATURE_INVALID. */
export function verifyJwsWith(token: string, jwk: unknown, expect: JwsExpectation): VerifiedJws {
  const header = parseHeader(token);
  // An extension changes what is signed (b64) or who may read it: RFC 7515 section 4.1.11, refuse what is unknown.
  check(!('crit' in header), 'TOKEN_INVALID', 'The token asks for an extension.');
  const rightType = expect.typ === null || header['typ'] === expect.typ;
  check(rightType, 'TOKEN_INVALID', 'The token is of another type.');
  const alg = expect.algorithms.find((allowed) => allowed === header['alg']);
  check(alg, 'SIGNATURE_INVALID', 'The algorithm of the token is not allowed.');
  const publicKey = importVerificationKey(jwk, alg);
  check(publicKey, 'SIGNATURE_INVALID', 'The key is not for this algorithm.');
  const [input, payload, signature] = split(token);
  const valid = verifyBytes(alg, publicKey, Buffer.from(input, 'ascii'), signature);
  check(valid, 'SIGNATURE_INVALID', 'The signature does not verify.');
  return { header, payload };
}

function signingInput({ kid, alg }: Signer, typ: string, payload: Uint8Array | string): string {
  return `${encodeBase64url(JSON.stringify({ alg, kid, typ }))}.${encodeBase64url(payload)}`;
}

function parseHeader(token: string): Record<string, unknown> {
  check(typeof token === 'string', 'TOKEN_INVALID', 'A token is a string.');
  check(
    token.length <= JWS_BYTES_MAX && COMPACT.test(token),
    'TOKEN_INVALID',
    'This is not a compact JWS.',
  );
  const header = decodeJsonObject(token.slice(0, token.indexOf('.')));
  check(header, 'TOKEN_INVALID', "The token's header is not a JSON object.");
  return header;
}

function split(token: string): [input: string, payload: Buffer, signature: Buffer] {
  const payloadAt = token.indexOf('.') + 1;
  const signatureAt = token.lastIndexOf('.') + 1;
  const payload = decodeBase64url(token.slice(payloadAt, signatureAt - 1));
  const signature = decodeBase64url(token.slice(signatureAt));
  check(payload && signature, 'TOKEN_INVALID', 'The token is not canonical base64url.');
  return [token.slice(0, signatureAt - 1), payload, signature];
}
