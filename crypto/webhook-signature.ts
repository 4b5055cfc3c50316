// Signatures of webhooks by the Standard Webhooks specification: HMAC-SHA-256 with any number of active secrets.
import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { check } from './errors.ts';
import { equalBytes, hmacSha256 } from './mac.ts';

export const TOLERANCE_SECONDS = 300;

const SECRET_PREFIX = 'whsec_';
const SECRET_BYTES = 32;
const SECRET_BYTES_MIN = 24;
const SECRET_BYTES_MAX = 64;
const SIGNATURES_MAX = 16;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const ID = /^[^.\s]{1,256}$/;
const SECONDS = /^\d{1,12}$/;

export interface SignedWebhook {
  /** The header `webhook-id`: no dot, no white space. The receiver's key for dropping repetitions. */
  readonly id: string;
  /** The header `webhook-timestamp`: seconds since 1970, decimal. */
  readonly timestamp: string;
  /** The raw body. Verified before it is parsed. */
  readonly body: Uint8Array | string;
}

/** A fresh secret of 32 random bytes: `whsec_` and base64. */
export function makeWebhookSecret(): string {
  return SECRET_PREFIX + randomBytes(SECRET_BYTES).toString('base64');
}

/** The header `webhook-signature`: `v1,<base64>` for each secret, space between, in the given order. During a rotation
 *  sign with the current and the previous one. secrets: 1 to 16, `whsec_` and base64 of 24 to 64 bytes.
 *  Throws ARGUMENT_INVALID. */
export function signWebhook(secrets: readonly string[], webhook: SignedWebhook): string {
  check(ID.test(webhook.id), 'ARGUMENT_INVALID', 'A webhook id has no dot and no white space.');
  check(SECONDS.test(webhook.timestamp), 'ARGUMENT_INVALID', 'A webhook timestamp is in seconds.');
  return keysOf(secrets)
    .map((key) => `v1,${macOf(key, webhook).toString('base64')}`)
    .join(' ');
}

/** Accepts a webhook when any of its `v1` signatures is by any active secret and it is at most 5 minutes from `now`
 *  (milliseconds since 1970), past or future. Signatures of unknown versions are skipped.
 *  Throws SIGNATURE_INVALID, TOKEN_EXPIRED. */
export function verifyWebhook(
  secrets: readonly string[],
  webhook: SignedWebhook & { readonly signature: string },
  now: number,
): void {
  const shaped = ID.test(webhook.id) && SECONDS.test(webhook.timestamp);
  check(shaped, 'SIGNATURE_INVALID', 'The webhook headers are missing or malformed.');
  const given = webhook.signature.split(' ', SIGNATURES_MAX).flatMap((entry) => {
    const [version, encoded = ''] = entry.split(',', 2);
    return version === 'v1' && BASE64.test(encoded) ? [Buffer.from(encoded, 'base64')] : [];
  });
  const valid = keysOf(secrets)
    .map((key) => macOf(key, webhook))
    .some((mac) => given.some((signature) => equalBytes(signature, mac)));
  check(valid, 'SIGNATURE_INVALID', 'No signature of the webhook is by an active secret.');
  // After the MAC: an unsigned time is nobody's time.
  const distanceSeconds = Math.abs(now / 1000 - Number(webhook.timestamp));
  check(
    distanceSeconds <= TOLERANCE_SECONDS,
    'TOKEN_EXPIRED',
    'The webhook is too old, or from the future.',
  );
}

function macOf(key: KeyObject, { id, timestamp, body }: SignedWebhook): Buffer {
  return hmacSha256(key, `${id}.${timestamp}.`, body);
}

function keysOf(secrets: readonly string[]): readonly KeyObject[] {
  const counted = secrets.length >= 1 && secrets.length <= SIGNATURES_MAX;
  check(counted, 'ARGUMENT_INVALID', `Webhooks are signed by 1 to ${SIGNATURES_MAX} secrets.`);
  return secrets.map((secret) => {
    const encoded = secret.slice(SECRET_PREFIX.length);
    const bytes = Buffer.from(encoded, 'base64');
    const sized = bytes.byteLength >= SECRET_BYTES_MIN && bytes.byteLength <= SECRET_BYTES_MAX;
    const shaped = secret.startsWith(SECRET_PREFIX) && BASE64.test(encoded);
    check(
      shaped && sized,
      'ARGUMENT_INVALID',
      'A webhook secret is whsec_ and base64 of 24 to 64 bytes.',
    );
    return createSecretKey(bytes);
  });
}
