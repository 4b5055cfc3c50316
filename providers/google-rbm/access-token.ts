// OAuth 2 access tokens for a Google service account by signed assertion (RFC 7523), cached until shortly before they expire.
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SignJWT } from 'jose';
import type { Clock } from '../../platform/clock.ts';
import { ConfigurationError } from '../../platform/config.ts';
import { HttpClientError, type HttpAnswer, type HttpClient } from '../../platform/http-client.ts';
import { retryAfterMs } from '../../platform/retry-after.ts';
import { FailureCode } from '../../schema/vocabulary.ts';
import { refusal, type Refusal } from '../over-http.ts';
import { jsonObject, textOrNull } from '../wire.ts';

const SCOPE = 'https://www.googleapis.com/auth/rcsbusinessmessaging';
const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const ASSERTION_SECONDS = 3600;
// A token close to its end is not used any more: it could expire on the way.
const EXPIRY_MARGIN_MS = 60_000;
const EXPIRY_MARGIN_SHARE = 0.1;

export interface ServiceAccount {
  readonly tokenUri: string;
  readonly clientEmail: string;
  readonly privateKey: KeyObject;
}

/** No token is to be had. `refusal` is the outcome of the message that needed it: nothing of it was sent. */
export class TokenRefused extends Error {
  override name = 'TokenRefused';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`no access token: ${refusal.providerCode}`);
    this.refusal = refusal;
  }
}

export interface AccessToken {
  /** The cached token or a fresh one; callers at the same time share one request. Throws TokenRefused. */
  get(deadlineMs: number): Promise<string>;
  /** Drops a token that the API refused; a newer one stays. */
  forget(token: string): void;
}

/** Reads a service account's JSON file. Throws ConfigurationError without naming its content. */
export function readServiceAccount(path: string, variable: string): ServiceAccount {
  try {
    const file = jsonObject(readFileSync(path));
    const tokenUri = textOrNull(file?.['token_uri']);
    const clientEmail = textOrNull(file?.['client_email']);
    const key = textOrNull(file?.['private_key']);
    if (tokenUri === null || clientEmail === null || key === null || !URL.canParse(tokenUri)) {
      throw new Error('it needs token_uri, client_email and private_key');
    }
    return { tokenUri, clientEmail, privateKey: createPrivateKey(key) };
  } catch (cause) {
    throw new ConfigurationError(`${variable} must name a service account's JSON file.`, { cause });
  }
}

/** `client` is bound to the token URI's origin. */
export function createAccessToken(
  account: ServiceAccount,
  client: HttpClient,
  clock: Clock,
): AccessToken {
  let cached: { token: string; usableUntil: number } | null = null;
  let pending: Promise<string> | null = null;

  const refresh = async (deadlineMs: number): Promise<string> => {
    const now = clock.now();
    const { token, lifeMs } = await requestToken(account, client, now, deadlineMs);
    const marginMs = Math.min(EXPIRY_MARGIN_MS, lifeMs * EXPIRY_MARGIN_SHARE);
    cached = { token, usableUntil: now + lifeMs - marginMs };
    return token;
  };

  return {
    get: (deadlineMs) => {
      if (cached !== null && clock.now() < cached.usableUntil) return Promise.resolve(cached.token);
      pending ??= refresh(deadlineMs).finally(() => {
        pending = null;
      });
      return pending;
    },
    forget: (token) => {
      if (cached?.token === token) cached = null;
    },
  };
}

async function requestToken(
  account: ServiceAccount,
  client: HttpClient,
  now: number,
  deadlineMs: number,
): Promise<{ token: string; lifeMs: number }> {
  const answer = await askForToken(account, client, await signAssertion(account, now), deadlineMs);
  const body = jsonObject(answer.body);
  const token = textOrNull(body?.['access_token']);
  const lifeSeconds = body?.['expires_in'];
  if (answer.status === 200 && token !== null && typeof lifeSeconds === 'number') {
    return { token, lifeMs: lifeSeconds * 1000 };
  }
  const providerCode = `token ${textOrNull(body?.['error']) ?? answer.status}`;
  const wait = retryAfterMs(answer.headers['retry-after'], now);
  throw new TokenRefused(refusal(failureOfStatus(answer.status), providerCode, wait));
}

async function askForToken(
  { tokenUri }: ServiceAccount,
  client: HttpClient,
  assertion: string,
  deadlineMs: number,
): Promise<HttpAnswer> {
  const { pathname, search } = new URL(tokenUri);
  try {
    return await client.request({
      method: 'POST',
      path: pathname + search,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ grant_type: GRANT_TYPE, assertion }).toString(),
      deadlineMs,
    });
  } catch (error) {
    if (!(error instanceof HttpClientError)) throw error;
    throw new TokenRefused(refusal(FailureCode.PROVIDER_FAULT, 'token endpoint unreachable'));
  }
}

function failureOfStatus(status: number): FailureCode {
  if (status === 429) return FailureCode.THROTTLED;
  return status === 400 || status === 401 || status === 403
    ? FailureCode.AUTH
    : FailureCode.PROVIDER_FAULT;
}

function signAssertion(account: ServiceAccount, now: number): Promise<string> {
  const nowSeconds = Math.floor(now / 1000);
  return new SignJWT({ scope: SCOPE })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .setIssuer(account.clientEmail)
    .setAudience(account.tokenUri)
    .setIssuedAt(nowSeconds)
    .setExpirationTime(nowSeconds + ASSERTION_SECONDS)
    .sign(account.privateKey);
}
