// Profiles: every fault is named, and all of them together.
import { expect, test } from '@jest/globals';
import {
  checkProfile,
  DEFAULT_PROFILE,
  type Profile,
} from '../../../../../subgraphs/recipients/domain/profile.ts';

const profile = (over: Partial<Profile> = {}): Profile => ({
  ...DEFAULT_PROFILE,
  ...over,
});

test.each<Partial<Profile>>([
  {},
  { locale: 'zh-Hant-TW', region: 'AT', carrier: 'A1' },
  { timeZone: 'Europe/Vienna' },
  { timeZone: 'UTC' },
  { preferredChannels: ['PUSH', 'SMS'], optedOutChannels: ['EMAIL'] },
])('the profile %j is fine', (over) => {
  expect(checkProfile(profile(over))).toEqual([]);
});

test.each<[keyof Profile, Partial<Profile>]>([
  ['locale', { locale: '' }],
  ['locale', { locale: 'english' }],
  ['locale', { locale: 'en_US' }],
  ['timeZone', { timeZone: 'Mars/Olympus' }],
  ['timeZone', { timeZone: '+02:00' }],
  ['region', { region: 'at' }],
  ['region', { region: 'AUT' }],
  ['carrier', { carrier: '  ' }],
  ['featureFlags', { featureFlags: { 'Not A Name': true } }],
  ['preferredChannels', { preferredChannels: ['SMS', 'SMS'] }],
  ['optedOutChannels', { optedOutChannels: ['RCS', 'SMS', 'RCS'] }],
])('a fault of %s is named: %j', (field, over) => {
  expect(checkProfile(profile(over)).map(({ path }) => path)).toEqual([[field]]);
});

test('all faults are named at once', () => {
  const faults = checkProfile(profile({ locale: '?', region: '?', timeZone: '?' }));
  expect(faults.map(({ path }) => path[0])).toEqual(['locale', 'timeZone', 'region']);
});
