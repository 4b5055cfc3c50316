// Retention of consent on a real database: what is outdated goes and is logged, and nothing else does.
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { Job } from '../../platform/loop.ts';
import { eraseOutdated } from '../../platform/retention.ts';
import { eraseOutdatedRecords } from '../../subgraphs/consent/jobs/erase-outdated.ts';
import { eraseLiftedSuppressions } from '../../subgraphs/consent/store/outdated-records.ts';
import { startCmp, type CmpHarness } from '../support/cmp.ts';
import { oneRound } from '../support/jobs.ts';
import { consentLogOf } from '../support/consent-log.ts';
import { registered, type Answer, type Asker, type People } from '../support/people.ts';
import {
  AUDITOR,
  DAY_MS,
  daysAgo,
  runsOf,
  runsQuery,
  type ShownRun,
} from '../support/retention.ts';

const PHONE = '+14155557000';

let cmp: CmpHarness;
let people: People;
let log: ReturnType<typeof consentLogOf>;
beforeAll(async () => {
  cmp = await startCmp();
  ({ people } = cmp);
  log = consentLogOf(people);
  await registered(people, { phone: PHONE, region: 'US' });
});
afterAll(() => cmp.close());
/** Each test begins with nothing to erase, and nothing erased. */
afterEach(async () => {
  await people.sql('truncate consent.cmp_event, consent.suppression');
  await people.sql(`alter table consent.retention_run disable trigger append_only`);
  await people.sql('truncate consent.retention_run');
  await people.sql(`alter table consent.retention_run enable trigger append_only`);
});

const eraser = (): Job => eraseOutdatedRecords(cmp.deps);
const runs = async (asker: Asker = {}): Promise<ShownRun[]> =>
  runsOf(
    await people.ask('consent', runsQuery('consentRetentionRuns'), {}, { ...AUDITOR, ...asker }),
  );
const count = async (table: string): Promise<number> => {
  const [row] = await people.sql<{ count: number }>(`select count(*)::int from consent.${table}`);
  return row?.count ?? NaN;
};
const sent = async (sending: object = {}): Promise<void> => {
  const timestamp = new Date(people.clock.time).toISOString();
  const choices = [{ purpose: 'marketing_rcs', status: 'granted', timestamp }];
  await cmp
    .send({ identifier: PHONE, choices, cmp: { name: 'Acme', version: '1' } }, sending)
    .expect(200);
};
/** So many more of the kind that is there. */
const multiplied = (times: number) =>
  people.sql(
    `insert into consent.cmp_event select tenant_id, format, event_id || '/' || n, body_digest, sealed,
       wrapped, outcome, received_at, id, subject
     from consent.cmp_event, generate_series(1, $1::int) n`,
    [times],
  );

it('erases the outdated, logs it by class, limit and count, and keeps the rest', async () => {
  await sent();
  people.clock.time += 90 * DAY_MS;
  await oneRound(eraser());
  expect([await count('cmp_event'), await runs()]).toEqual([1, []]);
  people.clock.time += 1;
  await sent();
  await oneRound(eraser());
  expect(await count('cmp_event')).toBe(1);
  expect(await runs()).toEqual([
    {
      recordClass: 'CMP_EVENT',
      region: null,
      before: daysAgo(people, 90),
      erasedCount: 1,
      ranAt: daysAgo(people, 0),
    },
  ]);
  await oneRound(eraser());
  expect(await runs()).toHaveLength(1);
});

it('erases sooner where the region of the source has a shorter time', async () => {
  const german: Asker = { tenantId: 'german', scopes: ['consent:admin'] };
  const { secret } = await cmp.configure({ format: 'GENERIC', jurisdiction: 'DE-BY' }, german);
  await sent();
  await sent({ tenant: 'german', secret });
  people.clock.time += 31 * DAY_MS;
  await oneRound(eraser());
  expect(await people.sql('select tenant_id from consent.cmp_event')).toEqual([
    { tenant_id: 'acme' },
  ]);
  expect(await runs({ tenantId: 'german' })).toMatchObject([
    { recordClass: 'CMP_EVENT', region: 'DE-BY', erasedCount: 1 },
  ]);
  // Each tenant sees its own.
  expect(await runs()).toEqual([]);
});

const suppressed = async (phone: string, over: object = {}, until?: string): Promise<string> => {
  const { data } = await people.ask(
    'consent',
    `mutation ($input: SuppressAddressesInput!) {
       suppressAddresses(input: $input) { results { suppression { id } } errors { path } } }`,
    { input: { list: 'DNC', source: 'retention', rows: [{ phone, until }], ...over } },
  );
  return data.suppressAddresses.results[0].suppression.id;
};
const lifted = (suppressionId: string): Promise<Answer> =>
  people.ask(
    'consent',
    `mutation ($id: ID!) { liftSuppression(input: { suppressionId: $id }) { errors { __typename } } }`,
    { id: suppressionId },
  );

it('erases suppressions that were lifted or ended five years ago, never one that stands', async () => {
  await lifted(await suppressed('+14155557001'));
  await suppressed('+14155557002', {}, daysAgo(people, -1));
  await suppressed('+14155557003');
  const liftedLate = await suppressed('+14155557004');
  people.clock.time += 1_826 * DAY_MS;
  await lifted(liftedLate);
  await oneRound(eraser());
  expect(await count('suppression')).toBe(4);
  people.clock.time += 2 * DAY_MS;
  await oneRound(eraser());
  expect(await runs()).toMatchObject([{ recordClass: 'LIFTED_SUPPRESSION', erasedCount: 2 }]);
  const left = await people.sql(
    'select lifted_at is null as stands from consent.suppression order by lifted_at',
  );
  expect(left).toEqual([{ stands: false }, { stands: true }]);
});

it('erases suppressions of a region sooner, where a rule says so', async () => {
  await lifted(await suppressed('+14155557001', { region: 'US-CA' }));
  await lifted(await suppressed('+14155557002', { region: 'CA' }));
  await lifted(await suppressed('+14155557003'));
  people.clock.time += 31 * DAY_MS;
  const rule = { recordClass: 'LIFTED_SUPPRESSION', regions: ['US'], days: 30, source: 'a test' };
  await eraseOutdated(cmp.deps, [rule], { LIFTED_SUPPRESSION: eraseLiftedSuppressions });
  expect(await runs()).toMatchObject([{ region: 'US-CA', erasedCount: 1 }]);
  expect(await count('suppression')).toBe(2);
});

it('leaves the ledger as it was, and its audit has nothing to say', async () => {
  await sent();
  await people.signLogs();
  const before = await log.theLog();
  expect(Number(before.size)).toBeGreaterThan(0);
  people.clock.time += 4_000 * DAY_MS;
  await oneRound(eraser());
  expect(await count('cmp_event')).toBe(0);
  await people.signLogs();
  expect(await log.theLog()).toEqual(before);
  expect(await log.audit()).toEqual({ count: Number(before.size), findings: [] });
});

it('erases nothing that it cannot log', async () => {
  await sent();
  people.clock.time += 91 * DAY_MS;
  await people.sql(
    `alter table consent.retention_run add constraint full_disk check (erased_count = 0) not valid`,
  );
  await oneRound(eraser());
  expect(cmp.lines().at(-1)).toMatchObject({ msg: 'job round failed' });
  expect(await count('cmp_event')).toBe(1);
  await people.sql('alter table consent.retention_run drop constraint full_disk');
  await oneRound(eraser());
  expect(await count('cmp_event')).toBe(0);
});

it('erases each record once when two workers are at it, at most 1,000 at a time', async () => {
  await sent();
  await multiplied(2_499);
  people.clock.time += 91 * DAY_MS;
  while ((await count('cmp_event')) > 0) {
    await Promise.all([oneRound(eraser()), oneRound(eraser())]);
  }
  const counts = (await runs()).map(({ erasedCount }) => erasedCount);
  expect(counts.reduce((sum, one) => sum + one, 0)).toBe(2_500);
  expect(counts.length).toBeGreaterThanOrEqual(3);
  expect(Math.max(...counts)).toBe(1_000);
});

it('passes over what another worker has in hand', async () => {
  await sent();
  await multiplied(2);
  people.clock.time += 91 * DAY_MS;
  await people.sql('begin');
  await people.sql(`select 1 from consent.cmp_event where event_id like '%/1' for update`);
  await oneRound(eraser());
  await people.sql('commit');
  expect(await count('cmp_event')).toBe(1);
  expect(await runs()).toMatchObject([{ erasedCount: 2 }]);
});

it('shows the log in pages, newest first, to auditors alone', async () => {
  for (const _ of [1, 2, 3]) {
    await sent();
    people.clock.time += 91 * DAY_MS;
    await oneRound(eraser());
  }
  const ask = (variables: object, asker: Asker = AUDITOR) =>
    people.ask('consent', runsQuery('consentRetentionRuns'), variables, asker);
  const page = await ask({ first: 2 });
  expect(page.data.runs.pageInfo).toEqual({ hasNextPage: true });
  const rest = await ask({ first: 2, after: page.data.runs.edges[1].cursor });
  expect(rest.data.runs.pageInfo).toEqual({ hasNextPage: false });
  const times = [...runsOf(page), ...runsOf(rest)].map(({ ranAt }) => ranAt);
  expect(times).toEqual([0, 91, 182].map((days) => daysAgo(people, days)));
  const refused = await ask({}, { scopes: ['consent:read', 'consent:write', 'consent:admin'] });
  expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  const bad = await ask({ after: 'nowhere' });
  expect(bad.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
});

it('keeps its log from its own role, and from the owner', async () => {
  await sent();
  people.clock.time += 91 * DAY_MS;
  await oneRound(eraser());
  for (const change of [
    'delete from consent.retention_run',
    'update consent.retention_run set erased_count = 0',
  ]) {
    const asPart = people.databases.consent.acrossTenants((tx) => tx.query(change));
    await expect(asPart).rejects.toThrow(/denied/);
    await expect(people.sql(change)).rejects.toThrow(/append-only/);
  }
});
