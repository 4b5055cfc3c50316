// Why a person of an audience gets no message: the answer a single send would have had, and what stood nearest in its way.
import type { RejectionReason } from '../../../schema/vocabulary.ts';
import { lacksPermissionAlone, type Decision } from './decision.ts';

/** Of the answers that a send may have, those that are about the person. */
export const refusalCodes = [
  'NOT_FOUND',
  'CONSENT_REFUSED',
  'NO_ROUTE',
  'LIMIT_REACHED',
  'IDEMPOTENCY_KEY_REUSED',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

export interface CampaignRefusal {
  readonly code: RefusalCode;
  /** Of the route that came nearest; null where no route was weighed. */
  readonly reason: RejectionReason | null;
}

export interface RefusalCount extends CampaignRefusal {
  readonly count: number;
}

/** What says nothing about a person: the route is not offered at all, or something else is at fault. */
const OURS: readonly RejectionReason[] = [
  'CHANNEL_NOT_IN_TEMPLATE',
  'NO_PROVIDER',
  'PROTECTION_NOT_OFFERED',
  'OUTRANKED_ON_CHANNEL',
];

/** The reason of the route that lacked least; of several such routes the first one's, in the decision's order. Where
 *  permission was all that one lacked, it is what lacked. A route that was never on offer counts only where all were so. */
export function nearestReason({ candidates }: Decision): RejectionReason | null {
  const rejected = candidates.filter(({ reasons }) => reasons.length > 0);
  const about = rejected.filter(({ reasons }) => !reasons.some((reason) => OURS.includes(reason)));
  const unpermitted = about.filter(({ reasons }) => lacksPermissionAlone(reasons));
  const nearest = [unpermitted, about, rejected].find((some) => some.length > 0) ?? [];
  const [first] = nearest.toSorted((a, b) => a.reasons.length - b.reasons.length);
  return first?.reasons[0] ?? null;
}

/** Adds refusals to what was counted before, in the order in which each first occurred. */
export function countRefusals(
  counted: readonly RefusalCount[],
  refusals: readonly CampaignRefusal[],
): RefusalCount[] {
  const counts = new Map<string, RefusalCount>();
  const add = ({ code, reason }: CampaignRefusal, count: number): void => {
    const key = `${code} ${reason}`;
    counts.set(key, { code, reason, count: (counts.get(key)?.count ?? 0) + count });
  };
  for (const known of counted) add(known, known.count);
  for (const refusal of refusals) add(refusal, 1);
  return [...counts.values()];
}
