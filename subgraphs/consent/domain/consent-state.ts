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
 *  Of two equal actions the later one stands. Of a grant and a withdrawal the grant stands only if it is certainly the
 *  later one, whichever was recorded first: a person who takes a consent back is not written to because a server
 *  somewhere was two minutes fast, or because an old form arrives late. */
export function foldConsent<R extends Foldable>(state: R | null, next: R): R {
  if (state === null) return next;
  if (state.action === next.action) return happenedAt(next) > happenedAt(state) ? next : state;
  const [grant, withdrawal] = next.action === 'GRANTED' ? [next, state] : [state, next];
  return certainlyLater(grant, withdrawal) ? grant : withdrawal;
}

/** By our own clock, or by more than the clocks of two sources may differ. */
function certainlyLater(one: Foldable, other: Foldable): boolean {
  const happened = happenedAt(one);
  return happened > other.recordedAt || happened > happenedAt(other) + CLOCK_SKEW_MS;
}

/** A record from the future counts from when we learnt of it: it must not outlast a withdrawal that comes meanwhile. */
function happenedAt({ occurredAt, recordedAt }: Foldable): number {
  return Math.min(occurredAt, recordedAt);
}
