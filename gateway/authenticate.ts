// From a bearer token to the principal: the signature, the issuer, the audience and the time must hold, or nobody calls.
import { readFile } from 'node:fs/promises';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  jwtVerify,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose';
import { assert } from '../platform/assert.ts';
import type { Clock } from '../platform/clock.ts';
import { ApiError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { TENANT_PATTERN, type Principal } from '../platform/principal.ts';

/** Takes the value of an Authorization header, or of `authorization` in a socket's parameters: nothing else identifies
 *  a caller. Throws UNAUTHENTICATED, or UNAVAILABLE when the issuer's keys cannot be had. */
export type Authenticate = (authorization: unknown) => Promise<Principal>;

export interface TokenRules {
  readonly keys: JWTVerifyGetKey;
  readonly issuer: string;
  readonly audience: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Asymmetric only: with these, who verifies cannot forge. */
const ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256', 'RS256', 'PS256'];
const CLOCK_TOLERANCE_SECONDS = 5;
const TOKEN_MAX_CHARACTERS = 8_192;
const SCOPES_MAX = 100;
/** Verified tokens are remembered for this long, so that a removed key ends soon. */
const REMEMBERED_MS = 60_000;
const REMEMBERED_MAX = 10_000;
const KEYS_TIMEOUT_MS = 5_000;
const KEYS_COOLDOWN_MS = 30_000;
const BEARER = /^Bearer ([A-Za-z0-9_.-]+)$/i;

/** Fails at once without an issuer and an audience: tokens of anybody, or for anybody, would be taken. */
export function createAuthenticate(rules: TokenRules): Authenticate {
  assert(rules.issuer !== '' && rules.audience !== '', 'tokens have an issuer and an audience');
  const verified = new Map<string, { principal: Principal; untilMs: number }>();
  return async (authorization) => {
    const token = readToken(authorization);
    const now = rules.clock.now();
    const known = verified.get(token);
    if (known !== undefined && now < known.untilMs) return known.principal;
    verified.delete(token);
    const principal = principalOf(await verifyToken(token, rules));
    const untilMs = Math.min(now + REMEMBERED_MS, principal.expiresAt * 1000);
    if (verified.size >= REMEMBERED_MAX) verified.clear();
    verified.set(token, { principal, untilMs });
    return principal;
  };
}

/** The issuer's keys at a URL: fetched when needed, and again when a token names a key that is not among them. */
export function keysAtUrl(url: string): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(url), {
    timeoutDuration: KEYS_TIMEOUT_MS,
    cooldownDuration: KEYS_COOLDOWN_MS,
  });
}

/** The issuer's keys in a file, which is read again when a token names a key that is not among them. */
export function keysInFile(file: string, clock: Clock): JWTVerifyGetKey {
  let read: { keys: JWTVerifyGetKey; atMs: number } | null = null;
  const readAgain = async () => {
    const keySet = JSON.parse(await readFile(file, 'utf8')) as JSONWebKeySet;
    read = { keys: createLocalJWKSet(keySet), atMs: clock.now() };
    return read;
  };
  return async (header, token) => {
    const current = read ?? (await readAgain());
    try {
      return await current.keys(header, token);
    } catch (error) {
      const isFresh = clock.now() - current.atMs < KEYS_COOLDOWN_MS;
      if (!(error instanceof errors.JWKSNoMatchingKey) || isFresh) throw error;
      return (await readAgain()).keys(header, token);
    }
  };
}

function readToken(authorization: unknown): string {
  if (typeof authorization !== 'string') {
    throw new ApiError('UNAUTHENTICATED', 'The request has no bearer token.');
  }
  const token = authorization.length <= TOKEN_MAX_CHARACTERS && BEARER.exec(authorization)?.[1];
  if (!token) throw new ApiError('UNAUTHENTICATED', 'The authorization is no bearer token.');
  return token;
}

async function verifyToken(token: string, rules: TokenRules): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, rules.keys, {
      algorithms: ALGORITHMS,
      issuer: rules.issuer,
      audience: rules.audience,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(rules.clock.now()),
      requiredClaims: ['exp', 'sub', 'tenant'],
    });
    return payload;
  } catch (error) {
    if (isFaultOfTheKeys(error)) {
      rules.log.warn({ err: error }, 'keys of the token issuer not available');
      throw new ApiError('UNAVAILABLE', 'The keys of the token issuer cannot be had now.');
    }
    const expired = error instanceof errors.JWTExpired;
    throw new ApiError('UNAUTHENTICATED', expired ? 'The token is over.' : 'The token is refused.');
  }
}

// Everything that says something about the token is a JOSEError of its own kind; the rest is the way to the keys.
function isFaultOfTheKeys(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return true;
  return (
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid ||
    error.code === 'ERR_JOSE_GENERIC'
  );
}

function principalOf({ sub, exp, tenant, scope }: JWTPayload): Principal {
  const fits =
    typeof sub === 'string' &&
    sub !== '' &&
    typeof exp === 'number' &&
    typeof tenant === 'string' &&
    TENANT_PATTERN.test(tenant) &&
    (scope === undefined || typeof scope === 'string');
  if (!fits) throw new ApiError('UNAUTHENTICATED', 'The token is refused.');
  const scopes = (scope ?? '').split(' ').filter((word) => word !== '');
  if (scopes.length > SCOPES_MAX) throw new ApiError('UNAUTHENTICATED', 'The token is refused.');
  return Object.freeze({ tenantId: tenant, subject: sub, scopes, expiresAt: exp });
}
