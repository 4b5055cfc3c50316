// The life of a template version: which state may follow which, and which moves are given a reason.
import type { TemplateState } from '../../../schema/vocabulary.ts';
import { isStorable, NOT_STORABLE } from './template.ts';

const FOLLOWS: Readonly<Record<TemplateState, readonly TemplateState[]>> = {
  DRAFT: ['SUBMITTED'],
  SUBMITTED: ['APPROVED', 'REJECTED'],
  APPROVED: ['RETIRED'],
  REJECTED: [],
  RETIRED: [],
};

export function mayFollow(from: TemplateState, to: TemplateState): boolean {
  return FOLLOWS[from].includes(to);
}

const NEEDS_REASON: readonly TemplateState[] = ['REJECTED', 'RETIRED'];
const REASON_CHARACTERS_MAX = 1_000;

/** What is wrong with the reason given for a move; null when it can be written down. */
export function reasonProblem(to: TemplateState, reason: string | null): string | null {
  const words = reason?.trim() ?? '';
  if (words === '') return NEEDS_REASON.includes(to) ? `To be ${to} needs a reason.` : null;
  if (!isStorable(words)) return NOT_STORABLE;
  return words.length > REASON_CHARACTERS_MAX
    ? `It has at most ${REASON_CHARACTERS_MAX} characters.`
    : null;
}
