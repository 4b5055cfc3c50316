// Addresses: one spelling for each, and nothing readable in what is shown.
import { expect, test } from '@jest/globals';
import { AddressKind, Channel } from '../../../../../schema/vocabulary.ts';
import {
  addressKindOf,
  maskAddress,
  normalizeEmail,
  resemblesAddress,
} from '../../../../../subgraphs/recipients/domain/address.ts';

test.each([
  ['ada@example.com', 'ada@example.com'],
  ['  ada@example.com ', 'ada@example.com'],
  ['Ada.Byron@EXAMPLE.Com', 'Ada.Byron@example.com'],
  ['ada+news@mail.example.co.uk', 'ada+news@mail.example.co.uk'],
  ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
])('the email address %j is known as %j', (text, known) => {
  expect(normalizeEmail(text)).toBe(known);
});

test.each([
  '',
  'ada',
  'ada@',
  '@example.com',
  'ada@example',
  'ada@exa mple.com',
  'a da@example.com',
  'ada@example.com:25',
  'ada@example.com/x',
  'ada@user@example.com',
  'Ada <ada@example.com>',
  'ada@127.0.0.1',
  'ada@[::1]',
  'ada@-example.com',
  `${'a'.repeat(65)}@example.com`,
  `ada@${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.com`,
])('%j is not an email address', (text) => {
  expect(normalizeEmail(text)).toBeNull();
});

test.each([
  [AddressKind.PHONE, '+14155550101', '+14•••01'],
  [AddressKind.EMAIL, 'ada@mail.example.com', 'a•••@m•••.com'],
  [AddressKind.APPLE_ID, 'urn:mbid:AQAAY', '•••'],
])('of a %s no more is shown than its owner needs', (kind, value, shown) => {
  expect(maskAddress(kind, value)).toBe(shown);
});

test.each(['+4366012345678', 'ada@example.com', ' +1'])('%j is no name', (text) => {
  expect(resemblesAddress(text)).toBe(true);
});

test.each(['customer-17', '4366012345678', 'A+B'])('%j is a name', (text) => {
  expect(resemblesAddress(text)).toBe(false);
});

test('one phone number serves RCS and SMS, and two channels need no address', () => {
  const channels = Object.values(Channel);
  expect(channels.filter((channel) => addressKindOf[channel] === 'PHONE')).toEqual(['RCS', 'SMS']);
  expect(channels.filter((channel) => addressKindOf[channel] === null)).toEqual(['PUSH', 'LINK']);
});
