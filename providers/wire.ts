// What every HTTP wire needs: reading JSON that may be anything, and comparing secrets in constant time.
import { equalBytes } from '../crypto/mac.ts';
import type { Secret } from '../platform/config.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** The JSON object in these bytes, or null for anything else: junk, an array, a number, nothing. */
export function jsonObject(bytes: Buffer | string): JsonObject | null {
  try {
    return objectOrNull(JSON.parse(bytes.toString()));
  } catch {
    return null;
  }
}

export function objectOrNull(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : null;
}

/** A text that is not empty, or null. */
export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The secrets of a comma-separated option. An empty one would let everybody sign, so it does not count. */
export function secretsIn(option: Secret | null): readonly string[] {
  const secrets = option?.reveal().split(',') ?? [];
  return secrets.map((secret) => secret.trim()).filter((secret) => secret !== '');
}

/** Whether two secrets, or two signatures in base64, are equal; in constant time. */
export function sameSecret(expected: string, given: string): boolean {
  return equalBytes(Buffer.from(expected), Buffer.from(given));
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** An attempt id that a callback brought back, or null when it is none of ours. */
export function attemptIdOrNull(value: unknown): string | null {
  return typeof value === 'string' && UUID.test(value) ? value : null;
}
