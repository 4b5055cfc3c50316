// A provider's lane under arbitrary workers, answers and times: what no provider ever sees.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FailureCode } from '../../schema/vocabulary.ts';
import {
  admit,
  afterClaim,
  afterOutcome,
  isWell,
  newLane,
  type Lane,
} from '../../subgraphs/messages/domain/lane.ts';
import type { Outcome } from '../../subgraphs/messages/domain/answer.ts';

const START = 1_000_000;
const OPEN_MAX_MS = 300_000;
const LEASE_MS = 15_000;

const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ kind: 'accepted' as const }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'unknown' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('refused' as const),
      code: fc.constantFrom('PROVIDER_FAULT' as const, ...Object.values(FailureCode)),
      retryAfterMs: fc.option(fc.nat(1_000_000)),
    }),
  },
);
const rate = fc.option(
  fc.record({
    perSecond: fc.double({ min: 0.1, max: 1_000, noNaN: true }),
    burst: fc.integer({ min: 1, max: 1_000 }),
  }),
);
/** A worker asks for some and takes some of what it may, or an answer comes. */
const happening = fc.oneof(
  fc.record({
    wants: fc.integer({ min: 1, max: 300 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  fc.record({ outcome }),
);
const history = fc.array(fc.tuple(happening, fc.oneof(fc.nat(100), fc.nat(40_000))), {
  minLength: 1,
  maxLength: 60,
});

const isBusy = (one: Outcome): boolean => one.kind === 'refused' && one.code === 'THROTTLED';
const isFault = (one: Outcome): boolean =>
  one.kind === 'unknown' || (one.kind === 'refused' && one.code === 'PROVIDER_FAULT');

describe('a lane', () => {
  it('never lets more through than its rate, over any span of time', () => {
    fc.assert(
      fc.property(
        rate.filter((one) => one !== null),
        history,
        (limits, steps) => {
          if (limits === null) return;
          let lane: Lane = newLane;
          let now = START;
          const taken: { at: number; count: number }[] = [];
          for (const [step, passed] of steps) {
            now += passed;
            if (!('wants' in step)) continue;
            const admission = admit(lane, limits, step.wants, now);
            if (admission.kind !== 'serve') continue;
            const count = Math.floor(admission.limit * step.share);
            lane = afterClaim(lane, limits, { taken: count, leaseMs: LEASE_MS }, now);
            taken.push({ at: now, count });
          }
          taken.forEach((from, first) => {
            let sum = 0;
            for (const { at, count } of taken.slice(first)) {
              sum += count;
              const most = limits.burst + ((at - from.at) / 1_000) * limits.perSecond;
              expect(sum).toBeLessThanOrEqual(most + 1e-6);
            }
          });
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('opens on five faults in a row and on nothing less, never for longer than five minutes', () => {
    fc.assert(
      fc.property(history, (steps) => {
        let lane: Lane = newLane;
        let now = START;
        let inRow = 0;
        for (const [step, passed] of steps) {
          now += passed;
          if (!('outcome' in step)) continue;
          const before = lane;
          lane = afterOutcome(before, step.outcome, now);
          const isOpen = before.openUntil !== null && now < before.openUntil;
          if (isOpen) {
            expect(lane).toEqual({ ...before, pausedUntil: lane.pausedUntil });
            continue;
          }
          if (!isBusy(step.outcome)) inRow = isFault(step.outcome) ? inRow + 1 : 0;
          expect(lane.openUntil !== null).toBe(inRow >= 5);
          expect((lane.openUntil ?? now) - now).toBeLessThanOrEqual(OPEN_MAX_MS);
          expect(isWell(lane)).toBe(inRow === 0);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('lets nothing through while it is open or paused, and one at a time until it has closed again', () => {
    fc.assert(
      fc.property(rate, history, (limits, steps) => {
        let lane: Lane = newLane;
        let now = START;
        for (const [step, passed] of steps) {
          now += passed;
          if ('outcome' in step) {
            lane = afterOutcome(lane, step.outcome, now);
            continue;
          }
          const admission = admit(lane, limits, step.wants, now);
          if (lane.openUntil !== null && now < lane.openUntil) {
            expect(admission.kind).toBe('divert');
          }
          if (admission.kind !== 'serve') {
            // It always says when to come back, and by then it lets something through or is half open.
            expect(admission.ms).toBeGreaterThan(0);
            continue;
          }
          expect(admission.limit).toBeGreaterThanOrEqual(1);
          expect(lane.pausedUntil ?? 0).toBeLessThanOrEqual(now);
          expect(admission.probe).toBe(lane.openUntil !== null);
          if (!admission.probe) continue;
          expect(admission.limit).toBe(1);
          lane = afterClaim(lane, limits, { taken: 1, leaseMs: LEASE_MS }, now);
          expect(admit(lane, limits, step.wants, now + LEASE_MS - 1).kind).toBe('wait');
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('serves again once it is left alone, whatever happened', () => {
    fc.assert(
      fc.property(rate, history, (limits, steps) => {
        let lane: Lane = newLane;
        let now = START;
        for (const [step, passed] of steps) {
          now += passed;
          if ('outcome' in step) lane = afterOutcome(lane, step.outcome, now);
        }
        expect(admit(lane, limits, 1, now + OPEN_MAX_MS)).toMatchObject({
          kind: 'serve',
          limit: 1,
        });
      }),
    );
  });
});
