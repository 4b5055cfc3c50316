// Transactions on a real PostgreSQL: whose rows they see, what a failure leaves behind, and what a lost connection costs.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { Database, type Transaction } from '../../platform/database.ts';
import { roleUrl } from '../../platform/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { recordingLog } from '../support/recording-log.ts';

describe('a transaction', () => {
  let test: TestDatabase;
  let owner: Client;
  let database: Database;

  beforeAll(async () => {
    test = await createTestDatabase();
    owner = new Client({ connectionString: test.url });
    await owner.connect();
  });

  afterAll(async () => {
    await owner.end();
    await test.drop();
  });

  beforeEach(async () => {
    await owner.query('delete from messages.task');
    // One connection: whatever is not given back is missed at once.
    database = await Database.open({
      url: roleUrl(test.url, 'messages'),
      schema: 'messages',
      tables: [],
      connectionsMax: 1,
      log: recordingLog().log,
    });
  });

  afterEach(() => database.close());

  const put = (tx: Transaction, tenantId: string, key: string) =>
    tx.query(
      `insert into messages.task (tenant_id, key, lane, priority, share, due_at) values ($1, $2, 'l', 0, '', now())`,
      [tenantId, key],
    );
  const keys = async (tx: Transaction): Promise<string[]> =>
    (await tx.query<{ key: string }>('select key from messages.task order by key')).map(
      (row) => row.key,
    );

  it('reads all that it reads at the same moment', async () => {
    const seen = await database.read('acme', async (tx) => {
      const before = await keys(tx);
      await owner.query(
        `insert into messages.task (tenant_id, key, lane, priority, share, due_at) values ('acme', 'new', 'l', 0, '', now())`,
      );
      return [before, await keys(tx)];
    });
    expect(seen).toEqual([[], []]);
    expect(await database.read('acme', keys)).toEqual(['new']);
  });

  it('keeps what it asked once parsed and planned, for all that come after on the connection', async () => {
    for (let time = 0; time < 3; time += 1) {
      await database.read('acme', (tx) => tx.query('select $1::int + 1 as kept', [time]));
    }
    const kept = await database.read('acme', (tx) =>
      tx.query<{ plans: number }>(
        `select (generic_plans + custom_plans)::int as plans from pg_prepared_statements
         where statement like '%as kept'`,
      ),
    );
    expect(kept).toEqual([{ plans: 3 }]);
  });

  it('is ended where its process stands still, before those who wait for its locks give up', async () => {
    const [shown] = await database.acrossTenants((tx) =>
      tx.query<{ idle: number; lock: number }>(
        `select extract(epoch from current_setting('idle_in_transaction_session_timeout')::interval)::int as idle,
           extract(epoch from current_setting('lock_timeout')::interval)::int as lock`,
      ),
    );
    expect(shown?.idle).toBeGreaterThan(0);
    expect(shown?.idle).toBeLessThan(shown?.lock ?? 0);
  });

  it('sees and writes the rows of its tenant alone', async () => {
    await database.transaction('acme', (tx) => put(tx, 'acme', 'a'));
    await database.transaction('globex', (tx) => put(tx, 'globex', 'g'));
    expect(await database.read('acme', keys)).toEqual(['a']);
    expect(await database.read('globex', keys)).toEqual(['g']);
    expect(await database.acrossTenants(keys)).toEqual(['a', 'g']);
    const forged = database.transaction('acme', (tx) => put(tx, 'globex', 'forged'));
    await expect(forged).rejects.toThrow(/row-level security/);
    const stolen = database.transaction('acme', (tx) =>
      tx.query(`update messages.task set tenant_id = 'acme' returning key`),
    );
    expect(await stolen).toEqual([{ key: 'a' }]);
  });

  it('of no tenant, or of all by their sign, is refused', async () => {
    for (const tenantId of ['', '*', "acme'", 'a b']) {
      await expect(database.transaction(tenantId, keys)).rejects.toThrow(/one tenant/);
      await expect(database.read(tenantId, keys)).rejects.toThrow(/one tenant/);
    }
  });

  it('leaves its tenant on no connection', async () => {
    await database.transaction('acme', (tx) => put(tx, 'acme', 'a'));
    const [row] = await database.acrossTenants((tx) =>
      tx.query<{ tenant: string }>(`select current_setting('parley.tenant') as tenant`),
    );
    expect(row).toEqual({ tenant: '*' });
  });

  it('that reads cannot write', async () => {
    await expect(database.read('acme', (tx) => put(tx, 'acme', 'a'))).rejects.toThrow(/read-only/);
  });

  it('that throws leaves nothing behind, and has no effect afterwards', async () => {
    const effects: string[] = [];
    const failing = database.transaction('acme', async (tx) => {
      tx.afterCommit(() => effects.push('told'));
      await put(tx, 'acme', 'a');
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await database.acrossTenants(keys)).toEqual([]);
    expect(effects).toEqual([]);
  });

  it('has its effects once it has committed, not before', async () => {
    const seen: string[][] = [];
    await database.transaction('acme', async (tx) => {
      tx.afterCommit(() => seen.push(['told']));
      await put(tx, 'acme', 'a');
      expect(seen).toEqual([]);
    });
    expect(seen).toEqual([['told']]);
  });

  it('inside another one is a transaction of its own', async () => {
    const two = await Database.open({
      url: roleUrl(test.url, 'messages'),
      schema: 'messages',
      tables: [],
      connectionsMax: 2,
      log: recordingLog().log,
    });
    const outer = two.transaction('acme', async (tx) => {
      await put(tx, 'acme', 'outer');
      await two.transaction('globex', (inner) => put(inner, 'globex', 'inner'));
      throw new Error('outer fails');
    });
    await expect(outer).rejects.toThrow('outer fails');
    expect(await two.acrossTenants(keys)).toEqual(['inner']);
    await two.close();
  });

  it('that loses its connection fails, and the next one gets a new connection', async () => {
    for (let round = 0; round < 3; round += 1) {
      const lost = database.transaction('acme', async (tx) => {
        const [row] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
        await owner.query('select pg_terminate_backend($1, 5000)', [row?.pid]);
        await put(tx, 'acme', 'lost');
      });
      await expect(lost).rejects.toThrow(/terminat|closed|not queryable|reset/i);
    }
    expect(await database.acrossTenants(keys)).toEqual([]);
    expect(await database.reachable()).toBe(true);
  });
});
