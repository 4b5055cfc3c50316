// What an HTTP wire answers to a step of a script, in its own words.
import type { FailureCode } from '../schema/vocabulary.ts';
import type { SubmitStep } from './profile.ts';
import type { Answer, Reply } from './server.ts';

export interface Refusals {
  byStatus(status: number): Answer;
  /** Null for a failure that is told later, or not at all. */
  byCode(code: FailureCode): Answer | null;
}

/** Null for a step that lets the message through. */
export function stepReply(step: SubmitStep, refusals: Refusals): Reply | null {
  switch (step.kind) {
    case 'ok':
    case 'cut-after':
    case 'hang-after':
      return null;
    case 'cut':
    case 'hang':
      return step.kind;
    case 'status': {
      const answer = refusals.byStatus(step.status);
      if (step.retryAfter === null) return answer;
      return { ...answer, headers: { 'retry-after': step.retryAfter } };
    }
    case 'fail':
      return refusals.byCode(step.code);
  }
}
