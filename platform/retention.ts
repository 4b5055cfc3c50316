// Retention: records whose time is over are erased in small transactions, and each erasure is logged in the same one.
import type { Clock } from './clock.ts';
import type { Database, Transaction } from './database.ts';
import { tenantTableSql } from './migrate.ts';
import { pageOf, readPage, type Page } from './page.ts';

/** How long the records of one class are kept. */
export interface RetentionRule<RecordClass extends string = string> {
  readonly recordClass: RecordClass;
  /** Of which regions' records: there the shorter of two times counts. Null: of all, whatever their region. */
  readonly regions: readonly string[] | null;
  readonly days: number;
  /** Where the number comes from. */
  readonly source: string;
}

/** What is erased at once. */
export interface ErasedBatch {
  readonly regions: readonly string[] | null;
  /** Records that ended before; in milliseconds since 1970. */
  readonly before: number;
  readonly limit: number;
}

/** How many records of a tenant were erased, and of which region, where the batch is about regions. */
export interface ErasedCount {
  readonly tenantId: string;
  readonly region: string | null;
  readonly count: number;
}

/** Erases records of one class over all tenants, at most `limit`, and passes over those in other hands. */
export type EraseBatch = (tx: Transaction, batch: ErasedBatch) => Promise<readonly ErasedCount[]>;

/** Records of one class that were erased together. Times are in milliseconds since 1970. */
export interface RetentionRun {
  readonly id: string;
  readonly recordClass: string;
  readonly region: string | null;
  readonly before: number;
  readonly erasedCount: number;
  readonly ranAt: number;
}

/** Records that one transaction erases at the most. */
const ERASED_MAX = 1_000;

const DAY_MS = 86_400_000;
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** The log of erasures. Nobody may change it, the owner included, short of dropping the trigger. */
export function retentionSql(schema: string): string {
  return `
    create table ${schema}.retention_run (
      tenant_id text not null,
      id uuid not null,
      record_class text not null,
      region text,
      before timestamptz not null,
      erased_count int not null,
      ran_at timestamptz not null,
      primary key (tenant_id, id)
    );
    create function ${schema}.refuse_run_change() returns trigger language plpgsql as $$
      begin
        raise exception 'retention runs are append-only' using errcode = 'restrict_violation';
      end
    $$;
    create trigger append_only before update or delete or truncate on ${schema}.retention_run
      for each statement execute function ${schema}.refuse_run_change();
    ${tenantTableSql(schema, ['retention_run'])}`;
}

/** One batch of each rule, in a transaction of its own. True when there may be more at once. */
export async function eraseOutdated<RecordClass extends string>(
  deps: { database: Database; clock: Clock; newUuid: () => string },
  rules: readonly RetentionRule<RecordClass>[],
  erasers: Readonly<Record<RecordClass, EraseBatch>>,
): Promise<boolean> {
  const { database, clock, newUuid } = deps;
  let more = false;
  for (const { recordClass, regions, days } of rules) {
    const ranAt = clock.now();
    const before = ranAt - days * DAY_MS;
    const erased = await database.acrossTenants(async (tx) => {
      const counts = await erasers[recordClass](tx, { regions, before, limit: ERASED_MAX });
      const runs = counts.map(({ tenantId, region, count: erasedCount }) => {
        return { tenantId, id: newUuid(), recordClass, region, before, erasedCount, ranAt };
      });
      await logRuns(tx, database.schema, runs);
      return counts.reduce((sum, { count }) => sum + count, 0);
    });
    more ||= erased === ERASED_MAX;
  }
  return more;
}

async function logRuns(
  tx: Transaction,
  schema: string,
  runs: readonly (RetentionRun & { readonly tenantId: string })[],
): Promise<void> {
  if (runs.length === 0) return;
  await tx.query(
    `insert into ${schema}.retention_run (tenant_id, id, record_class, region, before, erased_count, ran_at)
     select r."tenantId", r.id, r."recordClass", r.region, to_timestamp(r.before / 1000), r."erasedCount",
       to_timestamp(r."ranAt" / 1000)
     from json_to_recordset($1::json) as r ("tenantId" text, id uuid, "recordClass" text, region text,
       before float8, "erasedCount" int, "ranAt" float8)`,
    [JSON.stringify(runs)],
  );
}

/** A page of a tenant's log of erasures, newest first. Throws what readPage throws. */
export async function retentionRunPage(
  database: Database,
  tenantId: string,
  asked: { readonly first: number | null; readonly after: string | null },
): Promise<Page<RetentionRun>> {
  const page = readPage(asked.first, asked.after, (text) => UUID.test(text));
  const runs = await database.read(tenantId, (tx) =>
    tx.query<RetentionRun>(
      `select id, record_class as "recordClass", region, erased_count as "erasedCount",
         round(extract(epoch from before) * 1000)::float8 as before,
         round(extract(epoch from ran_at) * 1000)::float8 as "ranAt"
       from ${database.schema}.retention_run
       where tenant_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
      [tenantId, page.after, page.first + 1],
    ),
  );
  return pageOf(runs, page, ({ id }) => id);
}
