// Counts the marketing that people have got and are to get, for the requests of one batch after the other.
import type { Transaction } from '../../platform/database.ts';
import { firstUuidV7At } from '../../platform/uuid-v7.ts';
import { isOverCap, WEEK_MS, type MarketingCap } from './domain/marketing-cap.ts';
import { SCHEDULE_MS_MAX } from './domain/send-time.ts';
import { lockMarketing, marketingMoments } from './store/marketing-moments.ts';

/** What the people of a batch get. Moments in milliseconds since 1970. */
export interface MarketingCount {
  /** Whether one more at that moment is too many. */
  isFull(recipientId: string, at: number): boolean;
  /** One more, which the batch itself has accepted. */
  add(recipientId: string, at: number): void;
}

/** Reads nothing where nobody is counted: without a cap, or without people. `holds`: until the transaction ends nobody else
 *  counts for them, so that two at once do not both take the last place. Under a cap: two statements, in one round. */
export async function countMarketing(
  tx: Transaction,
  tenantId: string,
  people: { readonly recipientIds: readonly string[]; readonly holds: boolean },
  { cap, now }: { readonly cap: MarketingCap; readonly now: number },
): Promise<MarketingCount> {
  const recipientIds = [...new Set(people.recipientIds)];
  const isCounted = (cap.perDay !== null || cap.perWeek !== null) && recipientIds.length > 0;
  // Who was accepted before that has been sent before the week.
  const sinceId = firstUuidV7At(Math.max(0, now - SCHEDULE_MS_MAX - WEEK_MS));
  const [, found] = isCounted
    ? await Promise.all([
        people.holds ? lockMarketing(tx, tenantId, recipientIds) : null,
        marketingMoments(tx, tenantId, recipientIds, sinceId),
      ])
    : [null, new Map<string, number[]>()];
  const moments = new Map(found);
  const of = (recipientId: string): readonly number[] => moments.get(recipientId) ?? [];
  return {
    isFull: (recipientId, at) => isOverCap(cap, of(recipientId), at),
    add: (recipientId, at) => void moments.set(recipientId, [...of(recipientId), at]),
  };
}
