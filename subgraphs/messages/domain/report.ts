// What providers report of an attempt: a delivery settles its message, a failure goes on to the next route of its line.
import { unreachable } from '../../../platform/assert.ts';
import type { AttemptState, DeliveryEventType, FailureCode } from '../../../schema/vocabulary.ts';
import {
  change,
  isCurrent,
  isOpen,
  skipPlanned,
  type Attempt,
  type MessageState,
} from './message-state.ts';
import { failed, leave, unchanged, waiting, type Step, type Surroundings } from './step.ts';

/** Of an attempt that is not known nothing is believed. */
export function received(
  state: MessageState,
  event: { attemptId: string; type: DeliveryEventType; failureCode: FailureCode | null },
  at: Surroundings,
): Step {
  const attempt = state.attempts.find((known) => known.id === event.attemptId);
  if (attempt === undefined) return unchanged(state);
  switch (event.type) {
    case 'SENT':
      return sentAfterAll(state, attempt, at);
    case 'DELIVERED':
      return delivered(state, attempt, 'DELIVERED');
    case 'READ':
    case 'CLICKED':
    case 'REPLIED':
      return delivered(state, attempt, 'READ');
    case 'FAILED':
      if (!isOpen(attempt)) return unchanged(state);
      return failed(state, attempt, event.failureCode ?? 'UNKNOWN', 'PERMANENT_FAILURE', at);
    case 'EXPIRED':
    case 'REVOKED':
      if (!isOpen(attempt)) return unchanged(state);
      return leave(
        change(state, attempt, { state: event.type }),
        attempt,
        'EXPIRED_AT_PROVIDER',
        at,
      );
    case 'ACCEPTED':
    case 'SKIPPED':
    case 'OUTCOME_UNKNOWN':
    case 'ENDED':
      return unchanged(state);
    default:
      return unreachable(event.type);
  }
}

/** The provider tells what its lost answer would have told. */
function sentAfterAll(state: MessageState, attempt: Attempt, at: Surroundings): Step {
  if (!isOpen(attempt) || attempt.state === 'SENT' || !isCurrent(state, attempt)) {
    return unchanged(state);
  }
  const next = change(state, attempt, { state: 'SENT' });
  return state.phase === 'ENDED' ? unchanged(next) : waiting(next, attempt, at);
}

/** A delivery settles the message, also one that comes after the next route of its line was begun. What other lines have
 *  handed over is not taken back. */
function delivered(state: MessageState, attempt: Attempt, as: 'DELIVERED' | 'READ'): Step {
  const late = state.attempts.some(
    ({ line, number, startedAt }) =>
      line === attempt.line && number > attempt.number && startedAt !== null,
  );
  const reached = stateReached(attempt, as, late);
  const next = reached === attempt.state ? state : change(state, attempt, { state: reached });
  const settledAll = skipPlanned(next);
  if (state.phase === 'ENDED') return unchanged(settledAll);
  return { state: { ...settledAll, phase: 'ENDED' }, effects: [{ kind: 'settle' }] };
}

/** What reached the person stays so; only a delivery becomes a read. */
function stateReached(attempt: Attempt, as: 'DELIVERED' | 'READ', late: boolean): AttemptState {
  const { state } = attempt;
  if (state === 'READ' || state === 'SUPERSEDED_LATE_DELIVERY') return state;
  return late && state !== 'DELIVERED' ? 'SUPERSEDED_LATE_DELIVERY' : as;
}
