// Where a message stands: the join of what was told, in any order and any number.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DeliveryEventType, MessageStatus } from '../../../../../schema/vocabulary.ts';
import {
  ACCEPTED,
  dedupeKeyOf,
  foldEvent,
  joinStatus,
} from '../../../../../subgraphs/delivery/domain/receipt-status.ts';

const status = fc.constantFrom(...Object.values(MessageStatus));
const event = fc.record({
  type: fc.constantFrom(...Object.values(DeliveryEventType)),
  endStatus: fc.constantFrom('EXPIRED', 'UNDELIVERABLE', 'SUPPRESSED' as const),
  occurredAt: fc.nat(1_000),
});

describe('a status', () => {
  it('joins like a maximum: in any order, grouping and repetition', () => {
    fc.assert(
      fc.property(status, status, status, (a, b, c) => {
        expect(joinStatus(a, b)).toBe(joinStatus(b, a));
        expect(joinStatus(a, joinStatus(b, c))).toBe(joinStatus(joinStatus(a, b), c));
        expect(joinStatus(a, a)).toBe(a);
      }),
    );
  });

  it('is the same whatever the order and the number of its events', () => {
    const shuffled = fc
      .array(event, { maxLength: 12 })
      .chain((events) =>
        fc.tuple(
          fc.constant(events),
          fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }),
        ),
      );
    fc.assert(
      fc.property(shuffled, ([events, other]) => {
        const once = events.reduce(foldEvent, ACCEPTED);
        expect(other.reduce(foldEvent, ACCEPTED)).toEqual(once);
        expect([...events, ...other].reduce(foldEvent, ACCEPTED)).toEqual(once);
      }),
    );
  });

  it('never goes back', () => {
    fc.assert(
      fc.property(fc.array(event), (events) => {
        let standing = ACCEPTED;
        for (const told of events) {
          const next = foldEvent(standing, told);
          expect(joinStatus(standing.status, next.status)).toBe(next.status);
          standing = next;
        }
      }),
    );
  });

  it.each([
    ['DELIVERED', 'UNDELIVERABLE', 'DELIVERED'],
    ['READ', 'DELIVERED', 'READ'],
    ['SENT', 'EXPIRED', 'EXPIRED'],
  ] as const)('of %s and %s is %s', (a, b, joined) => {
    expect(joinStatus(a, b)).toBe(joined);
  });

  it('takes a read for a delivery where no delivery was told', () => {
    const standing = foldEvent(ACCEPTED, { type: 'READ', endStatus: null, occurredAt: 7 });
    expect(standing).toMatchObject({ status: 'READ', deliveredAt: 7, readAt: 7 });
  });
});

describe('what tells an event from its repetition', () => {
  const about = { messageId: 'm', attemptId: 'a', provider: 'p' };

  it('is the attempt and the type, whoever tells of it', () => {
    const ours = dedupeKeyOf({ ...about, type: 'SENT', providerKey: null });
    expect(dedupeKeyOf({ ...about, type: 'SENT', providerKey: 'x-1' })).toBe(ours);
    expect(dedupeKeyOf({ ...about, type: 'DELIVERED', providerKey: 'x-1' })).not.toBe(ours);
  });

  it('is the provider’s own key for taps and answers, which a person repeats', () => {
    const tap = (providerKey: string): string =>
      dedupeKeyOf({ ...about, type: 'CLICKED', providerKey });
    expect(tap('x-1')).not.toBe(tap('x-2'));
    expect(tap('x-1')).toBe(tap('x-1'));
  });
});
