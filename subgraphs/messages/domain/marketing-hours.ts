// When marketing may reach people, by the law or custom of where they are, with its source. Policy may narrow it, never widen it.
import { Weekday, type Weekday as Day } from '../../../schema/vocabulary-people.ts';

/** A span of the day, by the clock where the person is. */
export interface DaySpan {
  readonly days: readonly Day[];
  /** HH:MM, 00:00 to 23:59. */
  readonly from: string;
  /** HH:MM, after `from`, up to 24:00. */
  readonly to: string;
}

export interface RegionHours {
  /** ISO 3166-1 alpha-2. */
  readonly region: string;
  /** Outside of them nothing is sent. */
  readonly open: readonly DaySpan[];
}

const everyDay = Object.values(Weekday);
const open = (from: string, to: string, days: readonly Day[] = everyDay): readonly DaySpan[] => [
  { days, from, to },
];

/** Several states of the US are stricter, and France has public holidays: where a person lives is known by country alone,
 *  so that is for the tenant's policy. */
export const regionHours: readonly (RegionHours & { readonly source: string })[] = [
  { region: 'US', open: open('08:00', '21:00'), source: '47 CFR 64.1200(c)(1) (TCPA)' },
  {
    region: 'FR',
    open: open(
      '08:00',
      '22:00',
      everyDay.filter((day) => day !== 'SUNDAY'),
    ),
    source: 'Practice of the French carriers: no marketing at night or on Sundays',
  },
  {
    region: 'AE',
    open: open('07:00', '21:00'),
    source: 'Twilio, United Arab Emirates: SMS Guidelines (rule of the regulator, TDRA)',
  },
  { region: 'IN', open: open('09:00', '21:00'), source: 'TRAI, TCCCPR 2018: promotional SMS' },
];

/** Where no rule is known: narrower than those that are. */
export const elsewhere: readonly DaySpan[] = open('08:00', '20:00');

/** What is open by rule in a region; null: it is not known where the person is. */
export function openIn(region: string | null): readonly DaySpan[] {
  return regionHours.find((rule) => rule.region === region)?.open ?? elsewhere;
}
