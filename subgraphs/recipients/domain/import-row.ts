// A row of an imported file, read into a person: every field has one shape, and what is unknown is refused by its name.
import { Weekday } from '../../../schema/vocabulary-people.ts';
import { Channel, Purpose } from '../../../schema/vocabulary.ts';
import type { ExternalId } from './external-id.ts';
import type { Finding } from './finding.ts';
import {
  splitOptOuts,
  type ChannelOptOut,
  type FeatureFlags,
  type QuietHours,
} from './preference.ts';
import type { Profile } from './profile.ts';

/** As in the file: nothing is in its one spelling yet. */
export interface ImportRow {
  readonly externalId: string | null;
  readonly externalIds: readonly ExternalId[];
  readonly phone: string | null;
  readonly email: string | null;
  readonly profile: Partial<Profile>;
}

type Json = Readonly<Record<string, unknown>>;

const isText = (value: unknown): value is string => typeof value === 'string';
const isTextOrNull = (value: unknown): boolean => value === null || isText(value);
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isOneOf = (words: object) => (value: unknown) => Object.values(words).includes(value);
const isList = (of: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.every(of);
const isChannels = isList(isOneOf(Channel));

const has = (value: unknown, fields: Readonly<Record<string, (value: unknown) => boolean>>) =>
  isObject(value) &&
  Object.keys(value).every((name) => Object.hasOwn(fields, name)) &&
  Object.entries(fields).every(([name, fits]) => fits(value[name]));

/** What each field may be, and what is said where it is not. */
const FIELDS: Readonly<
  Record<string, readonly [fits: (value: unknown) => boolean, expected: string]>
> = {
  externalId: [isTextOrNull, 'a text'],
  externalIds: [
    isList((id) => has(id, { kind: isText, value: isText })),
    'a list of { kind, value }',
  ],
  phone: [isTextOrNull, 'a text'],
  email: [isTextOrNull, 'a text'],
  locale: [isText, 'a text'],
  timeZone: [isTextOrNull, 'a text'],
  region: [isTextOrNull, 'a text'],
  carrier: [isTextOrNull, 'a text'],
  preferredChannels: [isChannels, `a list of ${Object.values(Channel).join(', ')}`],
  optedOutChannels: [isChannels, `a list of ${Object.values(Channel).join(', ')}`],
  optOuts: [
    isList((one) =>
      has(one, {
        channel: isOneOf(Channel),
        purpose: (purpose) =>
          purpose === undefined || purpose === null || isOneOf(Purpose)(purpose),
      }),
    ),
    'a list of { channel, purpose }',
  ],
  quietHours: [
    (hours) =>
      hours === null ||
      has(hours, {
        from: isText,
        to: isText,
        days: (days) => days === undefined || isList(isOneOf(Weekday))(days),
      }),
    '{ from, to, days }',
  ],
  featureFlags: [
    isList((flag) => has(flag, { name: isText, isEnabled: (on) => typeof on === 'boolean' })),
    'a list of { name, isEnabled }',
  ],
};

/** The fields are those of RegisterRecipientInput. */
export function readImportRow(value: unknown): ImportRow | Finding[] {
  if (!isObject(value)) return [{ path: [], sentence: 'A row is an object.' }];
  const findings = Object.entries(value).flatMap(([name, given]): Finding[] => {
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    if (field === undefined) {
      return [{ path: [name], sentence: 'A recipient has no such field.' }];
    }
    const [fits, expected] = field;
    return fits(given) ? [] : [{ path: [name], sentence: `This is ${expected}.` }];
  });
  if (findings.length > 0) return findings;
  // Every field was looked at above.
  const row = value as Partial<Profile> & {
    externalId?: string | null;
    externalIds?: ExternalId[];
    phone?: string | null;
    email?: string | null;
    optOuts?: { channel: ChannelOptOut['channel']; purpose?: ChannelOptOut['purpose'] }[];
    quietHours?: (Omit<QuietHours, 'days'> & Partial<Pick<QuietHours, 'days'>>) | null;
    featureFlags?: { name: string; isEnabled: boolean }[];
  };
  const { externalId, externalIds, phone, email, optOuts, quietHours, featureFlags, ...profile } =
    row;
  return {
    externalId: externalId ?? null,
    externalIds: externalIds ?? [],
    phone: phone ?? null,
    email: email ?? null,
    profile: {
      ...profile,
      ...(optOuts &&
        splitOptOuts(
          optOuts.map(({ channel, purpose }) => ({ channel, purpose: purpose ?? null })),
        )),
      ...(quietHours !== undefined && {
        quietHours: quietHours && {
          ...quietHours,
          days: quietHours.days ?? Object.values(Weekday),
        },
      }),
      ...(featureFlags && { featureFlags: flagsOf(featureFlags) }),
    },
  };
}

const flagsOf = (flags: readonly { name: string; isEnabled: boolean }[]): FeatureFlags =>
  Object.fromEntries(flags.map(({ name, isEnabled }) => [name, isEnabled]));

const LISTS = ['preferredChannels', 'optedOutChannels'];

/** A line of a CSV file as the row that it stands for: an empty cell says nothing; lists are parted by spaces; the columns
 *  `externalIds.<kind>`, `quietHours.from`, `quietHours.to` and `featureFlags.<name>` make up what has parts. */
export function rowOfCells(cells: Readonly<Record<string, string>>): Json {
  const row: Record<string, unknown> = {};
  const externalIds: ExternalId[] = [];
  const featureFlags: object[] = [];
  const quietHours: Record<string, string> = {};
  for (const [column, cell] of Object.entries(cells)) {
    const text = cell.trim();
    if (text === '') continue;
    const [name, part] = splitColumn(column);
    if (part === null) row[name] = LISTS.includes(name) ? text.split(/\s+/) : text;
    else if (name === 'externalIds') externalIds.push({ kind: part, value: text });
    else if (name === 'quietHours') quietHours[part] = text;
    else if (name === 'featureFlags') {
      const isEnabled = text === 'true' ? true : text === 'false' ? false : text;
      featureFlags.push({ name: part, isEnabled });
    } else row[column] = text;
  }
  if (externalIds.length > 0) row['externalIds'] = externalIds;
  if (featureFlags.length > 0) row['featureFlags'] = featureFlags;
  if (Object.keys(quietHours).length > 0) row['quietHours'] = quietHours;
  return row;
}

function splitColumn(column: string): [name: string, part: string | null] {
  const dot = column.indexOf('.');
  return dot === -1 ? [column, null] : [column.slice(0, dot), column.slice(dot + 1)];
}
