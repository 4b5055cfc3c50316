// Arbitrary histories of a message: what may happen to it, in any order, with the time that passes between.
import fc from 'fast-check';
import { DeliveryEventType, FailureCode } from '../../schema/vocabulary.ts';
import type { LifecycleEvent } from '../../subgraphs/messages/domain/lifecycle.ts';
import { RCS, SMS } from './lifecycle.ts';

// Most of what happens is about the attempt under way, and most of it is a receipt of a few kinds.
const attemptId = fc.oneof(
  { weight: 4, arbitrary: fc.constant('att-1') },
  { weight: 1, arbitrary: fc.constantFrom('att-2', 'att-3') },
);
const receiptType = fc.oneof(
  fc.constantFrom('SENT' as const, 'DELIVERED' as const, 'FAILED' as const),
  fc.constantFrom(...Object.values(DeliveryEventType)),
);
const failureCode = fc.constantFrom(...Object.values(FailureCode));

/** `repeatable` belongs to the provider: the first route's takes an id once, the second's does not. */
const events = (repeatable: boolean): fc.Arbitrary<LifecycleEvent> =>
  fc.oneof(
    fc.record({
      kind: fc.constant('claimed' as const),
      permitted: fc.boolean(),
      repeatable: fc.constant(repeatable),
    }),
    fc.record({
      kind: fc.constant('unavailable' as const),
      repeatable: fc.constant(repeatable),
      providers: fc.subarray([RCS.provider, SMS.provider]).map((ids) => new Set(ids)),
      forMs: fc.option(fc.integer({ min: 1, max: 300_000 })),
    }),
    fc.record({
      kind: fc.constant('answered' as const),
      attemptId,
      repeatable: fc.constant(repeatable),
      outcome: fc.oneof(
        fc.constant({ kind: 'accepted' as const }),
        fc.constant({ kind: 'unknown' as const }),
        fc.record({
          kind: fc.constant('refused' as const),
          code: failureCode,
          retryAfterMs: fc.option(fc.nat(400_000)),
        }),
      ),
    }),
    fc.record({ kind: fc.constant('withheld' as const), attemptId }),
    fc.record({
      kind: fc.constant('waited' as const),
      attemptId,
      revoked: fc.boolean(),
      repeatable: fc.constant(repeatable),
    }),
    fc.record({
      kind: fc.constant('received' as const),
      attemptId,
      type: receiptType,
      failureCode: fc.option(failureCode),
    }),
    fc.constant({ kind: 'cancelled' as const }),
    fc.constant({ kind: 'broken' as const }),
  );

/** Whether the provider takes an id once, and what happens, each with the milliseconds before it. */
export const history = fc
  .boolean()
  .chain((repeatable) =>
    fc.tuple(
      fc.constant(repeatable),
      fc.array(fc.tuple(events(repeatable), fc.nat(100_000)), { maxLength: 40 }),
    ),
  );
