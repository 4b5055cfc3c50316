// One-time codes: drawn without bias, kept only as a MAC that names what the code is for.
import { randomInt, type KeyObject } from 'node:crypto';
import { equalBytes, hmacSha256 } from './mac.ts';

/** So many decimal digits, each value equally likely. Throws RangeError beyond 12. */
export function drawCode(digits: number): string {
  return randomInt(10 ** digits)
    .toString()
    .padStart(digits, '0');
}

/** 32 bytes that tell nothing without the key: of a million codes, all can be tried against a bare hash. `purpose`: what is
 *  named by it, and nothing else can be shown with it. */
export function codeMac(key: KeyObject, purpose: readonly string[], code: string): Buffer {
  return hmacSha256(key, JSON.stringify([...purpose, code]));
}

/** In constant time. */
export function isCode(
  key: KeyObject,
  purpose: readonly string[],
  { code, mac }: { readonly code: string; readonly mac: Uint8Array },
): boolean {
  return equalBytes(codeMac(key, purpose, code), mac);
}
