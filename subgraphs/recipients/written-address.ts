// Addresses as somebody wrote them, read into their one spelling.
import { normalizeEmail } from './domain/address.ts';
import { parsePhoneNumber } from './phone-number.ts';

/** An address as somebody wrote it. */
export interface WrittenAddress {
  readonly kind: 'PHONE' | 'EMAIL';
  readonly text: string;
}

/** In its one spelling. */
export interface ReadAddress {
  readonly kind: WrittenAddress['kind'];
  /** E.164, or an email address with its domain in lower case. */
  readonly value: string;
  /** Where a phone number says where it is from, by ISO 3166-1. */
  readonly region: string | null;
}

/** What a text that is no address is told. */
export const ADDRESS_EXPECTED: Readonly<Record<WrittenAddress['kind'], string>> = {
  PHONE: 'A phone number is written in international form, such as +4366012345678.',
  EMAIL: 'This is not an email address.',
};

/** Null for what is none. */
export function readAddress({ kind, text }: WrittenAddress): ReadAddress | null {
  if (kind === 'EMAIL') {
    const value = normalizeEmail(text);
    return value === null ? null : { kind, value, region: null };
  }
  const phone = parsePhoneNumber(text);
  return phone === null ? null : { kind, value: phone.e164, region: phone.region };
}
