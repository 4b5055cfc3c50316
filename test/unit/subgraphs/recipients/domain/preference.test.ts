// Wishes: refusals by channel and purpose in both of their forms, quiet hours that can be read, names of features.
import { expect, test } from '@jest/globals';
import {
  checkFeatureFlags,
  checkQuietHours,
  listOptOuts,
  splitOptOuts,
  type ChannelOptOut,
} from '../../../../../subgraphs/recipients/domain/preference.ts';

test('refusals come back as they were given, in one order', () => {
  const given: ChannelOptOut[] = [
    { channel: 'SMS', purpose: 'MARKETING' },
    { channel: 'EMAIL', purpose: null },
    { channel: 'RCS', purpose: 'ANALYTICS' },
  ];
  const { optedOutChannels, purposeOptOuts } = splitOptOuts(given);
  expect(optedOutChannels).toEqual(['EMAIL']);
  expect(purposeOptOuts).toEqual({ MARKETING: ['SMS'], ANALYTICS: ['RCS'] });
  expect(listOptOuts(optedOutChannels, purposeOptOuts)).toEqual([
    { channel: 'EMAIL', purpose: null },
    { channel: 'SMS', purpose: 'MARKETING' },
    { channel: 'RCS', purpose: 'ANALYTICS' },
  ]);
});

test('what is refused for every purpose is not kept for one again', () => {
  const both: ChannelOptOut[] = [
    { channel: 'SMS', purpose: null },
    { channel: 'SMS', purpose: 'MARKETING' },
  ];
  expect(splitOptOuts(both)).toEqual({ optedOutChannels: ['SMS'], purposeOptOuts: {} });
});

const night = { from: '22:00', to: '07:00', days: ['MONDAY'] } as const;

test.each([
  ['from', { ...night, from: '24:00' }],
  ['from', { ...night, from: '9:00' }],
  ['to', { ...night, to: '07:60' }],
  ['to', { ...night, to: '22:00' }],
  ['days', { ...night, days: [] }],
  ['days', { ...night, days: ['MONDAY', 'MONDAY'] as const }],
])('a fault of %s in quiet hours is named: %j', (field, quiet) => {
  expect(checkQuietHours(quiet, 'UTC').map(({ path }) => path)).toEqual([['quietHours', field]]);
});

test('quiet hours need a time zone', () => {
  expect(checkQuietHours(night, 'UTC')).toEqual([]);
  expect(checkQuietHours(night, null).map(({ path }) => path)).toEqual([['quietHours']]);
  expect(checkQuietHours(null, null)).toEqual([]);
});

test('feature flags have plain names, and not too many', () => {
  expect(checkFeatureFlags({ rcs_carousel: true, 'e2ee.beta-2': false })).toEqual([]);
  expect(checkFeatureFlags({ 'No Spaces': true })).toHaveLength(1);
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`flag${n}`, true]));
  expect(checkFeatureFlags(many)).toHaveLength(1);
});
