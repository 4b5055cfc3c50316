// Expected refusals of the verbs of messages: data, not exceptions.
import type { UserErrorCode } from '../../schema/error-codes.ts';
import type { Decision } from './domain/decision.ts';
import type { LintFinding } from './domain/lint/finding.ts';
import type { Finding } from './domain/template.ts';

export interface Refusal {
  readonly code: UserErrorCode;
  /** The input field that it is about, from the outside in. */
  readonly path: readonly string[];
  readonly sentence: string;
  /** What was weighed, where no route was left. */
  readonly decision?: Decision;
  /** Where it is only for now. */
  readonly retryAfterSeconds?: number;
  /** What the lint found, where it kept a template back. */
  readonly findings?: readonly LintFinding[];
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusals: readonly Refusal[] };

export const refuse = (
  refusals: readonly Refusal[],
): { ok: false; refusals: readonly Refusal[] } => ({
  ok: false,
  refusals,
});

export const refuseOne = (
  code: UserErrorCode,
  path: readonly string[],
  sentence: string,
): { ok: false; refusals: readonly Refusal[] } => refuse([{ code, path, sentence }]);

/** One refusal for each finding about the input field `at`. */
export const refusalsOf = (
  code: UserErrorCode,
  at: string,
  findings: readonly Finding[],
): Refusal[] => findings.map(({ path, sentence }) => ({ code, path: [at, ...path], sentence }));
