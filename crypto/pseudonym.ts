// Pseudonyms of addresses: a keyed hash that finds the same address again, and cannot be tried out without the key.
//
// A plain or salted hash of a phone number is found in under a second: there are only 10^10 of them. What protects here is
// the secrecy of the key, per tenant and version; destroying it makes the pseudonyms meaningless. A pseudonym is still
// personal data as long as the key exists (EDPB Guidelines 01/2025).
import type { KeyObject } from 'node:crypto';
import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { check } from './errors.ts';
import { hmacSha256, MAC_BYTES } from './mac.ts';

/** What kind of value it is. Part of the hash, so that equal texts of two kinds stay apart. */
export const PseudonymKind = {
  msisdn: 'msisdn',
  email: 'email',
  ip: 'ip',
  apple: 'apple',
  push: 'push',
} as const;
export type PseudonymKind = (typeof PseudonymKind)[keyof typeof PseudonymKind];

export interface PseudonymInput {
  /** The version of the key: rows of an older version are found by an older key. 1 or more. */
  readonly keyVersion: number;
  readonly kind: PseudonymKind;
  readonly tenant: string;
  /** Normalised before it comes here: E.164, e-mail with a lower-case domain, canonical IP, Apple's id, URL of a push subscription.
   *  Not empty. */
  readonly value: string;
}

export interface ParsedPseudonym {
  readonly keyVersion: number;
  /** 32 bytes. */
  readonly mac: Buffer;
}

const PREFIX = 'pn1';
const TEXT = /^pn1\.([1-9]\d{0,8})\.([\w-]{43})$/;

/** `pn1.<keyVersion>.<base64url of HMAC-SHA-256(key, kind 00 tenant 00 value)>`: about 50 characters, the same for the same
 *  input. key: 32 bytes, `macKey` of the KMS with use `pseudonym`. Throws ARGUMENT_INVALID for an empty value, a NUL in
 *  tenant, or a version below 1. */
export function makePseudonym(key: KeyObject, input: PseudonymInput): string {
  const { keyVersion, kind, tenant, value } = input;
  check(key.symmetricKeySize === MAC_BYTES, 'ARGUMENT_INVALID', 'A pseudonym key has 32 bytes.');
  check(
    Number.isSafeInteger(keyVersion) && keyVersion > 0,
    'ARGUMENT_INVALID',
    'Key versions start at 1.',
  );
  check(
    value !== '' && !tenant.includes('\0'),
    'ARGUMENT_INVALID',
    'A pseudonym needs a tenant and a value.',
  );
  const mac = hmacSha256(key, kind, '\0', tenant, '\0', value);
  return `${PREFIX}.${keyVersion}.${encodeBase64url(mac)}`;
}

/** The parts of a pseudonym. Throws PSEUDONYM_INVALID for any other text. */
export function parsePseudonym(text: string): ParsedPseudonym {
  const [, version, encoded] = TEXT.exec(text) ?? [];
  const mac = decodeBase64url(encoded);
  check(mac?.byteLength === MAC_BYTES, 'PSEUDONYM_INVALID', 'This is not a pseudonym.');
  return { keyVersion: Number(version), mac };
}
