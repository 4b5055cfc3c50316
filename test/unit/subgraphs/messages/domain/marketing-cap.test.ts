// How much marketing is too much: in any span that holds the new one, whatever the calendar says.
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  DAY_MS,
  isOverCap,
  type MarketingCap,
} from '../../../../../subgraphs/messages/domain/marketing-cap.ts';

const HOUR = 3_600_000;
const NOW = 100 * DAY_MS;
const ago = (...hours: number[]) => hours.map((count) => NOW - count * HOUR);
const cap = (perDay: number | null, perWeek: number | null = null): MarketingCap => ({
  perDay,
  perWeek,
});

it.each<[string, MarketingCap, number[], boolean]>([
  ['without a cap nothing is', cap(null), ago(0, 0, 0, 1), false],
  ['a second one within a day', cap(1), ago(23), true],
  ['a second one after a day is not', cap(1), ago(24), false],
  ['a third of two', cap(2), ago(1, 20), true],
  ['a third of two is not, when the first is over', cap(2), ago(1, 24), false],
  ['the first of none', cap(0), [], true],
  ['a fourth of three a week', cap(null, 3), ago(30, 60, 90), true],
  ['the day counts where the week has room', cap(1, 3), ago(2), true],
  ['one that is already planned for soon', cap(1), ago(-5), true],
  ['one between two that are a day apart together', cap(2), ago(12, -11), true],
  ['one between two that are further apart is not', cap(2), ago(12, -13), false],
])('%s, is too much: %#', (_, of, moments, isOver) => {
  expect(isOverCap(of, moments, NOW)).toBe(isOver);
});

it('no span of a day ever holds more than the cap, in whatever order offers are made', () => {
  const times = fc.array(fc.integer({ min: 0, max: 5 * 24 }), { maxLength: 60 });
  fc.assert(
    fc.property(times, fc.integer({ min: 0, max: 4 }), (hours, perDay) => {
      const taken: number[] = [];
      for (const hour of hours) {
        if (!isOverCap(cap(perDay), taken, hour * HOUR)) taken.push(hour * HOUR);
      }
      const fullest = taken.map(
        (start) => taken.filter((other) => start <= other && other < start + DAY_MS).length,
      );
      expect(Math.max(0, ...fullest)).toBeLessThanOrEqual(perDay);
    }),
  );
});
