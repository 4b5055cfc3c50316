// The only source of time: passed in wherever a rule needs "now", so that tests own it.

/** Wall-clock time in milliseconds since 1970 (UTC). */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
