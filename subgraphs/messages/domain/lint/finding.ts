// What the lint says about a template: which rule, where, how grave, and by whose word.
import type { LintSeverity } from '../../../../schema/vocabulary-templates.ts';
import type { Template } from '../template.ts';

/** In UTF-16 units, as JavaScript counts. */
export interface TextPosition {
  readonly offset: number;
  readonly length: number;
}

export interface LintFinding {
  readonly rule: string;
  readonly severity: LintSeverity;
  /** Null where it is about the template as a whole. */
  readonly locale: string | null;
  /** The path into the template, from the outside in. */
  readonly path: readonly string[];
  /** Null where it is about the whole text, or about no text. */
  readonly position: TextPosition | null;
  readonly sentence: string;
  /** The law, the carriers' rule or the decision that it follows from. */
  readonly source: string;
}

/** A finding before it is known by whose rule; `source` where it differs from the rule's own. */
export type Breach = Omit<LintFinding, 'rule' | 'source'> & { readonly source?: string };

export interface LintRule {
  readonly id: string;
  readonly source: string;
  readonly find: (template: Template) => readonly Breach[];
}
