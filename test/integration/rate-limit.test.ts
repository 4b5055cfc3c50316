// Token buckets on a real database: processes count together, and a bucket that is full again is forgotten.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTakeTokens, sweepBuckets, type Take } from '../../platform/rate-limit.ts';
import { oneRound } from '../support/jobs.ts';
import { startPeople, type People } from '../support/people.ts';
import { recordingLog } from '../support/recording-log.ts';

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.close());

const deps = () => ({ ...people.work, database: people.databases.messages });
const bucket = (name: string, tokensMax = 5): Take => ({
  name,
  rule: { tokensMax, refillMs: 1_000 },
});
const taken = (waits: readonly (number | null)[]): number =>
  waits.filter((wait) => wait === null).length;

test('two processes give no more than one would, however many ask at once', async () => {
  const [one, two] = [createTakeTokens(deps()), createTakeTokens(deps())];
  const asked = Array.from({ length: 60 }, (_, index) =>
    (index % 2 === 0 ? one : two)([bucket('a')]),
  );
  const waits = await Promise.all(asked);
  expect(taken(waits)).toBe(5);
  expect(new Set(waits)).toEqual(new Set([null, 1_000]));
  people.clock.time += 2_000;
  const later = await Promise.all(Array.from({ length: 9 }, () => one([bucket('a')])));
  expect(taken(later)).toBe(2);
});

test('of several buckets none gives where one is empty', async () => {
  const take = createTakeTokens(deps());
  expect(await take([bucket('empty', 1)])).toBeNull();
  for (let count = 0; count < 3; count += 1) {
    expect(await take([bucket('full', 3), bucket('empty', 1)])).toBe(1_000);
  }
  expect(taken(await Promise.all([1, 2, 3].map(() => take([bucket('full', 3)]))))).toBe(3);
});

test('a hundred that ask at the same time cost two statements, or four', async () => {
  const take = createTakeTokens(deps());
  const { messages: statements } = people.statements;
  statements.length = 0;
  await Promise.all(Array.from({ length: 100 }, (_, index) => take([bucket(`many ${index}`)])));
  const deeds = statements.filter((sql) => sql.includes('rate_bucket'));
  expect(deeds.length).toBeLessThanOrEqual(4);
});

test('names stand nowhere, and what is full again is forgotten', async () => {
  const take = createTakeTokens(deps());
  await take([bucket('client 203.0.113.7')]);
  const rows = await people.sql<{ row: string }>(
    'select t::text as row from messages.rate_bucket t',
  );
  expect(rows.length).toBeGreaterThan(3);
  const shown = [Buffer.from('client 203.0.113.7').toString('hex'), '203.0.113.7'];
  for (const { row } of rows) for (const name of shown) expect(row).not.toContain(name);
  people.clock.time += 10_000;
  await take([bucket('fresh')]);
  await oneRound(sweepBuckets({ ...deps(), log: recordingLog().log }));
  expect(await people.sql('select 1 from messages.rate_bucket')).toHaveLength(1);
});
