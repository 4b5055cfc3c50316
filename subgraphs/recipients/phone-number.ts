// Phone numbers: the one spelling (E.164) and the region, by the metadata of libphonenumber.
import { parsePhoneNumberFromString } from 'libphonenumber-js';

export interface PhoneNumber {
  /** E.164: `+` and at most 15 digits. */
  readonly e164: string;
  /** ISO 3166-1 alpha-2; null where the number does not say. */
  readonly region: string | null;
}

/** Reads a number in international form, spaces and brackets allowed; null for anything else. Its length must fit its
 *  country. Whether a range is in use is not asked: metadata is older than the newest ranges, and carriers know. */
export function parsePhoneNumber(text: string): PhoneNumber | null {
  const trimmed = text.trim();
  if (!trimmed.startsWith('+')) return null;
  const parsed = parsePhoneNumberFromString(trimmed, { extract: false });
  if (parsed === undefined || parsed.ext !== undefined || !parsed.isPossible()) return null;
  return { e164: parsed.number, region: parsed.country ?? null };
}
