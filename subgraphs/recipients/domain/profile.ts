// What may stand in a recipient's profile, checked all at once so that a caller hears of every fault together.
import type { Channel } from '../../../schema/vocabulary.ts';
import type { Finding } from './finding.ts';
import { checkFeatureFlags, checkQuietHours } from './preference.ts';
import type { FeatureFlags, PurposeOptOuts, QuietHours } from './preference.ts';

export interface Profile {
  /** BCP 47. */
  readonly locale: string;
  /** IANA name. */
  readonly timeZone: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly region: string | null;
  readonly carrier: string | null;
  readonly preferredChannels: readonly Channel[];
  /** Not wanted at all; see domain/preference.ts for those that are not wanted for a purpose. */
  readonly optedOutChannels: readonly Channel[];
  readonly purposeOptOuts: PurposeOptOuts;
  readonly quietHours: QuietHours | null;
  readonly featureFlags: FeatureFlags;
}

/** Of whom nothing else was said. */
export const DEFAULT_PROFILE: Profile = {
  locale: 'en',
  timeZone: null,
  region: null,
  carrier: null,
  preferredChannels: [],
  optedOutChannels: [],
  purposeOptOuts: {},
  quietHours: null,
  featureFlags: {},
};

const CARRIER_CHARACTERS_MAX = 64;
const LOCALE = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/;
const REGION = /^[A-Z]{2}$/;

/** Everything that is wrong with a profile; empty when nothing is. */
export function checkProfile(profile: Profile): Finding[] {
  const { locale, timeZone, region, carrier } = profile;
  const findings: Finding[] = [];
  const expect = (holds: boolean, field: keyof Profile, sentence: string): void => {
    if (!holds) findings.push({ path: [field], sentence });
  };
  expect(LOCALE.test(locale), 'locale', 'A locale is a BCP 47 tag, such as en or de-AT.');
  expect(
    timeZone === null || isTimeZone(timeZone),
    'timeZone',
    'A time zone is an IANA name, such as Europe/Vienna.',
  );
  expect(
    region === null || REGION.test(region),
    'region',
    'A region is two capital letters by ISO 3166-1, such as AT.',
  );
  expect(
    carrier === null || isText(carrier, CARRIER_CHARACTERS_MAX),
    'carrier',
    `A carrier has 1 to ${CARRIER_CHARACTERS_MAX} characters.`,
  );
  for (const field of ['preferredChannels', 'optedOutChannels'] as const) {
    const channels = profile[field];
    expect(new Set(channels).size === channels.length, field, 'A channel stands here once.');
  }
  findings.push(...checkQuietHours(profile.quietHours, timeZone));
  findings.push(...checkFeatureFlags(profile.featureFlags));
  return findings;
}

function isText(text: string, charactersMax: number): boolean {
  return text.trim() !== '' && text.length <= charactersMax;
}

function isTimeZone(name: string): boolean {
  // Offsets such as +02:00 are accepted by Intl, and know nothing of summer time.
  if (!/^[A-Z]/i.test(name)) return false;
  try {
    Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
