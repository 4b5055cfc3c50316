// What a consent management platform tells, in our words: who chose what and when, or why it cannot be read.
import type { ConsentAction, Regulation } from '../../../../schema/vocabulary.ts';
import { CHARACTERS_MAX, CLOCK_SKEW_MS, type CmpEvidence } from '../consent-record.ts';

/** Why an event is refused. Nothing of it is recorded, and the platform that sent it is told. */
export type CmpProblem =
  | 'MALFORMED'
  | 'IDENTIFIER_UNREADABLE'
  | 'PURPOSE_UNKNOWN'
  | 'REGULATION_UNKNOWN'
  | 'TIMES_CONTRADICT'
  | 'CHOICES_CONTRADICT';

export interface CmpRefusal {
  readonly problem: CmpProblem;
  /** Where in the body; never what stands there. */
  readonly path: string;
  readonly sentence: string;
}

/** One choice of the person. Times in milliseconds since 1970. */
export interface CmpChoice {
  /** The purpose, as the sender names it. */
  readonly code: string;
  readonly action: ConsentAction;
  /** Null: now. */
  readonly occurredAt: number | null;
  readonly expiresAt: number | null;
  readonly path: string;
}

export interface CmpEvent {
  /** The sender's own id of the event, where the body has one. */
  readonly id: string | null;
  readonly address: { readonly kind: 'PHONE' | 'EMAIL'; readonly text: string };
  readonly choices: readonly CmpChoice[];
  /** What the event itself says; null where the source's setting stands for it. */
  readonly regulation: Regulation | null;
  readonly jurisdiction: string | null;
  readonly policyVersion: string | null;
  readonly cmp: Omit<CmpEvidence, 'signature'>;
}

/** IGNORED: it is genuine and tells of no choice, such as a test. */
export type ReadCmpEvent = CmpEvent | CmpRefusal | 'IGNORED';

/** More choices than any form has. */
export const CHOICES_MAX = 100;

export const refusal = (problem: CmpProblem, path: string, sentence: string): CmpRefusal => ({
  problem,
  path,
  sentence,
});

export const isRefusal = <T>(read: T | CmpRefusal): read is CmpRefusal =>
  typeof read === 'object' && read !== null && 'problem' in read;

type Json = Readonly<Record<string, unknown>>;

export function objectIn(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : null;
}

export function listIn(value: unknown): readonly unknown[] | null {
  return Array.isArray(value) && value.length > 0 && value.length <= CHOICES_MAX ? value : null;
}

/** A text that is not empty and no longer than a column is meant for. */
export function textIn(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' && value.length <= CHARACTERS_MAX
    ? value
    : null;
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/;

/** Milliseconds since 1970. `unclear` is what is no time, or one without a zone: it may be 26 hours of difference. */
export function timeIn(value: unknown): number | null | 'unclear' {
  if (value === undefined || value === null) return null;
  const time = typeof value === 'string' && ISO.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? 'unclear' : time;
}

/** When a choice happened. A grant needs a time that can be believed; a withdrawal without one counts from now, since a
 *  person who took a consent back is not written to because somebody's clock is wrong. */
export function choiceTime(
  action: ConsentAction,
  given: number | null | 'unclear',
  { path, now }: { readonly path: string; readonly now: number },
): { readonly occurredAt: number | null } | CmpRefusal {
  const believed = given !== null && given !== 'unclear' && given <= now + CLOCK_SKEW_MS;
  if (believed) return { occurredAt: given };
  if (action === 'WITHDRAWN') return { occurredAt: null };
  const sentence =
    'A consent needs the time when it was given, with its zone, and not ahead of now.';
  return refusal('TIMES_CONTRADICT', path, sentence);
}

/** The kind of an identifier whose kind nobody names: a number begins with a plus, an email address has an at sign. */
export function addressIn(value: unknown): CmpEvent['address'] | null {
  const text = textIn(value)?.trim();
  if (text === undefined) return null;
  if (text.startsWith('+')) return { kind: 'PHONE', text };
  return text.includes('@') ? { kind: 'EMAIL', text } : null;
}

export const unreadableIdentifier = (path: string): CmpRefusal =>
  refusal(
    'IDENTIFIER_UNREADABLE',
    path,
    'The identifier is neither a phone number with its country code nor an email address.',
  );
