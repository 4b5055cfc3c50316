// The gateway's signature on every operation that crosses a process: who calls, for whom it is meant, and what is asked.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from './clock.ts';
import { assert } from './assert.ts';
import { ApiError } from './errors.ts';
import { TENANT_PATTERN, type Principal } from './principal.ts';
import type { RequestScope } from './subgraph.ts';

/** The first key signs; each of them verifies, so that keys change without a gap. At least 32 bytes each. */
export type SignatureKeys = readonly [Buffer, ...Buffer[]];

/** What is signed of a GraphQL request. */
export interface SignedOperation {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | null;
  readonly operationName?: string | null;
}

/** Where the signature stands in a request's `extensions`. */
export const SIGNATURE_EXTENSION = 'requestSignature';

/** How far apart the clocks of two processes may be, and how long a signature lives. */
const TOLERANCE_MS = 30_000;
const KEY_MIN_BYTES = 32;
/** Signatures remembered for each half of the replay window; when it is full, nothing more is accepted. */
const REMEMBERED_MAX = 500_000;

interface Claims {
  readonly audience: string;
  readonly issuedAt: number;
  readonly id: string;
  readonly requestId: string;
  readonly principal: Principal;
  /** SHA-256 of the canonical operation, base64url. */
  readonly digest: string;
}

export type SignOperation = (
  operation: SignedOperation,
  claims: {
    readonly audience: string;
    readonly principal: Principal;
    readonly scope: RequestScope;
  },
) => string;

export type VerifyOperation = (
  operation: SignedOperation,
  signature: unknown,
) => { readonly principal: Principal; readonly scope: RequestScope };

/** Makes the function that signs operations: `v1.<claims>.<HMAC-SHA256>`, both base64url. */
export function createSigner(options: {
  readonly keys: SignatureKeys;
  readonly clock: Clock;
  readonly newId: () => string;
}): SignOperation {
  const key = checkedKeys(options.keys)[0];
  return (operation, { audience, principal, scope }) => {
    const claims: Claims = {
      audience,
      issuedAt: options.clock.now(),
      id: options.newId(),
      requestId: scope.requestId,
      principal,
      digest: digestOf(operation),
    };
    const signed = `v1.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
    return `${signed}.${macOf(key, signed).toString('base64url')}`;
  };
}

/** Makes the function that verifies them for one audience. It throws UNAUTHENTICATED for anything but a fresh signature
 *  of this very operation, for this audience, that was not used before in this process. */
export function createVerifier(options: {
  readonly audience: string;
  readonly keys: SignatureKeys;
  readonly clock: Clock;
}): VerifyOperation {
  const keys = checkedKeys(options.keys);
  const firstUse = rememberUses(options.clock);
  return (operation, signature) => {
    const claims = typeof signature === 'string' ? readClaims(signature, keys) : null;
    if (claims === null) throw new ApiError('UNAUTHENTICATED', 'The operation is not signed.');
    const now = options.clock.now();
    const holds =
      claims.audience === options.audience &&
      Math.abs(now - claims.issuedAt) <= TOLERANCE_MS &&
      now < claims.principal.expiresAt * 1000 + TOLERANCE_MS &&
      TENANT_PATTERN.test(claims.principal.tenantId) &&
      sameText(claims.digest, digestOf(operation));
    if (!holds || !firstUse(claims.id)) {
      throw new ApiError('UNAUTHENTICATED', 'The signature does not fit this operation.');
    }
    return { principal: claims.principal, scope: { requestId: claims.requestId } };
  };
}

function checkedKeys(keys: SignatureKeys): SignatureKeys {
  const longEnough = keys.every((key) => key.length >= KEY_MIN_BYTES);
  assert(longEnough, `a signature key has at least ${KEY_MIN_BYTES} bytes`);
  return keys;
}

/** The claims, once one of the keys has made the signature; they are not parsed before. */
function readClaims(signature: string, keys: SignatureKeys): Claims | null {
  const [version, payload, mac, ...rest] = signature.split('.');
  if (version !== 'v1' || payload === undefined || mac === undefined || rest.length > 0)
    return null;
  const given = Buffer.from(mac, 'base64url');
  const fits = keys.some((key) => {
    const expected = macOf(key, `v1.${payload}`);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  return fits ? (JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Claims) : null;
}

function macOf(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function digestOf({ query, variables, operationName }: SignedOperation): string {
  const canonical = JSON.stringify([query, operationName ?? null, variables ?? {}], sortKeys);
  return createHash('sha256').update(canonical).digest('base64url');
}

// The order of keys is no part of what JSON says, so both sides write it in one order.
function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries);
}

function sameText(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

/** True for the first use of an id. Two generations, swapped as time goes on: an id is forgotten only when its signature
 *  is too old to be accepted. */
function rememberUses(clock: Clock): (id: string) => boolean {
  const lifeMs = 2 * TOLERANCE_MS;
  let generation = { recent: new Set<string>(), older: new Set<string>(), since: clock.now() };
  return (id) => {
    const age = clock.now() - generation.since;
    if (age >= lifeMs) {
      const older = age < 2 * lifeMs ? generation.recent : new Set<string>();
      generation = { recent: new Set(), older, since: clock.now() };
    }
    const { recent, older } = generation;
    if (recent.has(id) || older.has(id)) return false;
    if (recent.size >= REMEMBERED_MAX) {
      throw new ApiError('UNAVAILABLE', 'Too many operations in too short a time.');
    }
    recent.add(id);
    return true;
  };
}
