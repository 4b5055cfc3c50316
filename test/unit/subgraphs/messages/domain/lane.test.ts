// A provider's lane, step by step: what it lets through, and what answers make of it.
import { describe, expect, it } from '@jest/globals';
import {
  admit,
  afterClaim,
  afterOutcome,
  newLane,
  refillMs,
  type Lane,
} from '../../../../../subgraphs/messages/domain/lane.ts';
import type { Outcome } from '../../../../../subgraphs/messages/domain/answer.ts';

const NOW = 1_000_000;
const accepted: Outcome = { kind: 'accepted' };
const lost: Outcome = { kind: 'unknown' };
const refused = (
  code: Extract<Outcome, { kind: 'refused' }>['code'],
  retryAfterMs: number | null = null,
): Outcome => ({ kind: 'refused', code, retryAfterMs });
const fault = refused('PROVIDER_FAULT');

const after = (lane: Lane, outcomes: readonly Outcome[], now = NOW): Lane =>
  outcomes.reduce((known, outcome) => afterOutcome(known, outcome, now), lane);
const times = (count: number, outcome: Outcome): Outcome[] =>
  Array.from({ length: count }, () => outcome);

describe('a breaker', () => {
  it.each([
    ['faults', fault],
    ['lost answers', lost],
  ])('opens for ten seconds after five %s in a row', (_, outcome) => {
    const four = after(newLane, times(4, outcome));
    expect(admit(four, null, 100, NOW)).toEqual({ kind: 'serve', limit: 100, probe: false });
    const five = after(four, [outcome]);
    expect(admit(five, null, 100, NOW + 1)).toEqual({ kind: 'divert', ms: 9_999 });
  });

  it('starts to count anew at every answer that is the provider’s own, a refusal too', () => {
    for (const answer of [accepted, refused('INVALID_RECIPIENT'), refused('AUTH')]) {
      const lane = after(newLane, [...times(4, fault), answer, ...times(4, fault)]);
      expect(lane).toMatchObject({ failures: 4, openUntil: null });
    }
  });

  it('lets one attempt through once the time is over, and no second one until that is answered', () => {
    const open = after(newLane, times(5, fault));
    const later = NOW + 10_000;
    expect(admit(open, null, 100, later)).toEqual({ kind: 'serve', limit: 1, probe: true });
    const probing = afterClaim(open, null, { taken: 1, leaseMs: 15_000 }, later);
    expect(admit(probing, null, 100, later + 1)).toEqual({ kind: 'wait', ms: 14_999 });
    // Its worker is gone.
    expect(admit(probing, null, 100, later + 15_000)).toMatchObject({ probe: true });
  });

  it('closes when that attempt is answered', () => {
    const open = after(newLane, times(5, fault));
    const closed = after(open, [accepted], NOW + 10_000);
    expect(closed).toMatchObject({ failures: 0, openings: 0, openUntil: null, probingUntil: null });
  });

  it('opens for twice as long each time that attempt fails, and for five minutes at the most', () => {
    let lane = after(newLane, times(5, fault));
    let now = NOW;
    const lengths: number[] = [];
    for (let opening = 0; opening < 8; opening += 1) {
      const length = (lane.openUntil ?? 0) - now;
      lengths.push(length / 1_000);
      now += length;
      lane = after(lane, [fault], now);
    }
    expect(lengths).toEqual([10, 20, 40, 80, 160, 300, 300, 300]);
  });

  it('learns nothing from an answer that it is asked too often, before it opens and while it is half open', () => {
    const busy = refused('THROTTLED', 3_000);
    expect(after(newLane, [...times(4, fault), busy, fault])).toMatchObject({ openings: 1 });
    const probing = afterClaim(
      after(newLane, times(5, fault)),
      null,
      { taken: 1, leaseMs: 15_000 },
      NOW + 10_000,
    );
    const paused = after(probing, [busy], NOW + 10_000);
    expect(admit(paused, null, 100, NOW + 10_000)).toEqual({ kind: 'wait', ms: 3_000 });
    expect(admit(paused, null, 100, NOW + 13_000)).toMatchObject({ limit: 1, probe: true });
  });

  it('takes no notice of what was under way when it opened', () => {
    const open = after(newLane, times(5, fault));
    expect(after(open, [accepted, fault, lost], NOW + 1)).toEqual(open);
  });
});

describe('a pause', () => {
  it('holds back everything for as long as the provider asks', () => {
    const paused = after(newLane, [refused('THROTTLED', 7_000)]);
    expect(admit(paused, null, 100, NOW)).toEqual({ kind: 'wait', ms: 7_000 });
    expect(admit(paused, null, 100, NOW + 7_000)).toMatchObject({ kind: 'serve', limit: 100 });
  });

  it('lasts five minutes at the most, a second where the provider names no time, and is never shortened', () => {
    const heldMs = (...outcomes: Outcome[]) => {
      const admission = admit(after(newLane, outcomes), null, 1, NOW);
      return admission.kind === 'wait' ? admission.ms : 0;
    };
    expect(heldMs(refused('THROTTLED', 86_400_000))).toBe(300_000);
    expect(heldMs(refused('THROTTLED'))).toBe(1_000);
    expect(heldMs(refused('THROTTLED', 9_000), refused('THROTTLED', 2_000), accepted)).toBe(9_000);
  });

  it('is also kept when the provider is at fault and says for how long', () => {
    const paused = after(newLane, [refused('PROVIDER_FAULT', 3_000)]);
    expect(paused).toMatchObject({ failures: 1, pausedUntil: NOW + 3_000 });
  });

  it('comes of no other refusal', () => {
    expect(after(newLane, [refused('UNREACHABLE', 3_000)])).toEqual(newLane);
  });
});

describe('a bucket', () => {
  const rate = { perSecond: 100, burst: 20 };
  const take = (lane: Lane, taken: number, now: number) =>
    afterClaim(lane, rate, { taken, leaseMs: 1 }, now);

  it('gives its burst at once, and then as much as flows in', () => {
    expect(admit(newLane, rate, 50, NOW)).toMatchObject({ kind: 'serve', limit: 20 });
    const empty = take(newLane, 20, NOW);
    expect(admit(empty, rate, 50, NOW + 30)).toMatchObject({ kind: 'serve', limit: 3 });
    expect(admit(empty, rate, 50, NOW + 60_000)).toMatchObject({ kind: 'serve', limit: 20 });
  });

  it('keeps what was asked for and not taken', () => {
    const left = take(newLane, 3, NOW);
    expect(admit(left, rate, 50, NOW)).toMatchObject({ kind: 'serve', limit: 17 });
  });

  it('says when the next tokens are there: some at once, or one where it is slow', () => {
    const empty = take(newLane, 20, NOW);
    expect(admit(empty, rate, 50, NOW)).toEqual({ kind: 'wait', ms: 50 });
    const slow = { perSecond: 0.5, burst: 1 };
    const none = afterClaim(newLane, slow, { taken: 1, leaseMs: 1 }, NOW);
    expect(refillMs(none, slow, NOW + 500)).toBe(1_500);
  });

  it('gives nothing for a clock that is behind', () => {
    const empty = take(newLane, 20, NOW);
    expect(admit(empty, rate, 50, NOW - 5_000)).toMatchObject({ kind: 'wait' });
    expect(take(empty, 0, NOW - 5_000).refilledAt).toBe(NOW);
  });
});
