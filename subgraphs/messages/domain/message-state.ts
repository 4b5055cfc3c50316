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
  /** From 1: the line that it belongs to. A message that goes one way at a time has one. */
  readonly line: number;
  readonly route: Route;
  readonly state: AttemptState;
  readonly tries: number;
  /** When it was first handed over; null before. Milliseconds since 1970. */
  readonly startedAt: number | null;
  readonly failureCode: FailureCode | null;
  /** Why the route before it was left; null for the first. */
  readonly fallbackReason: FallbackReason | null;
}

/** Attempts stand on lines: what goes at once. Each line goes its own way through the plan, and takes no route that
 *  another one took. ENDED: nothing more will be tried. Receipts are still folded. */
export interface MessageState {
  readonly phase: 'ACTIVE' | 'ENDED';
  readonly plan: readonly Route[];
  readonly attempts: readonly Attempt[];
  readonly expiresAt: number;
  readonly receiptWindowMs: number;
  readonly uncertainOutcome: UncertainOutcome;
}

/** The first attempt of each line of a new message, in the state in which they are stored. */
export function firstAttempts(
  plan: readonly Route[],
  lineCount: number,
  newId: () => string,
): Attempt[] {
  return plan.slice(0, lineCount).map((route, index) => {
    return plannedAttempt(route, { id: newId(), number: index + 1, line: index + 1, reason: null });
  });
}

/** The routes that are left to a line after one of its own, best first: those that no line has taken. */
export function routesAfter({ plan, attempts }: MessageState, route: Route): readonly Route[] {
  const place = plan.findIndex((other) => sameRoute(other, route));
  return plan
    .slice(place + 1)
    .filter((other) => !attempts.some((attempt) => sameRoute(attempt.route, other)));
}

/** Until when a receipt is waited for. The last route may take as long as the message is good for, and so may one whose
 *  provider does not report every delivery: its silence is no reason to send again. */
export function receiptDeadline(
  state: MessageState,
  route: Route,
  { now, silent }: { readonly now: number; readonly silent: ReadonlySet<string> },
): number {
  const waits = routesAfter(state, route).length === 0 || silent.has(route.provider);
  return waits ? state.expiresAt : Math.min(now + state.receiptWindowMs, state.expiresAt);
}

/** The attempt that a line waits for: its last one. */
export function current(state: Pick<MessageState, 'attempts'>, line = 1): Attempt | null {
  return state.attempts.findLast((attempt) => attempt.line === line) ?? null;
}

/** The attempt that an event is about; that of the first line where it does not say. */
export function aboutOf(
  state: Pick<MessageState, 'attempts'>,
  attemptId: string | undefined,
): Attempt | null {
  if (attemptId === undefined) return current(state);
  return state.attempts.find(({ id }) => id === attemptId) ?? null;
}

/** Whether its line waits for it. */
export function isCurrent(state: Pick<MessageState, 'attempts'>, attempt: Attempt): boolean {
  return current(state, attempt.line)?.id === attempt.id;
}

/** The current attempts of all lines but its own. */
export function besides(state: MessageState, attempt: Attempt): readonly Attempt[] {
  return state.attempts.filter((other) => other.line !== attempt.line && isCurrent(state, other));
}

/** Whether nothing more comes of a line whose current attempt this is. One that is SENT, or whose outcome nobody knows,
 *  may still be reported on. */
export function isOver({ state }: Attempt): boolean {
  return !['PLANNED', 'SUBMITTING', 'SENT', 'OUTCOME_UNKNOWN'].includes(state);
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

/** What is not yet handed over stays so. */
export function skipPlanned(state: MessageState): MessageState {
  const planned = state.attempts.filter((attempt) => attempt.state === 'PLANNED');
  return planned.reduce((next, attempt) => change(next, attempt, { state: 'SKIPPED' }), state);
}

export function plannedAttempt(
  route: Route,
  as: { id: string; number: number; line: number; reason: FallbackReason | null },
): Attempt {
  return {
    id: as.id,
    number: as.number,
    line: as.line,
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

/** Which task an effect is about: the message's own drives the first line; each attempt of another line has one of its
 *  own, which nobody but its holder changes. */
export type TaskOfAttempt = {
  /** The attempt's number; left out: the message's own. */
  readonly task?: number;
};

export const taskOf = ({ line, number }: Attempt): TaskOfAttempt =>
  line === 1 ? {} : { task: number };
