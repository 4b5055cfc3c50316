// The life of a message: from its state and what happened to the next state and what has to be done. Pure.
import type { DeliveryEventType, FailureCode } from '../../../schema/vocabulary.ts';
import { unreachable } from '../../../platform/assert.ts';
import { failureRules } from './fallback.ts';
import {
  change,
  current,
  mayBeTaken,
  sameRoute,
  type Attempt,
  type MessageState,
} from './message-state.ts';
import { received } from './report.ts';
import {
  end,
  failed,
  goAround,
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
  /** Its worker was kept from handing it over until what was asked at the claim was too old. */
  | { readonly kind: 'withheld'; readonly attemptId: string }
  /** The wait for a receipt is over. `revoked`: the provider confirmed that it stopped trying. */
  | {
      readonly kind: 'waited';
      readonly attemptId: string;
      readonly revoked: boolean;
      readonly repeatable: boolean;
    }
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
    case 'withheld':
      return withheld(state, event.attemptId);
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
    // Claimed again while SUBMITTING: the answer before is lost, whatever the one before that said.
    failureCode: attempt.state === 'SUBMITTING' ? null : attempt.failureCode,
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
    case 'refused':
      return refused(state, attempt, outcome, at);
    default:
      return unreachable(outcome);
  }
}

function refused(
  state: MessageState,
  attempt: Attempt,
  { code, retryAfterMs }: { code: FailureCode; retryAfterMs: number | null },
  at: Surroundings,
): Step {
  const forGood = failureRules[code].retry === 'never';
  const delayMs = retryIn(attempt, code, retryAfterMs, at);
  // That it does not take it now says nothing of an earlier try which it may have taken.
  const uncertain = mayBeTaken(attempt) && !forGood;
  if (delayMs === null) {
    if (uncertain) return lostAnswer(state, attempt);
    return failed(state, attempt, code, forGood ? 'PERMANENT_FAILURE' : 'RETRIES_EXHAUSTED', at);
  }
  return {
    state: uncertain ? state : change(state, attempt, { state: 'PLANNED', failureCode: code }),
    effects: [{ kind: 'queue', provider: attempt.route.provider, delayMs }],
  };
}

/** As if it had not been claimed: it is claimed again, and consent is asked again. */
function withheld(state: MessageState, attemptId: string): Step {
  const attempt = current(state);
  if (attempt?.id !== attemptId || attempt.state !== 'SUBMITTING') return unchanged(state);
  const tries = attempt.tries - 1;
  const before = change(state, attempt, {
    state: mayBeTaken(attempt) ? 'SUBMITTING' : 'PLANNED',
    tries,
    startedAt: tries === 0 ? null : attempt.startedAt,
  });
  return {
    state: before,
    effects: [{ kind: 'queue', provider: attempt.route.provider, delayMs: 0 }],
  };
}

function waited(
  state: MessageState,
  event: { attemptId: string; revoked: boolean; repeatable: boolean },
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
  // Where the provider knows our ids it was asked again under the same one; another one it would take for another message.
  const onRoute = state.attempts.filter((other) => sameRoute(other.route, attempt.route)).length;
  if (!event.repeatable && onRoute <= UNCERTAIN_REPEATS_MAX) {
    return openAttempt(state, attempt.route, 'NO_RECEIPT_IN_WINDOW', at);
  }
  return nextRoute(state, attempt, 'NO_RECEIPT_IN_WINDOW', at);
}

function cancelled(state: MessageState): Step {
  const attempt = current(state);
  if (state.phase === 'ENDED' || attempt?.state !== 'PLANNED') return unchanged(state);
  return end(change(state, attempt, { state: 'SKIPPED' }), 'CANCELLED', 'CANCELLED');
}

function broken(state: MessageState): Step {
  const attempt = current(state);
  if (state.phase === 'ENDED' || attempt === null) return settled(state);
  if (attempt.state !== 'PLANNED' && attempt.state !== 'SUBMITTING') return unchanged(state);
  const next = attempt.startedAt === null ? 'SKIPPED' : 'FAILED';
  return end(change(state, attempt, { state: next }), 'FAILED', 'CANNOT_BE_HANDED_OVER');
}
