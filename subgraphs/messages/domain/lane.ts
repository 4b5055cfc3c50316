// A provider's lane: how much of it may be handed over now, and what the provider's answers make of it. Pure.
import { unreachable } from '../../../platform/assert.ts';
import type { Outcome } from './answer.ts';

/** What all workers know of one provider together. Times in milliseconds since 1970, on the database's clock. */
export interface Lane {
  /** Left at `refilledAt`. Null: none was ever taken. */
  readonly tokens: number | null;
  readonly refilledAt: number;
  /** Faults of the provider since it last answered. */
  readonly failures: number;
  /** Times the breaker opened since then. */
  readonly openings: number;
  /** The breaker is open until then, and half open after. Null: it is closed. */
  readonly openUntil: number | null;
  /** The one attempt that a half-open lane lets through is under way until then at the longest. */
  readonly probingUntil: number | null;
  /** The provider asked to be left alone until then. */
  readonly pausedUntil: number | null;
}

/** Messages that a provider takes. `burst`: at once, after a rest. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export const newLane: Lane = {
  tokens: null,
  refilledAt: 0,
  failures: 0,
  openings: 0,
  openUntil: null,
  probingUntil: null,
  pausedUntil: null,
};

/** Faults in a row that open the breaker. */
const FAULTS_MAX = 5;
/** How long it stays open the first time; each time without an answer between doubles it, up to the most. */
const OPEN_MS = 10_000;
const OPEN_MAX_MS = 300_000;
/** A pause where the provider says that it is asked too often, but not for how long. */
const PAUSE_MS = 1_000;
const PAUSE_MAX_MS = 300_000;
/** Tokens are waited for that long at the least, where the bucket holds so many: a claim of one costs as much as of ten. */
const REFILL_MS = 50;

export type Admission =
  /** As many may be handed over. `probe`: the one that decides whether the breaker closes. */
  | { readonly kind: 'serve'; readonly limit: number; readonly probe: boolean }
  /** None now; those that are due wait. */
  | { readonly kind: 'wait'; readonly ms: number }
  /** None now; those that are due go another way where there is one. */
  | { readonly kind: 'divert'; readonly ms: number };

/** What the lane lets through of `limit`. */
export function admit(lane: Lane, rate: Rate | null, limit: number, now: number): Admission {
  const { openUntil, probingUntil, pausedUntil } = lane;
  if (openUntil !== null && now < openUntil) return { kind: 'divert', ms: openUntil - now };
  const heldUntil = Math.max(pausedUntil ?? 0, probingUntil ?? 0);
  if (now < heldUntil) return { kind: 'wait', ms: heldUntil - now };
  const probe = openUntil !== null;
  const wanted = probe ? 1 : limit;
  if (rate === null) return { kind: 'serve', limit: wanted, probe };
  const tokens = Math.floor(tokensOf(lane, rate, now));
  if (tokens < 1) return { kind: 'wait', ms: refillMs(lane, rate, now) };
  return { kind: 'serve', limit: Math.min(wanted, tokens), probe };
}

/** Milliseconds until the next tokens are there. */
export function refillMs(lane: Lane, rate: Rate, now: number): number {
  const batch = Math.max(1, Math.min(rate.burst, (rate.perSecond * REFILL_MS) / 1_000));
  const missing = batch - tokensOf(lane, rate, now);
  return Math.max(1, Math.ceil((missing / rate.perSecond) * 1_000));
}

/** Some were taken to be handed over. `leaseMs`: how long the worker that took them may be at it. */
export function afterClaim(
  lane: Lane,
  rate: Rate | null,
  claim: { taken: number; leaseMs: number },
  now: number,
): Lane {
  return {
    ...lane,
    tokens: rate === null ? lane.tokens : tokensOf(lane, rate, now) - claim.taken,
    refilledAt: Math.max(now, lane.refilledAt),
    probingUntil: lane.openUntil === null ? null : now + claim.leaseMs,
  };
}

/** What an answer of the provider, or none, makes of its lane. */
export function afterOutcome(lane: Lane, outcome: Outcome, now: number): Lane {
  const paused = { ...lane, pausedUntil: pausedUntil(lane, outcome, now) };
  // Handed over before the breaker opened: it tells nothing new.
  if (lane.openUntil !== null && now < lane.openUntil) return paused;
  const verdict = verdictOn(outcome);
  if (verdict === 'works') {
    return { ...paused, failures: 0, openings: 0, openUntil: null, probingUntil: null };
  }
  // A half-open lane lets another one through after the pause.
  if (verdict === 'busy') return { ...paused, probingUntil: null };
  const failures = lane.failures + 1;
  if (lane.openUntil === null && failures < FAULTS_MAX) return { ...paused, failures };
  const openMs = Math.min(OPEN_MS * 2 ** lane.openings, OPEN_MAX_MS);
  const openings = lane.openings + 1;
  return { ...paused, failures, openings, openUntil: now + openMs, probingUntil: null };
}

/** Whether nothing is counted against the provider. */
export function isWell({ failures, openUntil }: Lane): boolean {
  return failures === 0 && openUntil === null;
}

/** Whether such an answer leaves a lane that is well as it is. */
export function isUnremarkable(outcome: Outcome): boolean {
  return verdictOn(outcome) === 'works';
}

/** A refusal in the provider's own words shows that it works, also where it refuses everything; one because of too much
 *  at once shows nothing. */
function verdictOn(outcome: Outcome): 'works' | 'busy' | 'fails' {
  switch (outcome.kind) {
    case 'accepted':
      return 'works';
    case 'unknown':
      return 'fails';
    case 'refused':
      if (outcome.code === 'PROVIDER_FAULT') return 'fails';
      return outcome.code === 'THROTTLED' ? 'busy' : 'works';
    default:
      return unreachable(outcome);
  }
}

/** Never shortened: the latest answer need not be the last that was given. */
function pausedUntil(lane: Lane, outcome: Outcome, now: number): number | null {
  const pauseMs = pauseMsOf(outcome);
  return pauseMs === 0 ? lane.pausedUntil : Math.max(lane.pausedUntil ?? 0, now + pauseMs);
}

function pauseMsOf(outcome: Outcome): number {
  if (outcome.kind !== 'refused') return 0;
  const { code, retryAfterMs } = outcome;
  if (code !== 'THROTTLED' && code !== 'PROVIDER_FAULT') return 0;
  const asked = retryAfterMs ?? (code === 'THROTTLED' ? PAUSE_MS : 0);
  return Math.min(Math.max(0, asked), PAUSE_MAX_MS);
}

/** What is in the bucket. The clock may be a little behind that of the worker before: time never runs back here. */
export function tokensOf(lane: Lane, { perSecond, burst }: Rate, now: number): number {
  if (lane.tokens === null) return burst;
  const refilled = (Math.max(0, now - lane.refilledAt) / 1_000) * perSecond;
  return Math.min(burst, lane.tokens + refilled);
}
