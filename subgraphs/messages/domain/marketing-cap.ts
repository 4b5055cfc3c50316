// How much marketing a person may get: over all channels, in any span of a day or a week, and not by the calendar.

export interface MarketingCap {
  /** Null: as much as there is. */
  readonly perDay: number | null;
  readonly perWeek: number | null;
}

export const DAY_MS = 86_400_000;
export const WEEK_MS = 7 * DAY_MS;

/** Whether one more at `at` would be too many. moments: when the others were, or are to be, sent, in any order and in
 *  milliseconds since 1970; those more than a week away do not matter. */
export function isOverCap(
  { perDay, perWeek }: MarketingCap,
  moments: readonly number[],
  at: number,
): boolean {
  return isFull(perDay, DAY_MS, moments, at) || isFull(perWeek, WEEK_MS, moments, at);
}

function isFull(
  max: number | null,
  spanMs: number,
  moments: readonly number[],
  at: number,
): boolean {
  if (max === null) return false;
  const near = [...moments, at]
    .filter((moment) => Math.abs(moment - at) < spanMs)
    .sort((a, b) => a - b);
  return near.some((first, index) => (near[index + max] ?? Infinity) - first < spanMs);
}
