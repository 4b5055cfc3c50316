// The state of a consent is a fold over its records. When they contradict each other, the withdrawal wins.
import type { ConsentAction } from '../../../schema/vocabulary.ts';
import { CLOCK_SKEW_MS } from './consent-record.ts';

/** What the fold looks at; a record carries more. Times in milliseconds since 1970. */
export interface Foldable {
  readonly action: ConsentAction;
  /** When it happened, by the clock of whoever told us. */
  readonly occurredAt: number;
  /** When we learnt of it, by ours. */
  readonly recordedAt: number;
}

/** The record that stands after `next`, which was recorded after `state`. Null state: there was none.
 *
 *  The later one wins. Where our clock and the source's disagree about which one that is, within what their clocks may
 *  differ, nobody knows, and the withdrawal wins: a person who takes a consent back is not written to because a server
 *  somewhere was two minutes fast. */
export function foldConsent<R extends Foldable>(state: R | null, next: R): R {
  if (state === null) return next;
  const stood = happenedAt(state);
  const happened = happenedAt(next);
  if (state.action === next.action) return happened > stood ? next : state;
  if (next.action === 'WITHDRAWN') return happened >= stood - CLOCK_SKEW_MS ? next : state;
  return happened > stood ? next : state;
}

/** A record from the future counts from when we learnt of it: it must not outlast a withdrawal that comes meanwhile. */
function happenedAt({ occurredAt, recordedAt }: Foldable): number {
  return Math.min(occurredAt, recordedAt);
}
