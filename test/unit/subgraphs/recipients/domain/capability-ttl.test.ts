// How long reports are believed: the rule that says most wins, and none passes a week.
import { expect, it } from '@jest/globals';
import {
  findTtlFault,
  ttlSecondsFor,
} from '../../../../../subgraphs/recipients/domain/capability-ttl.ts';

const rules = [
  { region: null, carrier: null, ttlSeconds: 100 },
  { region: 'AT', carrier: null, ttlSeconds: 200 },
  { region: null, carrier: 'A1', ttlSeconds: 300 },
  { region: 'AT', carrier: 'A1', ttlSeconds: 400 },
];

it.each([
  ['AT', 'A1', 400],
  ['DE', 'A1', 300],
  ['AT', 'Magenta', 200],
  ['AT', null, 200],
  [null, null, 100],
])('a number in %s at %s is believed for %d seconds', (region, carrier, ttlSeconds) => {
  expect(ttlSecondsFor(rules, { region, carrier }, 50)).toBe(ttlSeconds);
});

it('the default serves where no rule fits, and nothing is believed for more than a week', () => {
  const market = { region: 'AT', carrier: null };
  expect(ttlSecondsFor([], market, 50)).toBe(50);
  expect(ttlSecondsFor([], market, 30 * 86_400)).toBe(7 * 86_400);
});

it.each([
  [{ region: 'at', carrier: null, ttlSeconds: 60 }, 'region'],
  [{ region: null, carrier: '', ttlSeconds: 60 }, 'carrier'],
  [{ region: null, carrier: null, ttlSeconds: 59 }, 'ttlSeconds'],
  [{ region: null, carrier: null, ttlSeconds: 604_801 }, 'ttlSeconds'],
])('the rule %j is refused by its field', (rule, field) => {
  expect(findTtlFault(rule)?.field).toBe(field);
});

it('a rule within the limits, or the removal of one, is accepted', () => {
  expect(findTtlFault({ region: 'AT', carrier: 'A1', ttlSeconds: 604_800 })).toBeNull();
  expect(findTtlFault({ region: null, carrier: null, ttlSeconds: null })).toBeNull();
});
