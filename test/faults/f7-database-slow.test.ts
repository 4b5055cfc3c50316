// F7: PostgreSQL does not answer, answers late, or has no room: callers are told soon, and it recovers by itself.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { expectKept, openBed, type Bed } from './bed.ts';
import { startLoad } from './load.ts';
import { openOwnPostgres, type OwnPostgres } from './own-postgres.ts';
import { look } from './read-back.ts';
import { recovered } from './recovery.ts';
import { SEED, sized } from './size.ts';

const ANSWER_MAX_MS = 5_000;
const CALLS = 8;
const HELD_MS = sized(3_000, 30_000);

let bed: Bed;
let postgres: OwnPostgres;

beforeAll(async () => {
  postgres = await openOwnPostgres();
  bed = await openBed('F7', { openDatabase: async () => postgres.database });
}, 120_000);
afterAll(() => bed.close(), 30_000);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Locks every table that accepting needs, so that each connection waits with a statement in hand. */
async function takeAllTables(): Promise<Client> {
  const hoarder = new Client({ connectionString: postgres.database.url });
  await hoarder.connect();
  await hoarder.query('begin');
  await hoarder.query('lock table messages.message, messages.task, recipients.recipient');
  return hoarder;
}

interface Told {
  readonly code: string | null;
  readonly ms: number;
}

/** Calls that need the database, side by side: what they are told, and after how long. */
function callsNow(): Promise<readonly Told[]> {
  const query = `query ($id: ID!) { recipient(id: $id) { id externalId recentMessages { id } } }`;
  return Promise.all(
    Array.from({ length: CALLS }, async (_, call): Promise<Told> => {
      const person = bed.people[call];
      const startedAt = performance.now();
      const answer = await bed.parley.ask(query, { id: person?.id }, person?.token);
      const code = (answer.errors?.[0]?.extensions.code ?? null) as string | null;
      return { code, ms: performance.now() - startedAt };
    }),
  );
}

function expectToldSoon(told: readonly Told[]): void {
  expect(new Set(told.map(({ code }) => code))).toEqual(new Set(['UNAVAILABLE']));
  expect(Math.max(...told.map(({ ms }) => ms))).toBeLessThan(ANSWER_MAX_MS);
}

/** Every process listens again, on a connection that is younger than the loss. */
async function listenersAreBack(since: string): Promise<void> {
  const giveUp = AbortSignal.timeout(30_000);
  const sql = `select 1 from pg_stat_activity
    where application_name = 'parley-bus' and backend_start > '${since}'`;
  while ((await look(bed.parley, sql)).length < bed.parley.processes().length) {
    if (giveUp.aborted) throw new Error('a process does not listen any more');
    await pause(200);
  }
}

it('a database that is half-open, slow or full is told of within 5 s, and forgotten when it is well', async () => {
  const load = startLoad(bed, { seed: SEED });
  await load.asked(40);

  postgres.line.stall();
  expectToldSoon(await callsNow());
  await pause(HELD_MS);
  postgres.line.heal();
  await recovered(bed);
  await load.asked(20);

  // As a router does that forgets its connections: new ones are well, old ones never answer again.
  postgres.line.stall();
  await pause(1_000);
  postgres.line.heal({ forget: true });
  const healedAt = new Date().toISOString();
  await recovered(bed);
  await listenersAreBack(healedAt);
  await load.asked(20);

  postgres.line.slow(2_000);
  expectToldSoon(await callsNow());
  await pause(HELD_MS);
  postgres.line.heal();
  await recovered(bed);
  await load.asked(20);

  const hoarder = await takeAllTables();
  expectToldSoon(await callsNow());
  await hoarder.query('rollback');
  await hoarder.end();
  await recovered(bed);

  await load.finish();
  expectKept(await bed.verdict());
}, 300_000);
