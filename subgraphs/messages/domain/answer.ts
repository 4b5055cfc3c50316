// What a provider's answer to a hand-over leads to, and what the lack of one does.
import { unreachable } from '../../../platform/assert.ts';
import type { FailureCode } from '../../../schema/vocabulary.ts';
import { failureRules } from './fallback.ts';
import {
  aboutOf,
  change,
  isCurrent,
  mayBeTaken,
  type Attempt,
  type MessageState,
} from './message-state.ts';
import {
  failed,
  lostAnswer,
  queued,
  retryIn,
  settled,
  unchanged,
  waiting,
  type Step,
  type Surroundings,
} from './step.ts';

export type Outcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly code: FailureCode; readonly retryAfterMs: number | null }
  | { readonly kind: 'unknown' };

/** Of the attempt that is being handed over. */
export function answered(
  state: MessageState,
  event: { attemptId: string; outcome: Outcome; repeatable: boolean },
  at: Surroundings,
): Step {
  const attempt = aboutOf(state, event.attemptId);
  // A receipt may overtake the answer: it knows more, so the answer changes nothing.
  if (attempt?.state !== 'SUBMITTING' || !isCurrent(state, attempt)) return unchanged(state);
  const { outcome } = event;
  if (state.phase === 'ENDED') return answeredLate(state, attempt, outcome);
  switch (outcome.kind) {
    case 'accepted':
      return waiting(change(state, attempt, { state: 'SENT' }), attempt, at);
    case 'unknown': {
      const delayMs = event.repeatable ? retryIn(attempt, 'PROVIDER_FAULT', null, at) : null;
      if (delayMs === null) return lostAnswer(state, attempt);
      // It stays SUBMITTING: the same attempt id is handed over again, and the provider takes it once.
      return { state, effects: [queued(attempt, delayMs)] };
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
    effects: [queued(attempt, delayMs)],
  };
}

/** As if it had not been claimed: it is claimed again, and consent is asked again. */
export function withheld(state: MessageState, attemptId: string): Step {
  const attempt = aboutOf(state, attemptId);
  if (attempt?.state !== 'SUBMITTING' || !isCurrent(state, attempt)) return unchanged(state);
  const taken = mayBeTaken(attempt);
  if (state.phase === 'ENDED') {
    const left = taken ? 'OUTCOME_UNKNOWN' : 'SKIPPED';
    return settled(change(state, attempt, { state: left }), attempt);
  }
  const tries = attempt.tries - 1;
  const before = change(state, attempt, {
    state: taken ? 'SUBMITTING' : 'PLANNED',
    tries,
    startedAt: tries === 0 ? null : attempt.startedAt,
  });
  return { state: before, effects: [queued(attempt, 0)] };
}

/** Another line has delivered the message meanwhile: what came of this one is kept, and nothing more is tried. */
function answeredLate(state: MessageState, attempt: Attempt, outcome: Outcome): Step {
  const keep = (to: Partial<Attempt>): Step => settled(change(state, attempt, to), attempt);
  switch (outcome.kind) {
    case 'accepted':
      return keep({ state: 'SENT' });
    case 'refused': {
      const uncertain = mayBeTaken(attempt) && failureRules[outcome.code].retry !== 'never';
      if (uncertain) return keep({ state: 'OUTCOME_UNKNOWN' });
      return keep({ state: 'FAILED', failureCode: outcome.code });
    }
    case 'unknown':
      return keep({ state: 'OUTCOME_UNKNOWN' });
    default:
      return unreachable(outcome);
  }
}
