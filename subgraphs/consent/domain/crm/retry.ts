// What an answer of a tenant's own system means, when a refused record is told again, and how long a silent system is let be.

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** After the first try, the second, and so on: ten tries in a little more than three days.
 *  Source: Standard Webhooks, "Deliverability and reliability". */
const RETRY_AFTER_MS: readonly number[] = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
];

/** Up to a tenth earlier or later, so that what failed together does not come back together. */
const JITTER = 0.1;

const PAUSE_MS = SECOND_MS;
const PAUSE_MAX_MS = 5 * MINUTE_MS;

/** What came of telling one record. */
export type CrmOutcome =
  | { readonly kind: 'taken' }
  | {
      readonly kind: 'refused';
      /** Null: no answer came. */
      readonly status: number | null;
      /** A sentence of ours, without the address and without a word of the answer. */
      readonly problem: string;
      /** How long the system asks to be let be. */
      readonly retryAfterMs: number | null;
      /** It says that it is no longer there, and shall not be asked again. */
      readonly gone: boolean;
    };

/** 2xx is taken; a redirect is not, since it is not followed. */
export function outcomeOf(status: number, retryAfterMs: number | null): CrmOutcome {
  if (status >= 200 && status < 300) return { kind: 'taken' };
  const problem = `It answered ${status}.`;
  return { kind: 'refused', status, problem, retryAfterMs, gone: status === 410 };
}

/** Milliseconds until a record is told again; null when it was tried as often as it is. tries: those that failed, from 1.
 *  random: from 0 to 1, without 1. */
export function retryDelayMs(tries: number, random: number): number | null {
  const delayMs = RETRY_AFTER_MS[tries - 1];
  return delayMs === undefined ? null : jittered(delayMs, random);
}

/** Milliseconds for which a system that took nothing is let be: 1 s, doubled with each failure, at most five minutes. Its
 *  news wait in the log meanwhile. failures: in a row, from 1. */
export function pauseMs(failures: number, random: number): number {
  return jittered(Math.min(PAUSE_MS * 2 ** (failures - 1), PAUSE_MAX_MS), random);
}

const jittered = (ms: number, random: number): number =>
  Math.round(ms * (1 - JITTER + 2 * JITTER * random));
