// Base64url without padding (RFC 4648 section 5), read strictly: one byte string has exactly one spelling.

const ALPHABET = /^[A-Za-z0-9_-]*$/;

/** The text of `bytes`; a string is taken as UTF-8. Empty bytes give the empty string. */
export function encodeBase64url(bytes: Uint8Array | string): string {
  const buffer =
    typeof bytes === 'string'
      ? Buffer.from(bytes, 'utf8')
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString('base64url');
}

/** The bytes behind `text`, or null. White space, padding, the other alphabet and stray trailing bits are refused:
 *  Buffer alone accepts them all, and then one token has many spellings. */
export function decodeBase64url(text: unknown): Buffer | null {
  if (typeof text !== 'string' || !ALPHABET.test(text)) return null;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}

/** The JSON object whose UTF-8 text is spelled by `text`, or null when it is not an object. */
export function decodeJsonObject(text: unknown): Record<string, unknown> | null {
  const bytes = decodeBase64url(text);
  if (bytes === null) return null;
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
