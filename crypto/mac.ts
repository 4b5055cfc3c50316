// HMAC-SHA-256 (RFC 2104) under keys that stay KeyObjects, and comparison in constant time.
import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';

export const MAC_BYTES = 32;

/** The 32-byte MAC of the parts, one after the other. Whoever calls makes the joint unambiguous.
 *  A KeyObject and not bytes: node 24 spends five times as long on a raw key, and a KeyObject never prints. */
export function hmacSha256(key: KeyObject, ...parts: readonly (Uint8Array | string)[]): Buffer {
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** Whether both are the same bytes, in time that depends on the lengths only. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}
