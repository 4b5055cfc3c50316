// Reasons that go on record: words, and no address among them.
import { expect, test } from '@jest/globals';
import { isReason } from '../../../schema/reason.ts';

test.each(['ticket 4711', 'A+B test', 'order 14155550100 of 2026-11-20', 'x'.repeat(200)])(
  '%j is a reason',
  (text) => expect(isReason(text)).toBe(true),
);

test.each([
  '',
  '   ',
  'x'.repeat(201),
  'ada@example.com asked',
  '+14155550100',
  'asked by +14155550100 on the phone',
  'asked by + 1 415 555 0100',
  'a NUL \0',
  'half \ud83d',
])('%j is none', (text) => expect(isReason(text)).toBe(false));
