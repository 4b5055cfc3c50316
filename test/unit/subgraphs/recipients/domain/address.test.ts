// Addresses: one spelling for each, and nothing readable in what is shown.
import { describe, expect, test } from '@jest/globals';
import { AddressKind, Channel } from '../../../../../schema/vocabulary.ts';
import {
  addressFor,
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
  [
    AddressKind.PUSH_SUBSCRIPTION,
    '{"endpoint":"https://push.example/d0b2","keys":{}}',
    'push.example/•••',
  ],
])('of a %s no more is shown than its owner needs', (kind, value, shown) => {
  expect(maskAddress(kind, value)).toBe(shown);
});

test.each(['+4366012345678', 'ada@example.com', ' +1'])('%j is no name', (text) => {
  expect(resemblesAddress(text)).toBe(true);
});

test.each(['customer-17', '4366012345678', 'A+B'])('%j is a name', (text) => {
  expect(resemblesAddress(text)).toBe(false);
});

test('one phone number serves RCS and SMS, and the secure page needs no address', () => {
  const channels = Object.values(Channel);
  expect(channels.filter((channel) => addressKindOf[channel] === 'PHONE')).toEqual(['RCS', 'SMS']);
  expect(channels.filter((channel) => addressKindOf[channel] === null)).toEqual(['LINK']);
});

describe('of several addresses', () => {
  const address = (name: string, kind: AddressKind, bouncedAt: number | null = null) => ({
    name,
    kind,
    bouncedAt,
  });
  const [gone, living] = [
    address('gone', AddressKind.PUSH_SUBSCRIPTION, 1),
    address('living', AddressKind.PUSH_SUBSCRIPTION),
  ];

  test('the best one of the channel’s kind is used', () => {
    const addresses = [living, address('a', AddressKind.PHONE), address('b', AddressKind.PHONE)];
    expect(addressFor('SMS', addresses)?.name).toBe('a');
    expect(addressFor('EMAIL', addresses)).toBeUndefined();
    expect(addressFor('LINK', addresses)).toBeUndefined();
  });

  test('a subscription that is gone is passed over while there is another', () => {
    expect(addressFor('PUSH', [gone, living])?.name).toBe('living');
    expect(addressFor('PUSH', [gone])?.name).toBe('gone');
  });

  test('an email address that does not exist is not put aside for another', () => {
    const [best, other] = [
      address('best', AddressKind.EMAIL, 1),
      address('other', AddressKind.EMAIL),
    ];
    expect(addressFor('EMAIL', [best, other])?.name).toBe('best');
  });
});
