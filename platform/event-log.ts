// The durable log of a subgraph: events appended in the business transaction, and a tail that never skips one.
import type { Database, Transaction } from './database.ts';
import { tenantTableSql } from './migrate.ts';

/** An event about to be appended. Payloads hold ids and codes, never personal data. */
export interface NewEvent {
  readonly tenantId: string;
  /** A UUIDv7. */
  readonly id: string;
  readonly name: string;
  readonly payload: object;
  /** Milliseconds since 1970. */
  readonly occurredAt: number;
}

/** A place in the log: the transaction that wrote the event, and its number. Ordered by both. */
export interface Position {
  readonly tx: string;
  readonly seq: string;
}

export interface LoggedEvent {
  readonly tenantId: string;
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
  readonly occurredAt: number;
  readonly position: Position;
}

export const START: Position = { tx: '0', seq: '0' };

/** Rows a tail reads at once. */
export const TAIL_ROWS_MAX = 500;

/** What a part grants to those who follow its log. */
export const LOG_COLUMNS = ['tenant_id', 'tx', 'seq', 'id', 'name', 'payload', 'occurred_at'];

/** The log's table. The key starts with the tenant; the tail reads across tenants in (tx, seq) order. */
export function eventLogSql(schema: string): string {
  return `
    create table ${schema}.event (
      tenant_id text not null,
      tx xid8 not null default pg_current_xact_id(),
      seq bigint not null generated always as identity,
      id uuid not null,
      name text not null,
      payload jsonb not null,
      occurred_at timestamptz not null,
      primary key (tenant_id, tx, seq)
    );
    create index event_tail on ${schema}.event (tx, seq);
    create table ${schema}.follower (
      name text primary key,
      tx xid8 not null default '0',
      seq bigint not null default 0
    );
    ${tenantTableSql(schema, ['event'])}`;
}

/** To be the first statement of a transaction, started together with the second: transactions that begin like this append
 *  in the order in which they read what they build on. Positions are given out by the first write, so of two that wait
 *  for each other's rows the later one might stand in front. No write comes before the wait for this lock. */
export async function takeTurn(tx: Transaction, schema: string): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtext($1))`, [`${schema}.event`]);
}

/** Appends in the caller's transaction: one statement for any number of events. */
export async function appendEvents(
  tx: Transaction,
  schema: string,
  events: readonly NewEvent[],
): Promise<void> {
  if (events.length === 0) return;
  await tx.query(
    `insert into ${schema}.event (tenant_id, id, name, payload, occurred_at)
     select e.tenant_id, e.id, e.name, e.payload, to_timestamp(e.occurred_at / 1000.0)
     from unnest($1::text[], $2::uuid[], $3::text[], $4::jsonb[], $5::float8[])
       as e (tenant_id, id, name, payload, occurred_at)`,
    [
      events.map((event) => event.tenantId),
      events.map((event) => event.id),
      events.map((event) => event.name),
      events.map((event) => JSON.stringify(event.payload)),
      events.map((event) => event.occurredAt),
    ],
  );
}

interface EventRow {
  tenant_id: string;
  id: string;
  name: string;
  payload: unknown;
  occurred_ms: number;
  tx: string;
  seq: string;
}

// A row is visible to the tail once no transaction that could still write before it is running. A plain
// "seq > last" would lose rows whose transaction commits late: numbers are given out before the commit.
const VISIBLE = `tx < pg_snapshot_xmin(pg_current_snapshot())`;
const COLUMNS = `tenant_id, id, name, payload, extract(epoch from occurred_at)::float8 * 1000 as occurred_ms,
  tx::text, seq::text`;

/** The events of all tenants after `after`, oldest first, at most TAIL_ROWS_MAX. For jobs and live tails. */
export async function readTail(
  database: Database,
  source: string,
  after: Position,
): Promise<LoggedEvent[]> {
  return database.acrossTenants(async (tx) =>
    toEvents(
      await tx.query<EventRow>(
        `select ${COLUMNS} from ${source}.event
         where (tx, seq) > ($1::xid8, $2::bigint) and ${VISIBLE}
         order by event.tx, event.seq limit ${TAIL_ROWS_MAX}`,
        [after.tx, after.seq],
      ),
    ),
  );
}

/** One tenant's events after `after` and up to `until`, oldest first, at most TAIL_ROWS_MAX. */
export async function readTenantEvents(
  database: Database,
  source: string,
  range: { tenantId: string; after: Position; until: Position },
): Promise<LoggedEvent[]> {
  const { tenantId, after, until } = range;
  return database.read(tenantId, async (tx) =>
    toEvents(
      await tx.query<EventRow>(
        `select ${COLUMNS} from ${source}.event
         where tenant_id = $1 and (tx, seq) > ($2::xid8, $3::bigint) and (tx, seq) <= ($4::xid8, $5::bigint)
         order by event.tx, event.seq limit ${TAIL_ROWS_MAX}`,
        [tenantId, after.tx, after.seq, until.tx, until.seq],
      ),
    ),
  );
}

/** Where a tail that wants only what comes from now on has to start. */
export async function endOfLog(database: Database, source: string): Promise<Position> {
  return database.acrossTenants(async (tx) => {
    const [last] = await tx.query<Position>(
      `select tx::text, seq::text from ${source}.event where ${VISIBLE}
       order by event.tx desc, event.seq desc limit 1`,
    );
    return last ?? START;
  });
}

/** -1, 0 or 1 as `a` stands before, at or after `b`. */
export function comparePositions(a: Position, b: Position): number {
  const [first, second] =
    a.tx === b.tx ? [BigInt(a.seq), BigInt(b.seq)] : [BigInt(a.tx), BigInt(b.tx)];
  return first < second ? -1 : first > second ? 1 : 0;
}

/** An opaque cursor: clients store it and hand it back, nothing else. */
export function cursorOf(position: Position): string {
  return Buffer.from(`${position.tx}.${position.seq}`).toString('base64url');
}

const TX_MAX = 2n ** 64n - 1n;
const SEQ_MAX = 2n ** 63n - 1n;

/** The position behind a cursor, or null when the text is not one. */
export function positionOf(cursor: string): Position | null {
  const found = /^(\d{1,20})\.(\d{1,19})$/.exec(
    Buffer.from(cursor, 'base64url').toString('latin1'),
  );
  const [, tx = '0', seq = '0'] = found ?? [];
  return found === null || BigInt(tx) > TX_MAX || BigInt(seq) > SEQ_MAX ? null : { tx, seq };
}

function toEvents(rows: readonly EventRow[]): LoggedEvent[] {
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    id: row.id,
    name: row.name,
    payload: row.payload,
    occurredAt: Math.round(row.occurred_ms),
    position: { tx: row.tx, seq: row.seq },
  }));
}
