// Consent records of before the log: the migration gives each its place, and the log goes on from there.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { migrate } from '../../platform/migrate.ts';
import { definitions } from '../../parts.ts';
import { appendLeaf, EMPTY_LOG, logRoot } from '../../crypto/merkle-log.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let owner: Client;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = new Client({ connectionString: database.url });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

test('records of before have their places in the order in which they were recorded', async () => {
  const { consent, ...others } = definitions;
  const before = consent.migrations.findIndex(({ name }) => name.endsWith('-ledger'));
  expect(before).toBeGreaterThan(0);
  await owner.query('drop schema consent cascade');
  const earlier = {
    ...consent,
    migrations: consent.migrations.slice(0, before),
    appendOnly: ['consent_event'],
    grants: {},
  };
  await migrate(database.url, [...Object.values(others), earlier]);
  await owner.query(
    `insert into consent.consent_event (tenant_id, id, subject, linkage, purpose, channel, action, source, method,
       jurisdiction, policy_version, recipient_id, actor, occurred_at, recorded_at)
     select case when n % 3 = 0 then 'globex' else 'acme' end, gen_random_uuid(), 'pn1.1.s' || n, 'HASHED_PHONE',
       'MARKETING', 'SMS', 'GRANTED', 'WEB', 'FORM', 'AT', '1', gen_random_uuid(), 'import',
       '2026-11-01T00:00:00Z', timestamptz '2026-11-01T00:00:00Z' + interval '1 s' * ((n * 7) % 12)
     from generate_series(1, 12) n`,
  );
  await migrate(database.url, [...Object.values(others), consent]);

  const { rows } = await owner.query<{ tenant_id: string; log_index: string; leaf_hash: Buffer }>(
    `select tenant_id, log_index, leaf_hash from consent.consent_event order by tenant_id, recorded_at`,
  );
  const heads = await owner.query<{ tenant_id: string; size: string; peaks: Buffer[] }>(
    'select * from consent.log_head order by tenant_id',
  );
  for (const [place, tenantId] of ['acme', 'globex'].entries()) {
    const own = rows.filter((row) => row.tenant_id === tenantId);
    expect(own.map((row) => Number(row.log_index))).toEqual(own.map((_, index) => index));
    let frontier = EMPTY_LOG;
    for (const row of own) ({ frontier } = appendLeaf(frontier, row.leaf_hash));
    const { size, peaks } = heads.rows[place] ?? { size: '0', peaks: [] };
    expect(logRoot({ size: BigInt(size), peaks })).toEqual(logRoot(frontier));
    expect(BigInt(size)).toBe(frontier.size);
  }
  const nodes = await owner.query('select from consent.log_node');
  // 8 leaves have 4 + 2 + 1 inner nodes, 4 have 2 + 1.
  expect(nodes.rowCount).toBe(10);
  await expect(owner.query(`delete from consent.consent_event`)).rejects.toThrow(/append-only/);
});
