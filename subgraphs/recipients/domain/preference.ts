// What a person wishes: no messages for a purpose on a channel, none at certain hours, and features tried out or not.
import type { Weekday } from '../../../schema/vocabulary-people.ts';
import { Channel as Channels, Purpose as Purposes } from '../../../schema/vocabulary.ts';
import type { Channel, Purpose } from '../../../schema/vocabulary.ts';
import type { Finding } from './finding.ts';

/** Beside the channels that are not wanted at all: those that are not wanted for a purpose. */
export type PurposeOptOuts = Readonly<Partial<Record<Purpose, readonly Channel[]>>>;

/** In the person's own time zone. A time before `from` is of the next day: 22:00 to 07:00 covers the night. */
export interface QuietHours {
  /** HH:MM, 00:00 to 23:59. */
  readonly from: string;
  readonly to: string;
  /** The days on which the hours begin. */
  readonly days: readonly Weekday[];
}

export type FeatureFlags = Readonly<Record<string, boolean>>;

export interface ChannelOptOut {
  readonly channel: Channel;
  /** Null: whatever the purpose. */
  readonly purpose: Purpose | null;
}

export const FEATURE_FLAGS_MAX = 50;
const FLAG_NAME = /^[a-z][a-z0-9_.-]{0,63}$/;
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

/** Every refusal, those of all purposes first. */
export function listOptOuts(
  optedOutChannels: readonly Channel[],
  purposeOptOuts: PurposeOptOuts,
): ChannelOptOut[] {
  const ofPurposes = Object.values(Purposes).flatMap((purpose) =>
    (purposeOptOuts[purpose] ?? []).map((channel) => ({ channel, purpose })),
  );
  return [...optedOutChannels.map((channel) => ({ channel, purpose: null })), ...ofPurposes];
}

/** The two forms in which refusals are kept. What is refused for every purpose is not repeated for one. */
export function splitOptOuts(optOuts: readonly ChannelOptOut[]): {
  optedOutChannels: Channel[];
  purposeOptOuts: PurposeOptOuts;
} {
  const refused = (channel: Channel, purpose: Purpose | null): boolean =>
    optOuts.some((one) => one.channel === channel && one.purpose === purpose);
  const channels = Object.values(Channels);
  const optedOutChannels = channels.filter((channel) => refused(channel, null));
  const purposeOptOuts: Partial<Record<Purpose, Channel[]>> = {};
  for (const purpose of Object.values(Purposes)) {
    const some = channels.filter(
      (channel) => refused(channel, purpose) && !optedOutChannels.includes(channel),
    );
    if (some.length > 0) purposeOptOuts[purpose] = some;
  }
  return { optedOutChannels, purposeOptOuts };
}

/** What is wrong with quiet hours; empty when nothing is. They mean nothing without a time zone. */
export function checkQuietHours(quiet: QuietHours | null, timeZone: string | null): Finding[] {
  if (quiet === null) return [];
  const findings: Finding[] = [];
  const expect = (holds: boolean, field: string, sentence: string): void => {
    if (!holds) findings.push({ path: ['quietHours', field], sentence });
  };
  expect(TIME.test(quiet.from), 'from', 'A time of day is written HH:MM, such as 22:00.');
  expect(TIME.test(quiet.to), 'to', 'A time of day is written HH:MM, such as 07:00.');
  expect(quiet.from !== quiet.to, 'to', 'Quiet hours end at another time than they begin.');
  expect(quiet.days.length > 0, 'days', 'Quiet hours begin on one day of the week at least.');
  expect(new Set(quiet.days).size === quiet.days.length, 'days', 'A day stands here once.');
  if (timeZone === null) {
    const sentence = 'Quiet hours are in the recipient’s own time zone, which is not known.';
    findings.push({ path: ['quietHours'], sentence });
  }
  return findings;
}

export function checkFeatureFlags(flags: FeatureFlags): Finding[] {
  const names = Object.keys(flags);
  const findings: Finding[] = names
    .filter((name) => !FLAG_NAME.test(name))
    .map(() => ({
      path: ['featureFlags'],
      sentence: 'A flag’s name is a lower-case letter and at most 63 of a-z, 0-9, _ . and -.',
    }));
  if (names.length > FEATURE_FLAGS_MAX) {
    const sentence = `A recipient has at most ${FEATURE_FLAGS_MAX} feature flags.`;
    findings.push({ path: ['featureFlags'], sentence });
  }
  return findings;
}
