// Brings the database to the program's schema: roles, one PostgreSQL schema a part, migrations and grants, under one lock.
import { createHmac } from 'node:crypto';
import { Migration, Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { assert } from './assert.ts';

/** One forward step. Never edited once released; old code must run on the new schema. */
export interface SqlMigration {
  readonly name: string;
  readonly sql: string;
  /** What SQL alone cannot say about rows that are there already; in the same transaction, after the SQL. */
  readonly fill?: (run: RunSql) => Promise<void>;
}

/** Runs one statement, with `?` in the place of each value. */
export type RunSql = (sql: string, values?: unknown[]) => Promise<readonly object[]>;

/** Columns of one table that another schema's role may read. */
export interface ReadGrant {
  readonly table: string;
  readonly columns: readonly string[];
}

export interface MigratedSchema {
  readonly schema: string;
  readonly migrations: readonly SqlMigration[];
  /** Tables whose rows the part itself may neither change nor delete. */
  readonly appendOnly: readonly string[];
  /** By reading schema: what its role may read here. Nothing else is ever shared. */
  readonly grants: Readonly<Record<string, readonly ReadGrant[]>>;
}

/** Without the setting `current_setting` is null and no row is seen: it fails closed. The planner guesses that a `case` lets
 *  half of the rows through. Of a comparison, in a table that it has no statistics of, it guesses one in two hundred: then
 *  it takes any path for a short one, and a batch of keys reads all that a tenant has. */
const SEEN = `case when current_setting('parley.tenant', true) = '*' then true
  else current_setting('parley.tenant', true) = tenant_id end`;

/** The SQL that lets a row be seen only by a transaction of its tenant, or by a job's transaction across tenants. */
export function tenantTableSql(schema: string, tables: readonly string[]): string {
  const statements = tables.map((table) => {
    const name = `${escapeIdentifier(schema)}.${escapeIdentifier(table)}`;
    return `alter table ${name} enable row level security;
      create policy tenant on ${name} using (${SEEN});`;
  });
  return statements.join('\n');
}

const ROLE_SETTINGS = {
  // What takes longer than this is a fault of ours, not work: it would hold the event tails back.
  transaction_timeout: '30s',
  // A process that stands still, or that the network has lost, gives up its locks before those who wait for them give up.
  idle_in_transaction_session_timeout: '4s',
  lock_timeout: '5s',
  // Hot statements look up a batch of keys. The default is that of spinning disks: with it a batch of 200 reads a table
  // of 10,000 rows as a whole, and grows with it.
  random_page_cost: '1.1',
  // Compiling pays for reports, not for statements of a millisecond.
  jit: 'off',
} as const;

export const roleOf = (schema: string): string => `parley_${schema}`;

/** The URL with which the part of `schema` connects: its own role, with a password derived from the owner's.
 *  The derivation keeps the passwords of one installation in step without storing them anywhere. */
export function roleUrl(ownerUrl: string, schema: string): string {
  const url = new URL(ownerUrl);
  url.password = rolePassword(ownerUrl, schema);
  url.username = roleOf(schema);
  return url.toString();
}

function rolePassword(ownerUrl: string, schema: string): string {
  const owner = decodeURIComponent(new URL(ownerUrl).password);
  return createHmac('sha256', owner).update(`parley role ${schema}`).digest('base64url');
}

/** Applies what is missing and repeats what is idempotent; safe to run from several processes at once.
 *  `ownerUrl` needs CREATEROLE and CREATE on the database. Returns the names of the applied migrations. */
export async function migrate(
  ownerUrl: string,
  schemas: readonly MigratedSchema[],
): Promise<readonly string[]> {
  const client = new Client({ connectionString: ownerUrl, application_name: 'parley-migrate' });
  await client.connect();
  try {
    await client.query(`select pg_advisory_lock(hashtext('parley migrate'))`);
    const applied: string[] = [];
    for (const { schema } of schemas) await prepareRole(client, ownerUrl, schema);
    for (const { schema } of schemas) {
      await client.query(`create schema if not exists ${escapeIdentifier(schema)}`);
    }
    for (const part of schemas) applied.push(...(await migrateSchema(client, ownerUrl, part)));
    for (const part of schemas) await client.query(`${policiesSql(part)} ${grantsSql(part)}`);
    return applied;
  } finally {
    await client.end();
  }
}

/** Roles belong to the whole cluster, but locks to one database: two that are migrated at once can meet here. */
const ROLE_TRIES_MAX = 10;
const CONCURRENT_CHANGE = new Set(['XX000', '42710', '23505']);

async function prepareRole(client: Client, ownerUrl: string, schema: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await client.query(await roleSql(client, ownerUrl, schema));
      return;
    } catch (error) {
      const { code = '' } = error as { code?: string };
      if (tries === ROLE_TRIES_MAX || !CONCURRENT_CHANGE.has(code)) throw error;
    }
  }
}

async function roleSql(client: Client, ownerUrl: string, schema: string): Promise<string> {
  const role = escapeIdentifier(roleOf(schema));
  const found = await client.query('select 1 from pg_roles where rolname = $1', [roleOf(schema)]);
  const password = escapeLiteral(rolePassword(ownerUrl, schema));
  const settings = Object.entries(ROLE_SETTINGS).map(
    ([name, value]) => `alter role ${role} set ${name} = ${escapeLiteral(value)};`,
  );
  return `${found.rowCount === 0 ? 'create' : 'alter'} role ${role} login password ${password};
    ${settings.join('\n')}`;
}

async function migrateSchema(
  client: Client,
  ownerUrl: string,
  part: MigratedSchema,
): Promise<readonly string[]> {
  const known = await client.query<{ found: boolean }>(
    'select to_regclass($1) is not null as found',
    [`${part.schema}.migration`],
  );
  if (known.rows[0]?.found === true) {
    // Asking once is 100 times cheaper than starting the migrator, and most starts have nothing to do.
    const done = await client.query<{ name: string }>(
      `select name from ${escapeIdentifier(part.schema)}.migration`,
    );
    const names = new Set(done.rows.map((row) => row.name));
    if (part.migrations.every((migration) => names.has(migration.name))) return [];
  }
  const orm = await MikroORM.init({
    clientUrl: ownerUrl,
    dbName: new URL(ownerUrl).pathname.slice(1),
    entities: [],
    discovery: { warnWhenNoEntities: false },
    extensions: [Migrator],
    pool: { min: 0, max: 2 },
    logger: () => undefined,
    migrations: {
      tableName: `${part.schema}.migration`,
      snapshot: false,
      silent: true,
      migrationsList: part.migrations.map((migration) => ({
        name: migration.name,
        class: sqlMigrationClass(migration),
      })),
    },
  });
  try {
    const applied = await orm.migrator.up();
    return applied.map((migration) => `${part.schema}/${migration.name}`);
  } finally {
    await orm.close(true);
  }
}

function sqlMigrationClass(
  migration: SqlMigration,
): new (...args: ConstructorParameters<typeof Migration>) => Migration {
  return class extends Migration {
    override async up(): Promise<void> {
      await this.execute(migration.sql);
      await migration.fill?.((sql, values) => this.execute(sql, values));
    }
  };
}

/** Tables of before the policy was written as a `case` get it as it is now. */
function policiesSql({ schema }: MigratedSchema): string {
  return `do $$ declare found record; begin
    for found in select tablename from pg_policies
      where schemaname = ${escapeLiteral(schema)} and policyname = 'tenant' and not starts_with(ltrim(qual, E'\\n '), 'CASE')
    loop
      execute format('alter policy tenant on %I.%I using (%s)',
        ${escapeLiteral(schema)}, found.tablename, ${escapeLiteral(SEEN)});
    end loop; end $$;`;
}

/** Own rows: all but TRUNCATE and DDL. Foreign ones: the granted columns. */
function grantsSql(part: MigratedSchema): string {
  const schema = escapeIdentifier(part.schema);
  const own = escapeIdentifier(roleOf(part.schema));
  const foreign = Object.entries(part.grants).flatMap(([reader, grants]) => [
    `grant usage on schema ${schema} to ${escapeIdentifier(roleOf(reader))};`,
    ...grants.map(({ table, columns }) => {
      assert(columns.length > 0, 'a grant names its columns');
      const list = columns.map(escapeIdentifier).join(', ');
      return `grant select (${list}) on ${schema}.${escapeIdentifier(table)}
        to ${escapeIdentifier(roleOf(reader))};`;
    }),
  ]);
  return [
    `grant usage on schema ${schema} to ${own};`,
    `grant select, insert, update, delete on all tables in schema ${schema} to ${own};`,
    `grant usage on all sequences in schema ${schema} to ${own};`,
    `revoke all on ${schema}.migration from ${own};`,
    ...foreign,
    ...part.appendOnly.map(
      (table) => `revoke update, delete on ${schema}.${escapeIdentifier(table)} from ${own};`,
    ),
  ].join('\n');
}
