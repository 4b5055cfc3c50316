// A callback URL that proves itself: it names an attempt, and only who holds the key can make one.
import { createSecretKey, type KeyObject } from 'node:crypto';
import { decodeBase64url, encodeBase64url } from '../crypto/base64url.ts';
import { equalBytes, hmacSha256 } from '../crypto/mac.ts';
import { ConfigurationError, type Secret } from '../platform/config.ts';
import { attemptIdOrNull, secretsIn } from './wire.ts';

/** Half of the MAC (RFC 2104 section 5): 128 bits that nobody guesses online, at half the length. */
const TAG_BYTES = 16;
const KEY_CHARACTERS_MIN = 16;
const ATTEMPT = 'a';
const TAG = 't';

export interface UrlProof {
  /** What the URLs are for: one provider's are of no use to another. */
  readonly label: string;
  /** The first one signs; all of them verify. */
  readonly keys: readonly [KeyObject, ...KeyObject[]];
}

/** Throws ConfigurationError by the option's variable. */
export function readUrlProof(label: string, option: Secret | null, variable: string): UrlProof {
  const secrets = secretsIn(option);
  if (secrets.some((one) => one.length < KEY_CHARACTERS_MIN)) {
    throw new ConfigurationError(
      `${variable} must have at least ${KEY_CHARACTERS_MIN} characters each.`,
    );
  }
  const [first, ...others] = secrets.map((secret) => createSecretKey(Buffer.from(secret)));
  if (first === undefined) throw new ConfigurationError(`${variable} is missing.`);
  return { label, keys: [first, ...others] };
}

/** baseUrl: the provider's callback URL. attemptId: a UUID. */
export function attemptUrl(baseUrl: string, attemptId: string, { label, keys }: UrlProof): string {
  const tag = encodeBase64url(tagOf(keys[0], label, attemptId));
  return `${baseUrl}?${new URLSearchParams({ [ATTEMPT]: attemptId, [TAG]: tag })}`;
}

/** The attempt that a URL claims, proven or not. */
export function claimedAttempt(url: string): string | null {
  return attemptIdOrNull(queryOf(url).get(ATTEMPT));
}

/** Whether the URL is one of ours, whatever stands before its query. */
export function isProven(url: string, { label, keys }: UrlProof): boolean {
  const attemptId = claimedAttempt(url);
  const given = decodeBase64url(queryOf(url).get(TAG));
  if (attemptId === null || given === null) return false;
  return keys.map((key) => equalBytes(tagOf(key, label, attemptId), given)).includes(true);
}

function tagOf(key: KeyObject, label: string, attemptId: string): Buffer {
  return hmacSha256(key, label, '\0', attemptId).subarray(0, TAG_BYTES);
}

const queryOf = (url: string): URLSearchParams =>
  URL.canParse(url) ? new URL(url).searchParams : new URLSearchParams();
