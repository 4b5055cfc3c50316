// Quiet hours on the person's own clock: over midnight, on named days, and through a change of summer time.
import { expect, test } from '@jest/globals';
import type { QuietHours } from '../../../../../subgraphs/recipients/domain/preference.ts';
import { isQuiet } from '../../../../../subgraphs/recipients/domain/quiet-hours.ts';
import { Weekday } from '../../../../../schema/vocabulary-people.ts';

const EVERY_DAY = Object.values(Weekday);
const night: QuietHours = { from: '22:00', to: '07:00', days: EVERY_DAY };
const at = (quietHours: QuietHours | null, timeZone: string | null, time: string) =>
  isQuiet({ quietHours, timeZone }, Date.parse(time));

test.each([
  ['2026-11-20T20:59:00Z', false],
  ['2026-11-20T21:00:00Z', true],
  ['2026-11-21T05:59:59Z', true],
  ['2026-11-21T06:00:00Z', false],
])('a night in Vienna at %s is quiet: %s', (time, quiet) => {
  expect(at(night, 'Europe/Vienna', time)).toBe(quiet);
});

test('the same instant is quiet in one zone and not in another', () => {
  expect(at(night, 'Asia/Tokyo', '2026-11-20T15:00:00Z')).toBe(true);
  expect(at(night, 'Europe/Vienna', '2026-11-20T15:00:00Z')).toBe(false);
});

test('hours over midnight belong to the day on which they begin', () => {
  const friday = { ...night, days: [Weekday.FRIDAY] };
  // A Friday evening, the morning after it, and the evening of that Saturday.
  expect(at(friday, 'UTC', '2026-11-20T23:00:00Z')).toBe(true);
  expect(at(friday, 'UTC', '2026-11-21T06:00:00Z')).toBe(true);
  expect(at(friday, 'UTC', '2026-11-21T23:00:00Z')).toBe(false);
  expect(at(friday, 'UTC', '2026-11-20T06:00:00Z')).toBe(false);
});

test('hours within a day end on the same day', () => {
  const noon = { from: '12:00', to: '14:00', days: [Weekday.FRIDAY] };
  expect(at(noon, 'UTC', '2026-11-20T13:59:00Z')).toBe(true);
  expect(at(noon, 'UTC', '2026-11-20T14:00:00Z')).toBe(false);
  expect(at(noon, 'UTC', '2026-11-21T13:00:00Z')).toBe(false);
});

test('when clocks go back, the hours end by the new clock', () => {
  // 2026-10-25: 03:00 becomes 02:00 in Vienna, so 07:00 is 06:00 UTC and no longer 05:00.
  expect(at(night, 'Europe/Vienna', '2026-10-24T05:30:00Z')).toBe(false);
  expect(at(night, 'Europe/Vienna', '2026-10-25T05:30:00Z')).toBe(true);
});

test('nothing is quiet without hours, or without a zone to read them in', () => {
  expect(at(null, 'UTC', '2026-11-20T23:00:00Z')).toBe(false);
  expect(at(night, null, '2026-11-20T23:00:00Z')).toBe(false);
});
