// Whether a person's quiet hours are running: on their own clock, whatever summer time does to it.
import { Weekday, type Weekday as Day } from '../../../schema/vocabulary-people.ts';
import type { QuietHours } from './preference.ts';

const DAYS = Object.values(Weekday);
const formats = new Map<string, Intl.DateTimeFormat>();

/** now: milliseconds since 1970. False without hours, or without a time zone to read them in. */
export function isQuiet(
  {
    quietHours,
    timeZone,
  }: { readonly quietHours: QuietHours | null; readonly timeZone: string | null },
  now: number,
): boolean {
  if (quietHours === null || timeZone === null) return false;
  const { from, to, days } = quietHours;
  const { day, time } = localTime(timeZone, now);
  if (from < to) return days.includes(day) && from <= time && time < to;
  // Over midnight: the evening of a day that is named, or the morning after one.
  return (days.includes(day) && from <= time) || (days.includes(dayBefore(day)) && time < to);
}

/** As HH:MM, which sorts as time does. */
function localTime(timeZone: string, now: number): { day: Day; time: string } {
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
  const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const name = (parts.get('weekday') ?? '').toUpperCase();
  const day = DAYS.find((known) => known === name) ?? Weekday.MONDAY;
  return { day, time: `${parts.get('hour') ?? ''}:${parts.get('minute') ?? ''}` };
}

function dayBefore(day: Day): Day {
  return DAYS[(DAYS.indexOf(day) + DAYS.length - 1) % DAYS.length] ?? day;
}
