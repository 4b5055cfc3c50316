// F5: PostgreSQL crashes and comes back, five times.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { expectKept, openBed, type Bed } from './bed.ts';
import { startLoad } from './load.ts';
import { openOwnPostgres, type OwnPostgres } from './own-postgres.ts';
import { recovered } from './recovery.ts';
import { SEED } from './size.ts';

const RESTARTS = 5;

let bed: Bed;
let postgres: OwnPostgres;

beforeAll(async () => {
  postgres = await openOwnPostgres();
  bed = await openBed('F5', { openDatabase: async () => postgres.database });
}, 120_000);
afterAll(() => bed.close(), 30_000);

it(`a database that crashes ${RESTARTS} times costs nothing that was acknowledged`, async () => {
  const load = startLoad(bed, { seed: SEED });
  for (let restart = 0; restart < RESTARTS; restart += 1) {
    await load.asked(40);
    await postgres.restart();
    await recovered(bed);
  }
  await load.finish();
  const verdict = await bed.verdict();
  expectKept(verdict);
  expect(verdict.counts['send.unknown']).toBeGreaterThan(0);
}, 300_000);
