// When a tenant's own system is told again: the schedule, its jitter, and how long a silent system is let be.
import { describe, expect, test } from '@jest/globals';
import {
  outcomeOf,
  pauseMs,
  retryDelayMs,
} from '../../../../../../subgraphs/consent/domain/crm/retry.ts';

const HOUR_MS = 3_600_000;

test('a record is told ten times, in a little more than three days', () => {
  const delays = Array.from({ length: 10 }, (_, index) => retryDelayMs(index + 1, 0.5));
  const hours = [5 / 3_600, 1 / 12, 0.5, 2, 5, 10, 14, 20, 24];
  expect(delays).toEqual([...hours.map((each) => each * HOUR_MS), null]);
});

test('a delay is up to a tenth shorter or longer', () => {
  expect(retryDelayMs(1, 0)).toBe(4_500);
  expect(retryDelayMs(1, 0.999_999)).toBe(5_500);
});

test.each([
  [1, 1_000],
  [2, 2_000],
  [5, 16_000],
  [9, 256_000],
  [10, 300_000],
  [5_000, 300_000],
])('after %i failures in a row a system is let be for %i ms', (failures, ms) => {
  expect(pauseMs(failures, 0.5)).toBe(ms);
});

describe('an answer', () => {
  test.each([200, 201, 202, 204, 299])('of %i is taken', (status) => {
    expect(outcomeOf(status, null)).toEqual({ kind: 'taken' });
  });

  test.each([199, 300, 301, 302, 307, 400, 401, 404, 422, 429, 500, 503])(
    'of %i is refused, and not for good',
    (status) => {
      const refused = { kind: 'refused', status, problem: `It answered ${status}.`, gone: false };
      expect(outcomeOf(status, 7_000)).toEqual({ ...refused, retryAfterMs: 7_000 });
    },
  );

  test('of 410 is refused for good', () => {
    expect(outcomeOf(410, null)).toMatchObject({ kind: 'refused', gone: true });
  });
});
