// Addresses as somebody wrote them, read into their one spelling.
import { normalizeEmail } from './domain/address.ts';
import { parsePhoneNumber } from './phone-number.ts';

/** An address as somebody wrote it. */
export interface WrittenAddress {
  readonly kind: 'PHONE' | 'EMAIL' | 'APPLE_ID';
  readonly text: string;
}

/** In its one spelling. */
export interface ReadAddress {
  readonly kind: WrittenAddress['kind'];
  /** E.164, an email address with its domain in lower case, or `urn:mbid:...`. */
  readonly value: string;
  /** Where a phone number says where it is from, by ISO 3166-1. */
  readonly region: string | null;
}

/** What a text that is no address is told. */
export const ADDRESS_EXPECTED: Readonly<Record<WrittenAddress['kind'], string>> = {
  PHONE: 'A phone number is written in international form, such as +4366012345678.',
  EMAIL: 'This is not an email address.',
  APPLE_ID: 'An Apple id is what a person wrote from, such as urn:mbid:AQAAY9Jn.',
};

/** Opaque: the same person has another one at each business. */
const APPLE_ID = /^urn:mbid:[\w+/=-]{1,500}$/;

/** Which kind an address is that somebody wrote to us from: a phone number, or an Apple id. */
export const writersKind = (text: string): 'PHONE' | 'APPLE_ID' =>
  text.startsWith('urn:') ? 'APPLE_ID' : 'PHONE';

/** Null for what is none. */
export function readAddress({ kind, text }: WrittenAddress): ReadAddress | null {
  if (kind === 'EMAIL') {
    const value = normalizeEmail(text);
    return value === null ? null : { kind, value, region: null };
  }
  if (kind === 'APPLE_ID') return APPLE_ID.test(text) ? { kind, value: text, region: null } : null;
  const phone = parsePhoneNumber(text);
  return phone === null ? null : { kind, value: phone.e164, region: phone.region };
}
