// The steps that a message's life is made of: what leads to the next route, to waiting, or to the end.
import type { FailureCode, FallbackReason, MessageStatus } from '../../../schema/vocabulary.ts';
import { failureRules, retryDelayMs } from './fallback.ts';
import {
  besides,
  change,
  current,
  isCurrent,
  isOver,
  plannedAttempt,
  receiptDeadline,
  routesAfter,
  taskOf,
  type Attempt,
  type MessageState,
  type Route,
  type TaskOfAttempt,
} from './message-state.ts';
import type { Policy } from './policy.ts';

export type Effect =
  | { readonly kind: 'submit'; readonly attemptId: string }
  | ({
      readonly kind: 'queue';
      readonly provider: string;
      readonly delayMs: number;
    } & TaskOfAttempt)
  | ({ readonly kind: 'wait'; readonly delayMs: number } & TaskOfAttempt)
  /** Nothing is due any more. */
  | ({ readonly kind: 'settle' } & TaskOfAttempt)
  | { readonly kind: 'end'; readonly status: MessageStatus; readonly reason: string };

export interface Surroundings {
  readonly now: number;
  /** 0..1 */
  readonly random: number;
  newId(): string;
  readonly policy: Policy;
  /** The providers, by id, that do not report every delivery. */
  readonly silent: ReadonlySet<string>;
}

export interface Step {
  readonly state: MessageState;
  readonly effects: readonly Effect[];
}

/** Providers to which nothing is handed over now. `forMs`: how long that of this attempt stays so; null: for good. */
export interface Unavailable {
  readonly providers: ReadonlySet<string>;
  readonly forMs: number | null;
}

export function failed(
  state: MessageState,
  attempt: Attempt,
  code: FailureCode,
  reason: FallbackReason,
  at: Surroundings,
): Step {
  const next = change(state, attempt, { state: 'FAILED', failureCode: code });
  if (!isCurrent(state, attempt) || state.phase === 'ENDED') return unchanged(next);
  if (!failureRules[code].fallback) return endLine(next, attempt, ['SUPPRESSED', code], at);
  return nextRoute(next, attempt, reason, at);
}

/** Goes to the next route when the attempt is the one that its line waits for. */
export function leave(
  state: MessageState,
  attempt: Attempt,
  reason: FallbackReason,
  at: Surroundings,
): Step {
  if (!isCurrent(state, attempt) || state.phase === 'ENDED') return unchanged(state);
  return nextRoute(state, attempt, reason, at);
}

export function nextRoute(
  state: MessageState,
  left: Attempt,
  reason: FallbackReason,
  at: Surroundings,
): Step {
  const [route] = routesAfter(state, left.route);
  if (route !== undefined) return openAttempt(state, { left, route, reason }, at);
  // Where permission was lost on every route nothing was ever handed over.
  const handedOver = state.attempts.some((attempt) => attempt.startedAt !== null);
  if (reason === 'PERMISSION_LOST' && !handedOver) {
    return endLine(state, left, ['SUPPRESSED', reason], at);
  }
  const ranOut = reason === 'NO_RECEIPT_IN_WINDOW' || reason === 'EXPIRED_AT_PROVIDER';
  return endLine(state, left, [ranOut ? 'EXPIRED' : 'UNDELIVERABLE', reason], at);
}

/** On the line of the attempt that is left. */
export function openAttempt(
  state: MessageState,
  { left, route, reason }: { left: Attempt; route: Route; reason: FallbackReason },
  at: Surroundings,
): Step {
  const attempt = plannedAttempt(route, {
    id: at.newId(),
    number: state.attempts.length + 1,
    line: left.line,
    reason,
  });
  const done: readonly Effect[] = left.line === 1 ? [] : [{ kind: 'settle', ...taskOf(left) }];
  return {
    state: { ...state, attempts: [...state.attempts, attempt] },
    effects: [...done, queued(attempt, 0)],
  };
}

export const queued = (attempt: Attempt, delayMs: number): Effect => ({
  kind: 'queue',
  provider: attempt.route.provider,
  delayMs,
  ...taskOf(attempt),
});

/** To the next route whose provider is there, at once. Without one it waits for its own, if that comes back. */
export function goAround(
  state: MessageState,
  attempt: Attempt,
  { providers, forMs }: Unavailable,
  at: Surroundings,
): Step {
  const backAt = at.now + (forMs ?? Infinity);
  const delayMs = Math.max(0, Math.min(backAt, state.expiresAt) - at.now);
  const wait: Step = { state, effects: [queued(attempt, delayMs)] };
  if (attempt.state === 'SUBMITTING') {
    // The provider may have it already, so another route could double it. It is not repeated late, either.
    const late = backAt - (attempt.startedAt ?? at.now) > state.receiptWindowMs;
    return late ? lostAnswer(state, attempt) : wait;
  }
  const next = routesAfter(state, attempt.route).find(({ provider }) => !providers.has(provider));
  if (next === undefined && forMs !== null) return wait;
  const left = change(state, attempt, { state: attempt.startedAt === null ? 'SKIPPED' : 'FAILED' });
  return next === undefined
    ? endLine(left, attempt, ['UNDELIVERABLE', 'PROVIDER_UNAVAILABLE'], at)
    : openAttempt(left, { left: attempt, route: next, reason: 'PROVIDER_UNAVAILABLE' }, at);
}

/** The provider has it, or may have it: a receipt or the end of the window decides. */
export function waiting(state: MessageState, attempt: Attempt, at: Surroundings): Step {
  const delayMs = Math.max(0, receiptDeadline(state, attempt.route, at) - at.now);
  return waitFor(state, attempt, delayMs);
}

const waitFor = (state: MessageState, attempt: Attempt, delayMs: number): Step => ({
  state,
  effects: [{ kind: 'wait', delayMs, ...taskOf(attempt) }],
});

export function lostAnswer(state: MessageState, attempt: Attempt): Step {
  const unknown = change(state, attempt, { state: 'OUTCOME_UNKNOWN' });
  return waitFor(unknown, attempt, state.receiptWindowMs);
}

export function retryIn(
  attempt: Attempt,
  code: FailureCode,
  retryAfterMs: number | null,
  at: Surroundings,
): number | null {
  const route = { tries: attempt.tries, startedAt: attempt.startedAt ?? at.now };
  return retryDelayMs(at.policy, { code, retryAfterMs }, route, at);
}

/** Nothing more is tried on the attempt's line; with the last line the message ends. A line that ends without knowing
 *  whether the person has it waits for the others: until the message expires they may still deliver it, and then all that
 *  is left to know is whether a provider took it. */
export function endLine(
  state: MessageState,
  attempt: Attempt,
  [status, reason]: readonly [MessageStatus, string],
  at: Surroundings,
): Step {
  const open = besides(state, attempt).filter((other) => !isOver(other));
  if (open.length === 0) return end(state, attempt, status, reason);
  const mine = current(state, attempt.line);
  if (mine === null || isOver(mine)) return settled(state, attempt);
  const expired = at.now >= state.expiresAt;
  if (expired && open.every((other) => isUndecided(other, at))) {
    const taken = open.some((other) => other.state === 'SENT');
    return taken
      ? end(state, attempt, 'SENT', 'NO_FAILURE_REPORTED')
      : end(state, attempt, status, reason);
  }
  const delayMs = expired ? state.receiptWindowMs : state.expiresAt - at.now;
  return waitFor(state, attempt, delayMs);
}

/** Of one that is not over. */
function isUndecided({ state, route }: Attempt, { silent }: Surroundings): boolean {
  return state === 'OUTCOME_UNKNOWN' || (state === 'SENT' && silent.has(route.provider));
}

export function end(
  state: MessageState,
  attempt: Attempt,
  status: MessageStatus,
  reason: string,
): Step {
  return {
    state: { ...state, phase: 'ENDED' },
    effects: [
      { kind: 'settle', ...taskOf(attempt) },
      { kind: 'end', status, reason },
    ],
  };
}

/** An event that does not fit. */
export const unchanged = (state: MessageState): Step => ({ state, effects: [] });

/** Nothing is due any more for the attempt's task. */
export const settled = (state: MessageState, attempt: Attempt): Step => ({
  state,
  effects: [{ kind: 'settle', ...taskOf(attempt) }],
});
