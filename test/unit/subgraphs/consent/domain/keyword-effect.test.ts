// What STOP takes, and what START gives back: only what a keyword took, and only where the law lets one word do it.
import { expect, it } from '@jest/globals';
import {
  restoredByStart,
  stopPurposes,
  type StandingWord,
} from '../../../../../subgraphs/consent/domain/keyword-effect.ts';

const stopped = (over: Partial<StandingWord> = {}): StandingWord => ({
  purpose: 'MARKETING',
  channel: 'SMS',
  regulation: 'ALL',
  action: 'WITHDRAWN',
  method: 'KEYWORD',
  ...over,
});
const start = (standing: StandingWord[], region: string | null) =>
  restoredByStart(standing, { channels: ['RCS', 'SMS'], region });

it('STOP leaves essential messages alone', () => {
  expect(stopPurposes).toContain('MARKETING');
  expect(stopPurposes).not.toContain('TRANSACTIONAL');
});

it.each(['US', 'US-CA', 'CA'])('START gives back in %s what STOP took', (region) => {
  const standing = [stopped(), stopped({ channel: 'RCS' }), stopped({ purpose: 'ANALYTICS' })];
  expect(start(standing, region)).toEqual([{ purpose: 'MARKETING', channels: ['SMS', 'RCS'] }]);
});

it.each([['AT'], ['GB'], ['BR'], [null]])('START gives no marketing back in %s', (region) => {
  expect(start([stopped()], region)).toEqual([]);
});

it.each<Partial<StandingWord>>([
  { action: 'GRANTED' },
  { method: 'FORM' },
  { channel: 'EMAIL' },
  { regulation: 'CPRA' },
])('START gives nothing back of %j', (over) => {
  expect(start([stopped(over)], 'US')).toEqual([]);
});

it('START gives nothing to whom nothing was taken from', () => {
  expect(start([], 'US')).toEqual([]);
});
