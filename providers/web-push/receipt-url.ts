// Where the app tells what became of an attempt: the URL names it, and only who holds the key can make one.
import { createSecretKey, type KeyObject } from 'node:crypto';
import { decodeBase64url, encodeBase64url } from '../../crypto/base64url.ts';
import { equalBytes, hmacSha256 } from '../../crypto/mac.ts';
import { attemptIdOrNull } from '../wire.ts';

const LABEL = 'parley push receipt 1';
/** Half of the MAC (RFC 2104 section 5): 128 bits that nobody guesses online, at half the length in the payload. */
const TAG_BYTES = 16;
const ATTEMPT = 'a';
const TAG = 't';

/** The first one signs; all of them verify. */
export type ReceiptKeys = readonly [KeyObject, ...KeyObject[]];

export const receiptKey = (secret: string): KeyObject => createSecretKey(Buffer.from(secret));

/** baseUrl: the provider's callback URL. attemptId: a UUID. */
export function receiptUrl(baseUrl: string, attemptId: string, [key]: ReceiptKeys): string {
  const tag = encodeBase64url(tagOf(key, attemptId));
  return `${baseUrl}?${new URLSearchParams({ [ATTEMPT]: attemptId, [TAG]: tag })}`;
}

/** The attempt that a URL claims, proven or not. */
export function claimedAttempt(url: string): string | null {
  return attemptIdOrNull(queryOf(url).get(ATTEMPT));
}

/** Whether the URL is one of ours, whatever stands before its query. */
export function isGenuine(url: string, keys: ReceiptKeys): boolean {
  const attemptId = claimedAttempt(url);
  const given = decodeBase64url(queryOf(url).get(TAG));
  if (attemptId === null || given === null) return false;
  return keys.map((key) => equalBytes(tagOf(key, attemptId), given)).includes(true);
}

function tagOf(key: KeyObject, attemptId: string): Buffer {
  return hmacSha256(key, LABEL, '\0', attemptId).subarray(0, TAG_BYTES);
}

const queryOf = (url: string): URLSearchParams =>
  URL.canParse(url) ? new URL(url).searchParams : new URLSearchParams();
