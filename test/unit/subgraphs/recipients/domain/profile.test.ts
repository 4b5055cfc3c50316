// Profiles: every fault is named, and all of them together.
import { expect, test } from '@jest/globals';
import { checkProfile, type Profile } from '../../../../../subgraphs/recipients/domain/profile.ts';

const profile = (over: Partial<Profile> = {}): Profile => ({
  externalId: null,
  locale: 'en',
  timeZone: null,
  region: null,
  carrier: null,
  preferredChannels: [],
  optedOutChannels: [],
  ...over,
});

test.each<Partial<Profile>>([
  {},
  { externalId: 'customer-17', locale: 'zh-Hant-TW', region: 'AT', carrier: 'A1' },
  { timeZone: 'Europe/Vienna' },
  { timeZone: 'UTC' },
  { preferredChannels: ['PUSH', 'SMS'], optedOutChannels: ['EMAIL'] },
])('the profile %j is fine', (over) => {
  expect(checkProfile(profile(over))).toEqual([]);
});

test.each<[keyof Profile, Partial<Profile>]>([
  ['externalId', { externalId: '' }],
  ['externalId', { externalId: 'x'.repeat(129) }],
  ['externalId', { externalId: 'ada@example.com' }],
  ['externalId', { externalId: '+4366012345678' }],
  ['locale', { locale: '' }],
  ['locale', { locale: 'english' }],
  ['locale', { locale: 'en_US' }],
  ['timeZone', { timeZone: 'Mars/Olympus' }],
  ['timeZone', { timeZone: '+02:00' }],
  ['region', { region: 'at' }],
  ['region', { region: 'AUT' }],
  ['carrier', { carrier: '  ' }],
  ['preferredChannels', { preferredChannels: ['SMS', 'SMS'] }],
  ['optedOutChannels', { optedOutChannels: ['RCS', 'SMS', 'RCS'] }],
])('a fault of %s is named: %j', (field, over) => {
  expect(checkProfile(profile(over)).map(({ path }) => path)).toEqual([[field]]);
});

test('all faults are named at once', () => {
  const faults = checkProfile(profile({ locale: '?', region: '?', timeZone: '?' }));
  expect(faults.map(({ path }) => path[0])).toEqual(['locale', 'timeZone', 'region']);
});
