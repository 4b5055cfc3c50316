// When a market counts as broken down: enough deliveries, and a fall that chance does not make.
import { expect, test } from '@jest/globals';
import { dropsIn } from '../../../../../subgraphs/recipients/domain/market-drop.ts';

const market = (reached: number, tried: number, reachedBefore: number, triedBefore: number) => ({
  region: 'US',
  carrier: 'Verizon',
  reachedCount: reached,
  triedCount: tried,
  reachedCountBefore: reachedBefore,
  triedCountBefore: triedBefore,
});

test('a share that falls by a fifth of all deliveries is a drop', () => {
  expect(dropsIn([market(70, 100, 900, 1_000)])).toEqual([
    {
      region: 'US',
      carrier: 'Verizon',
      reachedShare: 0.7,
      reachedShareBefore: 0.9,
      triedCount: 100,
    },
  ]);
});

test.each([
  ['a smaller fall', market(71, 100, 900, 1_000)],
  ['a rise', market(100, 100, 500, 1_000)],
  ['few deliveries today', market(0, 49, 900, 1_000)],
  ['few deliveries before', market(0, 100, 49, 49)],
  ['a market that never was reached', market(0, 100, 0, 1_000)],
  ['silence', market(0, 0, 0, 0)],
])('%s is none', (_, days) => {
  expect(dropsIn([days])).toEqual([]);
});
