// The state of a message and its attempts, and how it is read and changed. Values, never rows.
import type {
  AttemptState,
  Channel,
  FailureCode,
  FallbackReason,
  Protection,
  UncertainOutcome,
} from '../../../schema/vocabulary.ts';

export interface Route {
  readonly channel: Channel;
  readonly protection: Protection;
  readonly provider: string;
}

export interface Attempt {
  /** UUID: the provider's idempotency key wherever it takes one. */
  readonly id: string;
  /** From 1. */
  readonly number: number;
  readonly route: Route;
  readonly state: AttemptState;
  readonly tries: number;
  /** When it was first handed over; null before. Milliseconds since 1970. */
  readonly startedAt: number | null;
  readonly failureCode: FailureCode | null;
  /** Why the route before it was left; null for the first. */
  readonly fallbackReason: FallbackReason | null;
}

/** ENDED: nothing more will be tried. Receipts are still folded. */
export interface MessageState {
  readonly phase: 'ACTIVE' | 'ENDED';
  readonly plan: readonly Route[];
  readonly attempts: readonly Attempt[];
  readonly expiresAt: number;
  readonly receiptWindowMs: number;
  readonly uncertainOutcome: UncertainOutcome;
}

/** The first attempt of a new message, in the state in which it is stored. */
export function firstAttempt(plan: readonly Route[], id: string): Attempt | null {
  const [route] = plan;
  return route === undefined ? null : plannedAttempt(route, { id, number: 1, reason: null });
}

/** Until when a receipt is waited for. The last route may take as long as the message is good for, and so may one whose
 *  provider does not report every delivery: its silence is no reason to send again. */
export function receiptDeadline(
  state: MessageState,
  route: Route,
  { now, silent }: { readonly now: number; readonly silent: ReadonlySet<string> },
): number {
  const place = state.plan.findIndex((other) => sameRoute(other, route));
  const isLast = place === state.plan.length - 1;
  const waits = isLast || silent.has(route.provider);
  return waits ? state.expiresAt : Math.min(now + state.receiptWindowMs, state.expiresAt);
}

/** The attempt that the message waits for: the last one. */
export function current(state: MessageState): Attempt | null {
  return state.attempts.at(-1) ?? null;
}

/** Whether a provider may still report its end. */
export function isOpen(attempt: Attempt): boolean {
  return ['SUBMITTING', 'SENT', 'OUTCOME_UNKNOWN'].includes(attempt.state);
}

/** Whether the provider may have the attempt under way from an earlier try: one that it refused left its code, one whose
 *  answer was lost left none. */
export function mayBeTaken(attempt: Attempt): boolean {
  return attempt.tries > 1 && attempt.failureCode === null;
}

/** The same state with one attempt changed; all others keep their identity. */
export function change(state: MessageState, attempt: Attempt, to: Partial<Attempt>): MessageState {
  const attempts = state.attempts.map((known) =>
    known.id === attempt.id ? { ...known, ...to } : known,
  );
  return { ...state, attempts };
}

export function plannedAttempt(
  route: Route,
  as: { id: string; number: number; reason: FallbackReason | null },
): Attempt {
  return {
    id: as.id,
    number: as.number,
    route,
    state: 'PLANNED',
    tries: 0,
    startedAt: null,
    failureCode: null,
    fallbackReason: as.reason,
  };
}

export const sameRoute = (a: Route, b: Route): boolean =>
  a.channel === b.channel && a.protection === b.protection && a.provider === b.provider;
