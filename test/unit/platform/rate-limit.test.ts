// The rule of token buckets: so many at once, and one back at a time.
import { expect, test } from '@jest/globals';
import { takeToken, type RateRule } from '../../../platform/rate-limit.ts';

const rule: RateRule = { tokensMax: 3, refillMs: 1_000 };

/** How many of these moments get a token. */
function takenAt(times: readonly number[], over: RateRule = rule): boolean[] {
  let fullAt = 0;
  return times.map((now) => {
    const taken = takeToken(fullAt, over, now);
    if ('waitMs' in taken) return false;
    ({ fullAt } = taken);
    return true;
  });
}

test('a full bucket gives what it holds, and then one for each time of refilling', () => {
  const now = 1_000_000;
  expect(takenAt([now, now, now, now])).toEqual([true, true, true, false]);
  expect(takenAt([now, now, now, now + 999, now + 1_000, now + 1_001])).toEqual([
    true,
    true,
    true,
    false,
    true,
    false,
  ]);
});

test('a bucket never holds more than it may, however long nobody came', () => {
  const later = 10_000_000;
  expect(takenAt([0, later, later, later, later])).toEqual([true, true, true, true, false]);
});

test('who is refused learns when there is one again, and loses nothing by asking', () => {
  let fullAt = 0;
  for (let count = 0; count < 3; count += 1) {
    const taken = takeToken(fullAt, rule, 5_000);
    if ('fullAt' in taken) ({ fullAt } = taken);
  }
  const [first, second] = [takeToken(fullAt, rule, 5_400), takeToken(fullAt, rule, 5_400)];
  expect(first).toEqual({ waitMs: 600 });
  expect(second).toEqual(first);
  expect(takeToken(fullAt, rule, 6_000)).toEqual({ fullAt: 9_000 });
});
