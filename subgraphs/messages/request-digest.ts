// Tells two requests with one idempotency key apart, without keeping what they said.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Kms } from '../../crypto/kms.ts';

/** `<key version>.<HMAC-SHA256>`. Keyed, because a bare hash of a six-digit code is found in a million tries. */
export async function digestRequest(
  kms: Kms,
  tenantId: string,
  body: readonly unknown[],
  version?: number,
): Promise<string> {
  const mac = await kms.macKey({ tenant: tenantId, use: 'audit' }, version);
  const digest = createHmac('sha256', mac.key).update(JSON.stringify(body)).digest('base64url');
  return `${mac.version}.${digest}`;
}

/** Whether `stored` was made from the same body, under whatever version of the key. */
export async function sameRequest(
  kms: Kms,
  tenantId: string,
  body: readonly unknown[],
  stored: string,
): Promise<boolean> {
  const version = Number(stored.split('.', 1)[0]);
  const again = Buffer.from(await digestRequest(kms, tenantId, body, version));
  const known = Buffer.from(stored);
  return again.length === known.length && timingSafeEqual(again, known);
}
