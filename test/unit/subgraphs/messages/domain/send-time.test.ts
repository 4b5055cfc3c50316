// When a message is sent: moments, and times of day where the recipient lives, also on the days when clocks change.
import { describe, expect, it } from '@jest/globals';
import { isLocalTime, momentOf } from '../../../../../subgraphs/messages/domain/send-time.ts';

const sent = (time: string, timeZone: string | null): string | null => {
  const moment = momentOf({ kind: 'local', time }, timeZone);
  return moment === null ? null : new Date(moment).toISOString();
};

describe('a local time', () => {
  it.each([
    ['2026-11-22T09:00', 'Europe/Vienna', '2026-11-22T08:00:00.000Z'],
    ['2026-07-22T09:00', 'Europe/Vienna', '2026-07-22T07:00:00.000Z'],
    ['2026-11-22T09:00', 'America/Los_Angeles', '2026-11-22T17:00:00.000Z'],
    ['2026-11-22T09:00', 'Asia/Kathmandu', '2026-11-22T03:15:00.000Z'],
    ['2026-11-22T00:00', 'Pacific/Kiritimati', '2026-11-21T10:00:00.000Z'],
    ['2026-11-22T00:00', 'UTC', '2026-11-22T00:00:00.000Z'],
  ])('%s in %s is %s', (time, zone, moment) => {
    expect(sent(time, zone)).toBe(moment);
  });

  it('that a change of the clock leaves out is as much later', () => {
    expect(sent('2026-03-29T02:30', 'Europe/Vienna')).toBe('2026-03-29T01:30:00.000Z');
    expect(sent('2026-03-08T02:30', 'America/New_York')).toBe('2026-03-08T07:30:00.000Z');
  });

  it('that comes twice is the first of both', () => {
    expect(sent('2026-10-25T02:30', 'Europe/Vienna')).toBe('2026-10-25T00:30:00.000Z');
    expect(sent('2026-11-01T01:30', 'America/New_York')).toBe('2026-11-01T05:30:00.000Z');
  });

  it('is no moment where the time zone is not known', () => {
    expect(sent('2026-11-22T09:00', null)).toBeNull();
  });

  it('has a date that exists, and minutes', () => {
    expect(['2026-11-22T09:00', '2028-02-29T23:59'].map(isLocalTime)).toEqual([true, true]);
    const wrong = ['2026-02-29T09:00', '2026-11-22T24:00', '2026-11-22', '2026-11-22T09:00Z', ''];
    expect(wrong.map(isLocalTime)).toEqual(wrong.map(() => false));
  });
});
