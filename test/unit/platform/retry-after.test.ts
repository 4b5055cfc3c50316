// How long another system asks us to wait, in both forms of Retry-After.
import { expect, test } from '@jest/globals';
import { retryAfterMs } from '../../../platform/retry-after.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

test.each<[string | undefined, number | null]>([
  ['0', 0],
  ['7', 7000],
  ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
  ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
  ['86400', 3_600_000],
  ['soon', null],
  ['', null],
  [undefined, null],
])('Retry-After %j is %j milliseconds', (header, waitMs) => {
  expect(retryAfterMs(header, NOW)).toBe(waitMs);
});
