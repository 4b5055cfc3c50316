// Phone numbers: one spelling, and a region where the number tells it.
import { expect, test } from '@jest/globals';
import { parsePhoneNumber } from '../../../../subgraphs/recipients/phone-number.ts';

test.each([
  ['+4366012345678', '+4366012345678', 'AT'],
  ['+1 (415) 555-0101', '+14155550101', 'US'],
  [' +44 20 7946 0018 ', '+442079460018', 'GB'],
  // A range that the metadata does not know yet: carriers do.
  ['+15550100001', '+15550100001', null],
])('%j is known as %s, region %s', (text, e164, region) => {
  expect(parsePhoneNumber(text)).toEqual({ e164, region });
});

test.each([
  '',
  '+',
  '+12',
  '004366012345678',
  '066012345678',
  '+99912345678',
  '+43660123456789012345',
  'call +4366012345678',
  '+1 415 555 0101 ext. 7',
])('%j is not a phone number', (text) => {
  expect(parsePhoneNumber(text)).toBeNull();
});
