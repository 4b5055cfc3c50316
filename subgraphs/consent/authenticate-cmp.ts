// Proves that a consent management platform sent what came: each format in the way that its sender knows.
import { createLocalJWKSet, errors, jwtVerify, type JSONWebKeySet } from 'jose';
import { CryptoError } from '../../crypto/errors.ts';
import { equalBytes } from '../../crypto/mac.ts';
import { verifyWebhook } from '../../crypto/webhook-signature.ts';
import type { CmpSource } from './store/cmp-sources.ts';

/** What came, before anything of it is believed. Header names in lower case. */
export interface CmpRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** Who sent it is certain. */
export interface Genuine {
  /** The id by which the proof names the event; null where the body does. */
  readonly eventId: string | null;
  /** Whose event the proof says it is; null where it covers the whole body. */
  readonly identifier: string | null;
  /** The sender's signature over it; null where it signs nothing. */
  readonly signature: string | null;
  /** The header that proved it, kept with the body. */
  readonly proof: string | null;
}

/** Null for everything that is not proven. secrets: those that are active, opened. now: milliseconds since 1970. */
export async function authenticateCmp(
  { format, publicKeys }: Pick<CmpSource, 'format' | 'publicKeys'>,
  { headers, body }: CmpRequest,
  { secrets, now }: { readonly secrets: readonly string[]; readonly now: number },
): Promise<Genuine | null> {
  switch (format) {
    case 'GENERIC':
      return authenticateWebhook(secrets, { headers, body }, now);
    case 'DIDOMI': {
      const known = knowsSecret(secrets, headers['authorization']);
      return known ? { eventId: null, identifier: null, signature: null, proof: null } : null;
    }
    case 'ONETRUST':
      return authenticateToken(publicKeys, headers['authorization'], now);
  }
}

/** Standard Webhooks: a MAC over the id, the time and the raw body, by any active secret. */
function authenticateWebhook(
  secrets: readonly string[],
  { headers, body }: CmpRequest,
  now: number,
): Genuine | null {
  const id = headers['webhook-id'] ?? '';
  const timestamp = headers['webhook-timestamp'] ?? '';
  const signature = headers['webhook-signature'] ?? '';
  try {
    verifyWebhook(secrets, { id, timestamp, body, signature }, now);
  } catch (error) {
    if (error instanceof CryptoError) return null;
    throw error;
  }
  const proof = `${id} ${timestamp} ${signature}`;
  return { eventId: id, identifier: null, signature, proof };
}

const BEARER = /^Bearer +(\S+)$/i;
const BASIC = /^Basic +([A-Za-z0-9+/=]+)$/i;

/** Didomi signs nothing: its credential is a client's secret, as a bearer token or as the password of any user name. */
export function knowsSecret(secrets: readonly string[], authorization = ''): boolean {
  const [, basic = ''] = BASIC.exec(authorization) ?? [];
  const pair = Buffer.from(basic, 'base64').toString();
  const [, token = pair.slice(pair.indexOf(':') + 1)] = BEARER.exec(authorization) ?? [];
  return sameAsAny(secrets, token);
}

/** Compares with every one of them, in time that says nothing of which was nearly right. */
export function sameAsAny(secrets: readonly string[], given: string): boolean {
  return secrets.filter((secret) => equalBytes(Buffer.from(secret), Buffer.from(given))).length > 0;
}

/** OneTrust's authenticated consent: a token that the tenant's own server signed for one identifier. It does not cover
 *  the purposes, so its id serves one body only: with another one it is a contradiction. */
async function authenticateToken(
  publicKeys: readonly object[],
  authorization: string | undefined,
  now: number,
): Promise<Genuine | null> {
  const [, token = ''] = BEARER.exec(authorization ?? '') ?? [];
  const keys = createLocalJWKSet({ keys: publicKeys } as JSONWebKeySet);
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: TOKEN_ALGORITHMS,
      requiredClaims: ['sub', 'jti', 'exp'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(now),
    });
    const { jti, sub } = payload;
    if (typeof jti !== 'string' || jti === '' || typeof sub !== 'string') return null;
    const signature = token.slice(token.lastIndexOf('.') + 1);
    return { eventId: jti, identifier: sub, signature, proof: token };
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

/** Asymmetric only. RS512 is what OneTrust's own tokens carry. */
export const TOKEN_ALGORITHMS = ['RS256', 'RS512', 'PS256', 'ES256'];
const CLOCK_TOLERANCE_SECONDS = 5;
