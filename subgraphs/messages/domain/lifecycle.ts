// The life of a message: from its state and what happened to the next state and what has to be done. Pure.
import type { AttemptState, DeliveryEventType, FailureCode } from '../../../schema/vocabulary.ts';
import { unreachable } from '../../../platform/assert.ts';
import { failureRules } from './fallback.ts';
import {
  change,
  current,
  isOpen,
  sameRoute,
  type Attempt,
  type MessageState,
} from './message-state.ts';
import {
  end,
  failed,
  goAround,
  leave,
  lostAnswer,
  nextRoute,
  openAttempt,
  retryIn,
  settled,
  unchanged,
  waiting,
  type Step,
  type Surroundings,
  type Unavailable,
} from './step.ts';

export type Outcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly code: FailureCode; readonly retryAfterMs: number | null }
  | { readonly kind: 'unknown' };

export type LifecycleEvent =
  /** A worker holds the message's task. `repeatable`: the provider ignores a second hand-over of the same attempt. */
  | { readonly kind: 'claimed'; readonly permitted: boolean; readonly repeatable: boolean }
  /** A worker holds the message's task, and its provider is one of those that are left alone. */
  | ({ readonly kind: 'unavailable'; readonly repeatable: boolean } & Unavailable)
  /** The provider answered, or did not. */
  | {
      readonly kind: 'answered';
      readonly attemptId: string;
      readonly outcome: Outcome;
      readonly repeatable: boolean;
    }
  /** The wait for a receipt is over. `revoked`: the provider confirmed that it stopped trying. */
  | { readonly kind: 'waited'; readonly attemptId: string; readonly revoked: boolean }
  /** A provider reported on an attempt. */
  | {
      readonly kind: 'received';
      readonly attemptId: string;
      readonly type: DeliveryEventType;
      readonly failureCode: FailureCode | null;
    }
  | { readonly kind: 'cancelled' }
  /** It cannot be handed over by any route, whatever is tried: a fault of ours, or a key that is gone. */
  | { readonly kind: 'broken' };

/** Times a lost answer may be repeated on one route where the template says RETRY. */
const UNCERTAIN_REPEATS_MAX = 1;

/** Total: an event that does not fit the state changes nothing. */
export function decide(state: MessageState, event: LifecycleEvent, at: Surroundings): Step {
  switch (event.kind) {
    case 'claimed':
      return claimed(state, event, at);
    case 'unavailable': {
      const due = dueAttempt(state, event.repeatable, at);
      return 'effects' in due ? due : goAround(state, due, event, at);
    }
    case 'answered':
      return answered(state, event, at);
    case 'waited':
      return waited(state, event, at);
    case 'received':
      return received(state, event, at);
    case 'cancelled':
      return cancelled(state);
    case 'broken':
      return broken(state);
    default:
      return unreachable(event);
  }
}

function claimed(
  state: MessageState,
  { permitted, repeatable }: { permitted: boolean; repeatable: boolean },
  at: Surroundings,
): Step {
  const attempt = dueAttempt(state, repeatable, at);
  if ('effects' in attempt) return attempt;
  if (!permitted) {
    // The provider may have it already: another route before the wait is over could double it.
    if (attempt.state === 'SUBMITTING') return lostAnswer(state, attempt);
    return nextRoute(change(state, attempt, { state: 'SKIPPED' }), attempt, 'PERMISSION_LOST', at);
  }
  const submitting = change(state, attempt, {
    state: 'SUBMITTING',
    tries: attempt.tries + 1,
    startedAt: attempt.startedAt ?? at.now,
  });
  return { state: submitting, effects: [{ kind: 'submit', attemptId: attempt.id }] };
}

/** What a claimed task is about: the attempt that may be handed over, or what is to be done where none may. */
function dueAttempt(state: MessageState, repeatable: boolean, at: Surroundings): Attempt | Step {
  const attempt = current(state);
  if (state.phase === 'ENDED' || attempt === null) return settled(state);
  if (attempt.state === 'SENT' || attempt.state === 'OUTCOME_UNKNOWN') {
    return waiting(state, attempt, at);
  }
  if (attempt.state !== 'PLANNED' && attempt.state !== 'SUBMITTING') return settled(state);
  // Claimed again while SUBMITTING: its holder died between the claim and the record.
  const handedOver = attempt.state === 'SUBMITTING';
  if (handedOver && !repeatable) return lostAnswer(state, attempt);
  if (at.now >= state.expiresAt) {
    return end(
      change(state, attempt, { state: handedOver ? 'OUTCOME_UNKNOWN' : 'SKIPPED' }),
      'EXPIRED',
      'EXPIRED',
    );
  }
  return attempt;
}

function answered(
  state: MessageState,
  event: { attemptId: string; outcome: Outcome; repeatable: boolean },
  at: Surroundings,
): Step {
  const attempt = current(state);
  // A receipt may overtake the answer: it knows more, so the answer changes nothing.
  if (attempt?.id !== event.attemptId || attempt.state !== 'SUBMITTING') return unchanged(state);
  const { outcome } = event;
  switch (outcome.kind) {
    case 'accepted':
      return waiting(change(state, attempt, { state: 'SENT' }), attempt, at);
    case 'unknown': {
      const delayMs = event.repeatable ? retryIn(attempt, 'PROVIDER_FAULT', null, at) : null;
      if (delayMs === null) return lostAnswer(state, attempt);
      // It stays SUBMITTING: the same attempt id is handed over again, and the provider takes it once.
      return { state, effects: [{ kind: 'queue', provider: attempt.route.provider, delayMs }] };
    }
    case 'refused': {
      const delayMs = retryIn(attempt, outcome.code, outcome.retryAfterMs, at);
      if (delayMs === null) {
        const reason =
          failureRules[outcome.code].retry === 'never' ? 'PERMANENT_FAILURE' : 'RETRIES_EXHAUSTED';
        return failed(state, attempt, outcome.code, reason, at);
      }
      return {
        state: change(state, attempt, { state: 'PLANNED', failureCode: outcome.code }),
        effects: [{ kind: 'queue', provider: attempt.route.provider, delayMs }],
      };
    }
    default:
      return unreachable(outcome);
  }
}

function waited(
  state: MessageState,
  event: { attemptId: string; revoked: boolean },
  at: Surroundings,
): Step {
  const attempt = current(state);
  if (state.phase === 'ENDED') return settled(state);
  if (attempt?.id !== event.attemptId) return unchanged(state);
  if (attempt.state === 'SENT') {
    // Nobody said that it failed, and nobody would say that it was delivered.
    const silent = at.silent.has(attempt.route.provider);
    if (silent && !event.revoked) return end(state, 'SENT', 'NO_FAILURE_REPORTED');
    const gone = change(state, attempt, { state: event.revoked ? 'REVOKED' : 'EXPIRED' });
    return nextRoute(gone, attempt, 'NO_RECEIPT_IN_WINDOW', at);
  }
  if (attempt.state !== 'OUTCOME_UNKNOWN') return unchanged(state);
  if (event.revoked) {
    return nextRoute(
      change(state, attempt, { state: 'REVOKED' }),
      attempt,
      'NO_RECEIPT_IN_WINDOW',
      at,
    );
  }
  // Nobody knows whether the person has it. Sending again could double a payment notice, so it is the template's say.
  if (state.uncertainOutcome === 'HOLD') return end(state, 'UNDELIVERABLE', 'OUTCOME_UNKNOWN_HELD');
  const onRoute = state.attempts.filter((other) => sameRoute(other.route, attempt.route)).length;
  if (onRoute <= UNCERTAIN_REPEATS_MAX) {
    return openAttempt(state, attempt.route, 'NO_RECEIPT_IN_WINDOW', at);
  }
  return nextRoute(state, attempt, 'NO_RECEIPT_IN_WINDOW', at);
}

function received(
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
  if (!isOpen(attempt) || attempt.state === 'SENT' || attempt !== current(state)) {
    return unchanged(state);
  }
  const next = change(state, attempt, { state: 'SENT' });
  return state.phase === 'ENDED' ? unchanged(next) : waiting(next, attempt, at);
}

function cancelled(state: MessageState): Step {
  const attempt = current(state);
  if (state.phase === 'ENDED' || attempt?.state !== 'PLANNED') return unchanged(state);
  return end(change(state, attempt, { state: 'SKIPPED' }), 'CANCELLED', 'CANCELLED');
}

/** What reached the person stays so; only a delivery becomes a read. */
function stateReached(attempt: Attempt, as: 'DELIVERED' | 'READ', late: boolean): AttemptState {
  const { state } = attempt;
  if (state === 'READ' || state === 'SUPERSEDED_LATE_DELIVERY') return state;
  return late && state !== 'DELIVERED' ? 'SUPERSEDED_LATE_DELIVERY' : as;
}

function broken(state: MessageState): Step {
  const attempt = current(state);
  if (state.phase === 'ENDED' || attempt === null) return settled(state);
  if (attempt.state !== 'PLANNED' && attempt.state !== 'SUBMITTING') return unchanged(state);
  const next = attempt.startedAt === null ? 'SKIPPED' : 'FAILED';
  return end(change(state, attempt, { state: next }), 'FAILED', 'CANNOT_BE_HANDED_OVER');
}

/** A delivery settles the message, also one that comes after the next route was begun. */
function delivered(state: MessageState, attempt: Attempt, as: 'DELIVERED' | 'READ'): Step {
  const last = current(state);
  const late =
    last !== null &&
    last.number > attempt.number &&
    state.attempts.some((other) => other.number > attempt.number && other.startedAt !== null);
  const reached = stateReached(attempt, as, late);
  let next = reached === attempt.state ? state : change(state, attempt, { state: reached });
  for (const other of next.attempts) {
    if (other.state === 'PLANNED') next = change(next, other, { state: 'SKIPPED' });
  }
  if (state.phase === 'ENDED') return { state: next, effects: [] };
  return { state: { ...next, phase: 'ENDED' }, effects: [{ kind: 'settle' }] };
}
