// What each canonical failure means for the route and for the message.
import type { FailureCode } from '../../../schema/vocabulary.ts';
import type { Policy } from './policy.ts';

interface FailureRule {
  /** Whether the same route may be tried again. */
  readonly retry: 'never' | 'once' | 'in-window';
  /** Whether another route may be tried. An opt-out at the carrier is a refusal of the person, not of the route. */
  readonly fallback: boolean;
}

export const failureRules: Readonly<Record<FailureCode, FailureRule>> = {
  INVALID_RECIPIENT: { retry: 'never', fallback: true },
  UNSUPPORTED: { retry: 'never', fallback: true },
  UNREACHABLE: { retry: 'in-window', fallback: true },
  OPTED_OUT: { retry: 'never', fallback: false },
  BLOCKED: { retry: 'never', fallback: true },
  INVALID_CONTENT: { retry: 'never', fallback: true },
  SENDER_REJECTED: { retry: 'never', fallback: true },
  AUTH: { retry: 'never', fallback: true },
  THROTTLED: { retry: 'in-window', fallback: true },
  EXPIRED: { retry: 'never', fallback: true },
  PROVIDER_FAULT: { retry: 'in-window', fallback: true },
  UNKNOWN: { retry: 'once', fallback: true },
};

/** Milliseconds to wait before the next try on the same route, or null when the route is given up.
 *  tries: made so far, at least 1. random: 0..1, so that many messages do not come back at once. */
export function retryDelayMs(
  policy: Policy,
  failure: { code: FailureCode; retryAfterMs: number | null },
  route: { tries: number; startedAt: number },
  at: { now: number; random: number },
): number | null {
  const { retry } = failureRules[failure.code];
  const triesMax = retry === 'never' ? 1 : retry === 'once' ? 2 : policy.triesMax;
  if (route.tries >= triesMax) return null;
  const { baseMs, capMs } = policy.backoff;
  const ceiling = Math.min(capMs, baseMs * 2 ** route.tries);
  const delayMs = failure.retryAfterMs ?? Math.ceil(ceiling * (0.5 + at.random / 2));
  return at.now + delayMs - route.startedAt > policy.routeWindowMs ? null : delayMs;
}
