// Retention of one-time codes and visits on a real database: those that were over for a day go and are logged, no others.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eraseOutdated } from '../../platform/retention.ts';
import { retentionRules } from '../../subgraphs/messages/domain/retention.ts';
import { eraseCodes, eraseVisits } from '../../subgraphs/messages/store/outdated-codes.ts';
import { startPeople, type People } from '../support/people.ts';

const DAY_MS = 86_400_000;
const erasers = { ONE_TIME_CODE: eraseCodes, LINK_VISIT: eraseVisits };

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.close());

async function insert(tenant: string, endedMsAgo: number): Promise<void> {
  const end = new Date(people.clock.time - endedMsAgo);
  await people.sql(
    `insert into messages.one_time_code
       (tenant_id, message_id, recipient_id, request_digest, mac, key_version, expires_at, created_at)
     values ($1, uuidv7(), uuidv7(), '', '', 1, $2, $2)`,
    [tenant, end],
  );
  await people.sql(
    `insert into messages.link_visit
       (tenant_id, visitor, message_id, attempt_id, code_message_id, code_channel, expires_at, created_at)
     values ($1, uuid_send(uuidv7()), uuidv7(), uuidv7(), uuidv7(), 'EMAIL', $2, $2)`,
    [tenant, end],
  );
}

test('what was over for a day goes, of every tenant, and each erasure is logged', async () => {
  const fates: [string, number][] = [
    ['acme', DAY_MS + 1],
    ['acme', 2 * DAY_MS],
    ['globex', DAY_MS + 1],
    ['acme', DAY_MS - 1],
    ['globex', -600_000],
  ];
  for (const [tenant, ago] of fates) await insert(tenant, ago);
  const deps = { ...people.work, database: people.databases.messages };
  expect(await eraseOutdated(deps, retentionRules, erasers)).toBe(false);
  for (const table of ['one_time_code', 'link_visit']) {
    const left = await people.sql(`select tenant_id from messages.${table} order by 1`);
    expect(left).toEqual([{ tenant_id: 'acme' }, { tenant_id: 'globex' }]);
  }
  const logged = await people.sql(
    `select tenant_id, record_class, erased_count from messages.retention_run order by 2, 1`,
  );
  expect(logged).toEqual([
    { tenant_id: 'acme', record_class: 'LINK_VISIT', erased_count: 2 },
    { tenant_id: 'globex', record_class: 'LINK_VISIT', erased_count: 1 },
    { tenant_id: 'acme', record_class: 'ONE_TIME_CODE', erased_count: 2 },
    { tenant_id: 'globex', record_class: 'ONE_TIME_CODE', erased_count: 1 },
  ]);
  await eraseOutdated(deps, retentionRules, erasers);
  expect(await people.sql('select 1 from messages.retention_run')).toHaveLength(4);
});

test('nobody rewrites who opened what', async () => {
  await expect(
    people.databases.messages.acrossTenants((tx) => tx.query('delete from messages.link_access')),
  ).rejects.toThrow(/denied/);
});
