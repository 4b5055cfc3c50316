// When a message is to be sent: a moment, or a time of day where the recipient lives.

/** A moment in milliseconds since 1970, or a local time such as `2026-11-22T09:00` in the recipient's time zone. */
export type SendTime =
  | { readonly kind: 'moment'; readonly at: number }
  | { readonly kind: 'local'; readonly time: string };

/** How far ahead a message may be scheduled. */
export const SCHEDULE_MS_MAX = 30 * 86_400_000;

const LOCAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;
const DAY_MS = 86_400_000;

/** Whether a text is a local time that exists in the calendar. */
export function isLocalTime(text: string): boolean {
  const fields = LOCAL.test(text) ? Date.parse(`${text}Z`) : Number.NaN;
  return !Number.isNaN(fields) && new Date(fields).toISOString().startsWith(text);
}

/** The moment, in milliseconds since 1970; null for a local time where the time zone is not known. A time that a change of
 *  the clock leaves out is as much later; one that comes twice is the first (RFC 5545 section 3.3.5). */
export function momentOf(time: SendTime, timeZone: string | null): number | null {
  if (time.kind === 'moment') return time.at;
  if (timeZone === null) return null;
  const fields = Date.parse(`${time.time}Z`);
  const moments = [fields - DAY_MS, fields + DAY_MS].map(
    (around) => fields - offsetAt(around, timeZone),
  );
  const shown = moments.filter((moment) => moment + offsetAt(moment, timeZone) === fields);
  return shown.length > 0 ? Math.min(...shown) : Math.max(...moments);
}

/** How far the zone's clocks are ahead of UTC, in milliseconds. */
function offsetAt(moment: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(moment);
  const field = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  const [year, month, day] = [field('year'), field('month'), field('day')];
  const local = Date.UTC(year, month - 1, day, field('hour'), field('minute'), field('second'));
  return local - Math.floor(moment / 1_000) * 1_000;
}
