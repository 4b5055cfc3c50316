// The life of a template version: which state may follow which.
import type { TemplateState } from '../../../schema/vocabulary.ts';

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
