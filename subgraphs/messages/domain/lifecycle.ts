// The life of a message: from its state and what happened to the next state and what has to be done. Pure.
import type { DeliveryEventType, FailureCode } from '../../../schema/vocabulary.ts';
import { unreachable } from '../../../platform/assert.ts';
import { answered, withheld, type Outcome } from './answer.ts';
import {
  aboutOf,
  change,
  current,
  isCurrent,
  isOver,
  sameRoute,
  skipPlanned,
  type Attempt,
  type MessageState,
} from './message-state.ts';
import { received } from './report.ts';
import {
  end,
  endLine,
  goAround,
  lostAnswer,
  nextRoute,
  openAttempt,
  queued,
  settled,
  unchanged,
  waiting,
  type Effect,
  type Step,
  type Surroundings,
  type Unavailable,
} from './step.ts';

export type LifecycleEvent =
  /** A worker holds the attempt's task. `repeatable`: the provider ignores a second hand-over of the same attempt.
   *  `waitMs`: how long it is too early for it. */
  | ({ readonly kind: 'claimed'; readonly permitted: boolean; readonly waitMs?: number } & HeldTask)
  /** A worker holds the attempt's task, and its provider is one of those that are left alone. */
  | ({ readonly kind: 'unavailable' } & HeldTask & Unavailable)
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
  | { readonly kind: 'broken'; readonly attemptId?: string };

interface HeldTask {
  /** Left out: the one that the first line waits for. */
  readonly attemptId?: string;
  readonly repeatable: boolean;
}

/** Times a lost answer may be repeated on one route where the template says RETRY. */
const UNCERTAIN_REPEATS_MAX = 1;

/** Total: an event that does not fit the state changes nothing. */
export function decide(state: MessageState, event: LifecycleEvent, at: Surroundings): Step {
  switch (event.kind) {
    case 'claimed':
      return claimed(state, event, at);
    case 'unavailable': {
      const due = dueAttempt(state, event, at);
      return 'effects' in due ? due : goAround(state, due, event, at);
    }
    case 'answered':
      return answered(state, event, at);
    case 'withheld':
      return withheld(state, event.attemptId);
    case 'waited':
      return waited(state, event, at);
    case 'received':
      return byNobody(state, received(state, event, at));
    case 'cancelled':
      return byNobody(state, cancelled(state));
    case 'broken':
      return broken(state, event.attemptId, at);
    default:
      return unreachable(event);
  }
}

/** Whoever holds none of the tasks that attempts have of their own changes none of them: a task that is left behind settles
 *  itself when it is due. New ones may be made. */
function byNobody({ attempts }: MessageState, { state, effects }: Step): Step {
  const isHeld = (effect: Effect): boolean =>
    'task' in effect && attempts.some(({ number }) => number === effect.task);
  return { state, effects: effects.filter((effect) => !isHeld(effect)) };
}

function claimed(
  state: MessageState,
  event: Extract<LifecycleEvent, { kind: 'claimed' }>,
  at: Surroundings,
): Step {
  const attempt = dueAttempt(state, event, at);
  if ('effects' in attempt) return attempt;
  if (!event.permitted) {
    // The provider may have it already: another route before the wait is over could double it.
    if (attempt.state === 'SUBMITTING') return lostAnswer(state, attempt);
    return nextRoute(change(state, attempt, { state: 'SKIPPED' }), attempt, 'PERMISSION_LOST', at);
  }
  const { waitMs = 0 } = event;
  if (waitMs > 0 && attempt.state === 'PLANNED') {
    return { state, effects: [queued(attempt, waitMs)] };
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

/** The task of an attempt that its line waits for no more: one of its own is done, the message's own goes on. */
const leftBehind = (state: MessageState, attempt: Attempt): Step =>
  attempt.line === 1 ? unchanged(state) : settled(state, attempt);

/** What a claimed task is about: the attempt that may be handed over, or what is to be done where none may. */
function dueAttempt(
  state: MessageState,
  { attemptId, repeatable }: HeldTask,
  at: Surroundings,
): Attempt | Step {
  const attempt = aboutOf(state, attemptId);
  if (attempt === null) return unchanged(state);
  if (state.phase === 'ENDED') return settled(state, attempt);
  if (!isCurrent(state, attempt)) return leftBehind(state, attempt);
  if (attempt.state === 'SENT' || attempt.state === 'OUTCOME_UNKNOWN') {
    return waiting(state, attempt, at);
  }
  if (isOver(attempt)) return settled(state, attempt);
  // Claimed again while SUBMITTING: its holder died between the claim and the record.
  const handedOver = attempt.state === 'SUBMITTING';
  if (handedOver && !repeatable) return lostAnswer(state, attempt);
  if (at.now < state.expiresAt) return attempt;
  const late = change(state, attempt, { state: handedOver ? 'OUTCOME_UNKNOWN' : 'SKIPPED' });
  return endLine(late, attempt, ['EXPIRED', 'EXPIRED'], at);
}

function waited(
  state: MessageState,
  event: { attemptId: string; revoked: boolean; repeatable: boolean },
  at: Surroundings,
): Step {
  const attempt = aboutOf(state, event.attemptId);
  if (attempt === null) return unchanged(state);
  if (state.phase === 'ENDED') return settled(state, attempt);
  if (!isCurrent(state, attempt)) return leftBehind(state, attempt);
  if (attempt.state === 'SENT') {
    // Nobody said that it failed, and nobody would say that it was delivered.
    const silent = at.silent.has(attempt.route.provider);
    if (silent && !event.revoked) {
      return endLine(state, attempt, ['SENT', 'NO_FAILURE_REPORTED'], at);
    }
    const gone = change(state, attempt, { state: event.revoked ? 'REVOKED' : 'EXPIRED' });
    return nextRoute(gone, attempt, 'NO_RECEIPT_IN_WINDOW', at);
  }
  if (attempt.state !== 'OUTCOME_UNKNOWN') return unchanged(state);
  if (event.revoked) {
    const revoked = change(state, attempt, { state: 'REVOKED' });
    return nextRoute(revoked, attempt, 'NO_RECEIPT_IN_WINDOW', at);
  }
  // Nobody knows whether the person has it. Sending again could double a payment notice, so it is the template's say.
  if (state.uncertainOutcome === 'HOLD') {
    return endLine(state, attempt, ['UNDELIVERABLE', 'OUTCOME_UNKNOWN_HELD'], at);
  }
  // Where the provider knows our ids it was asked again under the same one; another one it would take for another message.
  const onRoute = state.attempts.filter((other) => sameRoute(other.route, attempt.route)).length;
  if (!event.repeatable && onRoute <= UNCERTAIN_REPEATS_MAX) {
    const { route } = attempt;
    return openAttempt(state, { left: attempt, route, reason: 'NO_RECEIPT_IN_WINDOW' }, at);
  }
  return nextRoute(state, attempt, 'NO_RECEIPT_IN_WINDOW', at);
}

/** Whether nobody has it, and nobody is being handed it: then it can be taken back. */
export function isCancellable(state: Pick<MessageState, 'phase' | 'attempts'>): boolean {
  const waitedFor = state.attempts.filter((attempt) => isCurrent(state, attempt));
  const planned = waitedFor.filter((attempt) => attempt.state === 'PLANNED');
  const noneOpen = waitedFor.every((attempt) => attempt.state === 'PLANNED' || isOver(attempt));
  return state.phase === 'ACTIVE' && planned.length > 0 && noneOpen;
}

function cancelled(state: MessageState): Step {
  const attempt = current(state);
  if (attempt === null || !isCancellable(state)) return unchanged(state);
  return end(skipPlanned(state), attempt, 'CANCELLED', 'CANCELLED');
}

function broken(state: MessageState, attemptId: string | undefined, at: Surroundings): Step {
  const attempt = aboutOf(state, attemptId);
  if (attempt === null) return unchanged(state);
  if (state.phase === 'ENDED') return settled(state, attempt);
  if (!isCurrent(state, attempt)) return leftBehind(state, attempt);
  if (attempt.state !== 'PLANNED' && attempt.state !== 'SUBMITTING') return unchanged(state);
  const failing = attempt.startedAt === null ? 'SKIPPED' : 'FAILED';
  const next = change(state, attempt, { state: failing });
  return endLine(next, attempt, ['FAILED', 'CANNOT_BE_HANDED_OVER'], at);
}
