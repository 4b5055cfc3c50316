// One-time codes: what a try comes to, and when the next code may be issued.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  afterTry,
  areaOf,
  TRIES_MAX,
  verdictOn,
  waitFor,
  type CodeState,
} from '../../../../../subgraphs/messages/domain/one-time-code.ts';

const fresh: CodeState = { tries: 0, verifiedAt: null, expiresAt: 1_000 };

describe('a try', () => {
  test.each([
    ['VERIFIED', fresh, true, 999],
    ['WRONG', fresh, false, 0],
    ['EXPIRED', fresh, true, 1_000],
    ['USED', { ...fresh, verifiedAt: 5 }, true, 10],
    ['TOO_MANY_TRIES', { ...fresh, tries: TRIES_MAX }, true, 10],
  ] as const)('comes to %s', (verdict, state, right, now) => {
    expect(verdictOn(state, right, now)).toBe(verdict);
  });

  test('whatever the order of tries and times, at most five are weighed and at most one is right', () => {
    const tried = fc.record({ right: fc.boolean(), at: fc.integer({ min: 0, max: 2_000 }) });
    fc.assert(
      fc.property(fc.array(tried, { maxLength: 30 }), (tries) => {
        let state = fresh;
        const verdicts = tries.map(({ right, at }) => {
          const verdict = verdictOn(state, right, at);
          state = afterTry(state, verdict, at);
          return verdict;
        });
        const weighed = verdicts.filter((one) => one === 'VERIFIED' || one === 'WRONG');
        expect(weighed.length).toBe(state.tries);
        expect(state.tries).toBeLessThanOrEqual(TRIES_MAX);
        expect(verdicts.filter((one) => one === 'VERIFIED').length).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('a limit of two within a minute', () => {
  const limit = { count: 2, withinMs: 60_000 };

  test.each([
    ['lets the first through', [], null],
    ['lets the second through', [90_000], null],
    ['lets the third wait until the first is a minute old', [90_000, 70_000], 30_000],
    ['forgets what is a minute old', [90_000, 40_000], null],
  ])('%s', (_, times, wait) => {
    expect(waitFor(limit, times, 100_000)).toBe(wait);
  });
});

test('a neighbourhood is the beginning of a number', () => {
  expect(areaOf('+14155550123')).toBe('+1415555');
  expect(areaOf(null)).toBeNull();
});
