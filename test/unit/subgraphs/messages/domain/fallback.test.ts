// What each failure means for its route: how long to wait before the next try, or that there is none.
import { describe, expect, it } from '@jest/globals';
import { FailureCode } from '../../../../../schema/vocabulary.ts';
import { failureRules, retryDelayMs } from '../../../../../subgraphs/messages/domain/fallback.ts';
import { defaultPolicy } from '../../../../../subgraphs/messages/domain/policy.ts';

const delay = (
  code: FailureCode,
  { tries = 1, now = 0, random = 1, retryAfterMs = null as number | null } = {},
): number | null =>
  retryDelayMs(defaultPolicy, { code, retryAfterMs }, { tries, startedAt: 0 }, { now, random });

describe('the next try on a route', () => {
  it.each<[FailureCode, number]>([
    ['INVALID_RECIPIENT', 1],
    ['UNSUPPORTED', 1],
    ['OPTED_OUT', 1],
    ['BLOCKED', 1],
    ['INVALID_CONTENT', 1],
    ['SENDER_REJECTED', 1],
    ['AUTH', 1],
    ['EXPIRED', 1],
    ['UNKNOWN', 2],
    ['UNREACHABLE', 3],
    ['THROTTLED', 3],
    ['PROVIDER_FAULT', 3],
  ])('after %s comes until %d were made', (code, triesMax) => {
    const made = [1, 2, 3, 4].filter((tries) => delay(code, { tries }) !== null);
    expect(made).toEqual(Array.from({ length: triesMax - 1 }, (_, index) => index + 1));
  });

  it('is later each time, and never so for all messages at once', () => {
    expect(delay('PROVIDER_FAULT', { tries: 1, random: 0 })).toBe(1_000);
    expect(delay('PROVIDER_FAULT', { tries: 1, random: 1 })).toBe(2_000);
    expect(delay('PROVIDER_FAULT', { tries: 2, random: 0 })).toBe(2_000);
    expect(delay('PROVIDER_FAULT', { tries: 2, random: 1 })).toBe(4_000);
  });

  it('comes when the provider asks for it', () => {
    expect(delay('THROTTLED', { retryAfterMs: 7_000 })).toBe(7_000);
    expect(delay('THROTTLED', { retryAfterMs: 0 })).toBe(0);
  });

  it('never comes after the route’s window', () => {
    const { routeWindowMs } = defaultPolicy;
    expect(delay('THROTTLED', { retryAfterMs: routeWindowMs })).toBe(routeWindowMs);
    expect(delay('THROTTLED', { retryAfterMs: routeWindowMs + 1 })).toBeNull();
    expect(delay('PROVIDER_FAULT', { now: routeWindowMs - 1 })).toBeNull();
  });
});

describe('another route', () => {
  it('follows every failure but a refusal of the person', () => {
    const final = Object.values(FailureCode).filter((code) => !failureRules[code].fallback);
    expect(final).toEqual(['OPTED_OUT']);
  });
});
