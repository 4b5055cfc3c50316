// What must hold for every table: the tenant leads its keys, row-level security is on, roles stay in their schema.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { SUBGRAPHS, type SubgraphName } from '../../configuration.ts';
import { migrate, roleUrl } from '../../platform/migrate.ts';
import { definitions } from '../../parts.ts';
import { openMachinery, type Machinery } from '../support/machinery.ts';

/** Tables that belong to the machinery and hold nothing of a tenant. */
const MACHINERY = ['migration', 'follower', 'lane', 'rate_bucket'];

describe('the tables', () => {
  let machinery: Machinery;
  let owner: Client;

  beforeAll(async () => {
    machinery = await openMachinery();
    owner = new Client({ connectionString: machinery.url });
    await owner.connect();
  });

  afterAll(async () => {
    await owner.end();
    await machinery.close();
  });

  it('have the tenant first in every primary key and unique constraint', async () => {
    const { rows } = await owner.query<{ name: string; first: string }>(
      `select format('%s.%s %s', n.nspname, t.relname, c.conname) as name, a.attname as first
       from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_namespace n on n.oid = t.relnamespace
       join pg_attribute a on a.attrelid = t.oid and a.attnum = c.conkey[1]
       where c.contype in ('p', 'u') and n.nspname = any($1) and t.relname <> all($2)`,
      [SUBGRAPHS, MACHINERY],
    );
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter(({ first }) => first !== 'tenant_id')).toEqual([]);
  });

  it('have row-level security, each of them', async () => {
    const { rows } = await owner.query<{ name: string; secured: boolean }>(
      `select format('%s.%s', n.nspname, t.relname) as name, t.relrowsecurity as secured
       from pg_class t join pg_namespace n on n.oid = t.relnamespace
       where t.relkind = 'r' and n.nspname = any($1) and t.relname <> all($2)`,
      [SUBGRAPHS, MACHINERY],
    );
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter(({ secured }) => !secured)).toEqual([]);
  });

  it('of before get the policy as it is written now', async () => {
    const policies = async () => {
      const { rows } = await owner.query<{ qual: string }>(
        `select distinct regexp_replace(qual, '\\s+', ' ', 'g') as qual from pg_policies where policyname = 'tenant'`,
      );
      return rows.map(({ qual }) => qual);
    };
    const asWritten = await policies();
    expect(asWritten).toHaveLength(1);
    await owner.query(
      `alter policy tenant on consent.consent_event using (current_setting('parley.tenant', true) in (tenant_id, '*'))`,
    );
    expect(await policies()).toHaveLength(2);
    await migrate(machinery.url, Object.values(definitions));
    expect(await policies()).toEqual(asWritten);
  });

  it('are as the program describes them', async () => {
    for (const name of SUBGRAPHS) {
      const database = await machinery.open(name);
      const { config } = database.orm;
      // Policies and triggers are written in the migrations, where a reader looks for them.
      config.set('schemaGenerator', { ignorePolicies: true, ignoreTriggers: true } as never);
      const sql = await database.orm.schema.getUpdateSchemaSQL({ safe: true, dropTables: false });
      expect({ name, sql: sql.trim() }).toEqual({ name, sql: '' });
    }
  });

  it.each(SUBGRAPHS)(
    'can be written by no other role than that of %s, nor read beyond its grants',
    async (name) => {
      const { rows } = await owner.query<{ reader: string; privilege: string; at: string }>(
        `select g.grantee as reader, g.privilege_type as privilege, g.table_name || '.' || g.column_name as at
       from information_schema.column_privileges g
       where g.table_schema = $1 and g.grantee like 'parley_%' and g.grantee <> $2`,
        [name, `parley_${name}`],
      );
      const granted = Object.entries(definitions[name].grants).flatMap(([reader, grants]) =>
        grants.flatMap(({ table, columns }) =>
          columns.map((column) => `parley_${reader} SELECT ${table}.${column}`),
        ),
      );
      const found = rows.map(({ reader, privilege, at }) => `${reader} ${privilege} ${at}`);
      expect(found.toSorted()).toEqual(granted.toSorted());
    },
  );

  it('show no row to a role that names no tenant, and refuse what is not granted', async () => {
    const connect = async (name: SubgraphName): Promise<Client> => {
      const client = new Client({ connectionString: roleUrl(machinery.url, name) });
      await client.connect();
      return client;
    };
    await owner.query(
      `insert into messages.event (tenant_id, id, name, payload, occurred_at) values ('acme', uuidv7(), 'x', '{}', now())`,
    );
    const messages = await connect('messages');
    expect((await messages.query('select * from messages.event')).rows).toEqual([]);
    await expect(messages.query('select * from delivery.delivery_event')).rejects.toThrow(/denied/);
    await expect(messages.query('delete from recipients.recipient')).rejects.toThrow(/denied/);
    await messages.end();
    const consent = await connect('consent');
    await expect(consent.query('update consent.consent_event set actor = actor')).rejects.toThrow(
      /denied/,
    );
    await expect(consent.query('delete from consent.consent_event')).rejects.toThrow(/denied/);
    await consent.end();
  });
});
