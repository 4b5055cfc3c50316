// When marketing may reach a person next: by the rules of the region, the tenant's own, and the person's wish, on local clocks.
import { Weekday } from '../../../schema/vocabulary-people.ts';
import { openIn, type DaySpan, type RegionHours } from './marketing-hours.ts';
import { zonesOf } from './time-zones.ts';

/** Times at which a person wants to be left alone: a span that ends before it begins ends on the next day. */
export type QuietHours = DaySpan;

/** Where a person is, as far as it is known. */
export interface Whereabouts {
  /** IANA name. */
  readonly timeZone: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly region: string | null;
  /** In that time zone. */
  readonly quietHours: QuietHours | null;
}

const DAYS = Object.values(Weekday);
const DAY_MINUTES = 24 * 60;
const WEEK_MINUTES = 7 * DAY_MINUTES;
const MINUTE_MS = 60_000;
/** Each round waits for the zone that opens last; two that never meet go round and round. */
const ROUNDS_MAX = 64;

/** The first moment at or after `at` when marketing may be sent; null: there is none, or nobody knows what time it is for
 *  the person. An explicit zone wins; without one it has to be the hour in every zone of the region.
 *  `own`: narrower hours of the tenant's. at: milliseconds since 1970. */
export function openFrom(
  person: Whereabouts,
  own: readonly RegionHours[],
  at: number,
): number | null {
  const zones = person.timeZone === null ? zonesOf(person.region) : [person.timeZone];
  if (zones.length === 0) return null;
  const spans = [
    openIn(person.region),
    ...own.filter(({ region }) => region === person.region).map((hours) => hours.open),
  ].map((days) => days.flatMap(minutesOf));
  const quiet = person.quietHours === null ? [] : minutesOf(person.quietHours);
  const isOpen = (minute: number): boolean =>
    spans.every((open) => open.some((span) => holds(span, minute))) &&
    !quiet.some((span) => holds(span, minute));
  // It opens where a span begins, or where the quiet hours end.
  const edges = [...spans.flat().map(({ from }) => from), ...quiet.map(({ to }) => to)]
    .map((minute) => minute % WEEK_MINUTES)
    .filter(isOpen);
  let moment = at;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const waits = zones.map((zone) => {
      const minute = minuteOfWeek(zone, moment);
      if (isOpen(minute)) return 0;
      return Math.min(...edges.map((edge) => (edge - minute + WEEK_MINUTES) % WEEK_MINUTES));
    });
    const wait = Math.max(...waits);
    if (wait === 0) return moment;
    if (wait === Infinity) return null;
    moment = (Math.floor(moment / MINUTE_MS) + wait) * MINUTE_MS;
  }
  return null;
}

/** Minutes of the week, from Monday 00:00; `to` may lie in the next week. */
interface MinuteSpan {
  readonly from: number;
  readonly to: number;
}

const holds = ({ from, to }: MinuteSpan, minute: number): boolean =>
  (from <= minute && minute < to) || minute + WEEK_MINUTES < to;

function minutesOf({ days, from, to }: DaySpan): MinuteSpan[] {
  const [begin, end] = [minuteOfDay(from), minuteOfDay(to)];
  return days.map((day) => {
    const start = DAYS.indexOf(day) * DAY_MINUTES;
    return { from: start + begin, to: start + end + (end <= begin ? DAY_MINUTES : 0) };
  });
}

function minuteOfDay(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

const formats = new Map<string, Intl.DateTimeFormat>();

function minuteOfWeek(timeZone: string, moment: number): number {
  // Making a format costs a hundred times what using it does.
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'long',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  formats.set(timeZone, format);
  const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, value]));
  const day = DAYS.findIndex((name) => name === parts.get('weekday')?.toUpperCase());
  return day * DAY_MINUTES + Number(parts.get('hour')) * 60 + Number(parts.get('minute'));
}
