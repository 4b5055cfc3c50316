// When marketing may be sent: the hours of the region, narrower ones of the tenant, and the person's wish, on local clocks.
import { describe, expect, it } from '@jest/globals';
import { Weekday } from '../../../../../schema/vocabulary-people.ts';
import {
  regionHours,
  type RegionHours,
} from '../../../../../subgraphs/messages/domain/marketing-hours.ts';
import {
  openFrom,
  type Whereabouts,
} from '../../../../../subgraphs/messages/domain/quiet-hours.ts';
import { sendableFrom } from '../../../../../subgraphs/messages/domain/send-hours.ts';
import { zonesOf } from '../../../../../subgraphs/messages/domain/time-zones.ts';

const EVERY_DAY = Object.values(Weekday);
const nowhere: Whereabouts = { timeZone: null, region: null, quietHours: null };
const opens = (person: Partial<Whereabouts>, time: string, own: readonly RegionHours[] = []) => {
  const moment = openFrom({ ...nowhere, ...person }, own, Date.parse(time));
  return moment === null ? null : new Date(moment).toISOString().replace(':00.000Z', 'Z');
};

describe('marketing', () => {
  const vienna = { region: 'AT', timeZone: 'Europe/Vienna' };
  // 2026-11-20 is a Friday; Vienna is an hour ahead of UTC.
  it.each<[string, Partial<Whereabouts>, string, string | null]>([
    ['goes out at noon', vienna, '2026-11-20T11:00Z', '2026-11-20T11:00Z'],
    ['goes out until eight', vienna, '2026-11-20T18:59Z', '2026-11-20T18:59Z'],
    ['waits from eight in the evening to eight', vienna, '2026-11-20T19:00Z', '2026-11-21T07:00Z'],
    [
      'goes out until nine in the US',
      { region: 'US', timeZone: 'America/New_York' },
      '2026-11-21T01:59Z',
      '2026-11-21T01:59Z',
    ],
    [
      'waits after nine in the US',
      { region: 'US', timeZone: 'America/New_York' },
      '2026-11-21T02:00Z',
      '2026-11-21T13:00Z',
    ],
    [
      'goes out at seven in the Emirates',
      { region: 'AE' },
      '2026-11-20T03:00Z',
      '2026-11-20T03:00Z',
    ],
    ['waits until nine in India', { region: 'IN' }, '2026-11-20T03:00Z', '2026-11-20T03:30Z'],
    ['waits over a Sunday in France', { region: 'FR' }, '2026-11-21T21:00Z', '2026-11-23T07:00Z'],
    [
      'goes by the only zone of a region',
      { region: 'AT' },
      '2026-11-20T19:00Z',
      '2026-11-21T07:00Z',
    ],
    [
      'waits until it is the hour in Honolulu too, where only the country is known',
      { region: 'US' },
      '2026-11-20T13:00Z',
      '2026-11-20T18:00Z',
    ],
    [
      'and ends when it ends in New York',
      { region: 'US' },
      '2026-11-21T02:00Z',
      '2026-11-21T18:00Z',
    ],
    [
      'goes by an explicit zone, whatever the country',
      { region: 'US', timeZone: 'Asia/Tokyo' },
      '2026-11-20T03:00Z',
      '2026-11-20T03:00Z',
    ],
    ['has no hour for somebody who may be anywhere', {}, '2026-11-20T11:00Z', null],
    ['has no hour in a region without a clock', { region: 'XX' }, '2026-11-20T11:00Z', null],
  ])('%s', (_, person, at, expected) => {
    expect(opens(person, at)).toBe(expected);
  });

  it('keeps to the second when it may go at once', () => {
    expect(opens(vienna, '2026-11-20T11:00:42Z')).toBe('2026-11-20T11:00:42.000Z');
    expect(opens(vienna, '2026-11-20T19:00:42Z')).toBe('2026-11-21T07:00Z');
  });

  it('waits by the clock that there is, when summer time ends meanwhile', () => {
    // 2026-10-25: 03:00 becomes 02:00, so 08:00 is 07:00 UTC and no longer 06:00.
    expect(opens(vienna, '2026-10-24T05:00Z')).toBe('2026-10-24T06:00Z');
    expect(opens(vienna, '2026-10-25T05:00Z')).toBe('2026-10-25T07:00Z');
  });

  it('keeps narrower hours of the tenant’s, and gains nothing by wider ones', () => {
    const own = (from: string, to: string): RegionHours[] => [
      { region: 'AT', open: [{ days: ['FRIDAY', 'SATURDAY'], from, to }] },
    ];
    expect(opens(vienna, '2026-11-20T08:00Z', own('10:00', '12:00'))).toBe('2026-11-20T09:00Z');
    expect(opens(vienna, '2026-11-21T11:00Z', own('10:00', '12:00'))).toBe('2026-11-27T09:00Z');
    expect(opens(vienna, '2026-11-20T19:00Z', own('00:00', '24:00'))).toBe('2026-11-21T07:00Z');
    expect(opens(vienna, '2026-11-20T11:00Z', own('22:00', '23:00'))).toBeNull();
    expect(opens({ region: 'DE' }, '2026-11-20T15:00Z', own('10:00', '12:00'))).toBe(
      '2026-11-20T15:00Z',
    );
  });

  it('leaves the person alone at the hours of their wish, over midnight too', () => {
    const wish = (from: string, to: string, days = EVERY_DAY) => ({
      ...vienna,
      quietHours: { from, to, days },
    });
    expect(opens(wish('18:00', '10:00'), '2026-11-20T17:00Z')).toBe('2026-11-21T09:00Z');
    expect(opens(wish('12:00', '14:00'), '2026-11-20T11:30Z')).toBe('2026-11-20T13:00Z');
    expect(opens(wish('12:00', '14:00', ['MONDAY']), '2026-11-20T11:30Z')).toBe(
      '2026-11-20T11:30Z',
    );
    // The night belongs to the day on which it begins: Sunday's runs into Monday.
    expect(opens(wish('18:00', '09:00', ['SUNDAY']), '2026-11-23T07:30Z')).toBe(
      '2026-11-23T08:00Z',
    );
    expect(opens(wish('08:00', '20:00'), '2026-11-20T11:00Z')).toBeNull();
  });

  it('may not wait longer than it is good for; what is no offer never waits', () => {
    const at = Date.parse('2026-11-20T19:00Z');
    const policy = { marketingHours: [] };
    const person = { ...nowhere, ...vienna };
    const until = (hours: number) => ({ at, expiresAt: at + hours * 3_600_000 });
    const offer = { purpose: 'MARKETING' } as const;
    expect(sendableFrom(offer, person, policy, until(13))).toBe(Date.parse('2026-11-21T07:00Z'));
    expect(sendableFrom(offer, person, policy, until(12))).toBeNull();
    expect(sendableFrom({ purpose: 'TRANSACTIONAL' }, nowhere, policy, until(1))).toBe(at);
  });
});

describe('the hours of a region', () => {
  it('each name where they come from', () => {
    expect(regionHours.filter(({ source }) => source.length < 10)).toEqual([]);
  });

  it.each(['US', 'AU', 'RU', 'BR', 'CA', 'ID', 'MX', 'FR', 'AE', 'IN'])(
    'of %s leave some hour of the week that all of its clocks share',
    (region) => {
      expect(zonesOf(region).length).toBeGreaterThan(0);
      expect(opens({ region }, '2026-11-20T11:00Z')).not.toBeNull();
    },
  );
});
