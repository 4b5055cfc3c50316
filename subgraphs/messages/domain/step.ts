// The steps that a message's life is made of: what leads to the next route, to waiting, or to the end.
import type { FailureCode, FallbackReason, MessageStatus } from '../../../schema/vocabulary.ts';
import { failureRules, retryDelayMs } from './fallback.ts';
import {
  change,
  current,
  plannedAttempt,
  receiptDeadline,
  sameRoute,
  type Attempt,
  type MessageState,
  type Route,
} from './message-state.ts';
import type { Policy } from './policy.ts';

export type Effect =
  | { readonly kind: 'submit'; readonly attemptId: string }
  | { readonly kind: 'queue'; readonly provider: string; readonly delayMs: number }
  | { readonly kind: 'wait'; readonly delayMs: number }
  /** Nothing is due any more. */
  | { readonly kind: 'settle' }
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
  if (attempt !== current(state) || state.phase === 'ENDED') return { state: next, effects: [] };
  if (!failureRules[code].fallback) return end(next, 'SUPPRESSED', code);
  return nextRoute(next, attempt, reason, at);
}

/** Goes to the next route when the attempt is the one that the message waits for. */
export function leave(
  state: MessageState,
  attempt: Attempt,
  reason: FallbackReason,
  at: Surroundings,
): Step {
  const isCurrent = current(state)?.number === attempt.number;
  if (!isCurrent || state.phase === 'ENDED') return { state, effects: [] };
  return nextRoute(state, attempt, reason, at);
}

export function nextRoute(
  state: MessageState,
  left: Attempt,
  reason: FallbackReason,
  at: Surroundings,
): Step {
  const place = state.plan.findIndex((route) => sameRoute(route, left.route));
  const route = state.plan[place + 1];
  if (route !== undefined) return openAttempt(state, route, reason, at);
  // Where permission was lost on every route nothing was ever handed over.
  const handedOver = state.attempts.some((attempt) => attempt.startedAt !== null);
  if (reason === 'PERMISSION_LOST' && !handedOver) return end(state, 'SUPPRESSED', reason);
  const ranOut = reason === 'NO_RECEIPT_IN_WINDOW' || reason === 'EXPIRED_AT_PROVIDER';
  return end(state, ranOut ? 'EXPIRED' : 'UNDELIVERABLE', reason);
}

export function openAttempt(
  state: MessageState,
  route: Route,
  reason: FallbackReason,
  at: Surroundings,
): Step {
  const attempt = plannedAttempt(route, {
    id: at.newId(),
    number: state.attempts.length + 1,
    reason,
  });
  return {
    state: { ...state, attempts: [...state.attempts, attempt] },
    effects: [{ kind: 'queue', provider: route.provider, delayMs: 0 }],
  };
}

/** To the next route whose provider is there, at once. Without one it waits for its own, if that comes back. */
export function goAround(
  state: MessageState,
  attempt: Attempt,
  { providers, forMs }: Unavailable,
  at: Surroundings,
): Step {
  const backAt = at.now + (forMs ?? Infinity);
  const delayMs = Math.max(0, Math.min(backAt, state.expiresAt) - at.now);
  const wait: Step = {
    state,
    effects: [{ kind: 'queue', provider: attempt.route.provider, delayMs }],
  };
  if (attempt.state === 'SUBMITTING') {
    // The provider may have it already, so another route could double it. It is not repeated late, either.
    const late = backAt - (attempt.startedAt ?? at.now) > state.receiptWindowMs;
    return late ? lostAnswer(state, attempt) : wait;
  }
  const place = state.plan.findIndex((route) => sameRoute(route, attempt.route));
  const next = state.plan.slice(place + 1).find(({ provider }) => !providers.has(provider));
  if (next === undefined && forMs !== null) return wait;
  const left = change(state, attempt, { state: attempt.startedAt === null ? 'SKIPPED' : 'FAILED' });
  return next === undefined
    ? end(left, 'UNDELIVERABLE', 'PROVIDER_UNAVAILABLE')
    : openAttempt(left, next, 'PROVIDER_UNAVAILABLE', at);
}

/** The provider has it, or may have it: a receipt or the end of the window decides. */
export function waiting(state: MessageState, attempt: Attempt, at: Surroundings): Step {
  const delayMs = Math.max(0, receiptDeadline(state, attempt.route, at) - at.now);
  return { state, effects: [{ kind: 'wait', delayMs }] };
}

export function lostAnswer(state: MessageState, attempt: Attempt): Step {
  return {
    state: change(state, attempt, { state: 'OUTCOME_UNKNOWN' }),
    effects: [{ kind: 'wait', delayMs: state.receiptWindowMs }],
  };
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

export function end(state: MessageState, status: MessageStatus, reason: string): Step {
  return {
    state: { ...state, phase: 'ENDED' },
    effects: [{ kind: 'settle' }, { kind: 'end', status, reason }],
  };
}

/** An event that does not fit. */
export const unchanged = (state: MessageState): Step => ({ state, effects: [] });

/** Nothing is due any more, and nothing changed. */
export const settled = (state: MessageState): Step => ({ state, effects: [{ kind: 'settle' }] });
