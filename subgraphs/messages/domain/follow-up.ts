// Which messages stand on the follow-up list: those that ended without having reached their person. Pure.
import { assert } from '../../../platform/assert.ts';
import type { MessageStatus } from '../../../schema/vocabulary.ts';
import { FollowUpReason } from '../../../schema/vocabulary-followup.ts';
import { failureRules } from './fallback.ts';
import { isCurrent, type Attempt, type MessageState } from './message-state.ts';

/** Ends that are a failure. A cancellation is the tenant's wish and a suppression the person's: nobody has to look. */
const UNREACHED: readonly MessageStatus[] = ['EXPIRED', 'UNDELIVERABLE', 'FAILED'];

/** What happened to one message. */
interface Course {
  readonly before: MessageState;
  readonly after: MessageState;
  /** How it had ended before; null where it had not, or by a delivery. */
  readonly endStatus: MessageStatus | null;
  /** How it ended now, where it did. */
  readonly end: { readonly status: MessageStatus; readonly reason: string } | undefined;
}

export type FollowUpChange =
  { readonly kind: 'open'; readonly reason: FollowUpReason } | { readonly kind: 'close' };

/** What the list learns of it; null: nothing. `close` is told of every delivery after an end that may be listed. */
export function followUpChange({ before, after, endStatus, end }: Course): FollowUpChange | null {
  if (after.attempts.some(hasReached)) {
    const mayBeListed =
      endStatus !== null && (UNREACHED.includes(endStatus) || endStatus === 'SENT');
    return mayBeListed && !before.attempts.some(hasReached) ? { kind: 'close' } : null;
  }
  if (end !== undefined) {
    return UNREACHED.includes(end.status) ? { kind: 'open', reason: reasonOf(end.reason) } : null;
  }
  return endStatus === 'SENT' && cameBack(before, after)
    ? { kind: 'open', reason: 'PERMANENT_FAILURE' }
    : null;
}

/** It had ended because nobody reports failures for long, and now the last that a provider had is reported as failed. */
function cameBack(before: MessageState, after: MessageState): boolean {
  const failedBefore = new Set(before.attempts.filter(hasFailed).map(({ id }) => id));
  const isNew = after.attempts.some((one) => hasFailed(one) && !failedBefore.has(one.id));
  return isNew && !after.attempts.some((one) => one.state === 'SENT' && isCurrent(after, one));
}

function hasReached({ state }: Attempt): boolean {
  return state === 'DELIVERED' || state === 'READ' || state === 'SUPERSEDED_LATE_DELIVERY';
}

/** An opt-out at the carrier is the person's wish. */
function hasFailed({ state, failureCode }: Attempt): boolean {
  return state === 'FAILED' && failureRules[failureCode ?? 'UNKNOWN'].fallback;
}

function reasonOf(reason: string): FollowUpReason {
  const known = Object.values(FollowUpReason).find((value) => value === reason);
  assert(known !== undefined, `an end is listed for a reason that is known, not ${reason}`);
  return known;
}
