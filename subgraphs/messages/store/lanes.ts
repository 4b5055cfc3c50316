// Reads and writes providers' lanes. One without a row is well, and nothing was taken from it.
import type { Transaction } from '../../../platform/database.ts';
import type { Lane } from '../domain/lane.ts';

/** A lane as it was at `now`, on the database's clock. */
export interface SeenLane {
  readonly lane: Lane;
  readonly now: number;
}

interface Row {
  tokens: number | null;
  refilled_ms: number;
  failures: number;
  openings: number;
  open_ms: number | null;
  probing_ms: number | null;
  paused_ms: number | null;
  now: number;
}

const ms = (time: string): string => `extract(epoch from ${time})::float8 * 1000`;

const SELECT = `select tokens, ${ms('refilled_at')} as refilled_ms, failures, openings,
    ${ms('open_until')} as open_ms, ${ms('probing_until')} as probing_ms,
    ${ms('paused_until')} as paused_ms, ${ms('clock_timestamp()')} as now
  from messages.lane where name = $1`;

/** SQL, part of a claim: whether a lane does not let through as much as is asked. `$1` is the lane. */
export const LANE_HELD = `exists (select from messages.lane
  where name = $1 and (open_until is not null or paused_until > now()))`;

/** Locks nothing. Null where there is no row. */
export async function readLane(tx: Transaction, name: string): Promise<SeenLane | null> {
  const [row] = await tx.query<Row>(SELECT, [name]);
  return row === undefined ? null : seen(row);
}

/** Locks the lane until the transaction's end, and makes it where there is none. */
export async function lockLane(tx: Transaction, name: string): Promise<SeenLane> {
  const sql = `${SELECT} for update`;
  const [known] = await tx.query<Row>(sql, [name]);
  if (known !== undefined) return seen(known);
  await tx.query('insert into messages.lane (name) values ($1) on conflict do nothing', [name]);
  const [made] = await tx.query<Row>(sql, [name]);
  if (made === undefined) throw new Error(`the lane ${name} is gone`);
  return seen(made);
}

/** Of a lane that this transaction has locked. */
export async function saveLane(tx: Transaction, name: string, lane: Lane): Promise<void> {
  const time = (place: number): string => `to_timestamp($${place}::float8 / 1000)`;
  await tx.query(
    `update messages.lane set tokens = $2, refilled_at = ${time(3)}, failures = $4, openings = $5,
       open_until = ${time(6)}, probing_until = ${time(7)}, paused_until = ${time(8)}
     where name = $1`,
    [
      name,
      lane.tokens,
      lane.refilledAt,
      lane.failures,
      lane.openings,
      lane.openUntil,
      lane.probingUntil,
      lane.pausedUntil,
    ],
  );
}

/** Names of the lanes whose breaker is open: nothing is handed over there now. */
export async function openLanes(tx: Transaction): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ name: string }>(
    'select name from messages.lane where open_until > clock_timestamp()',
  );
  return new Set(rows.map(({ name }) => name));
}

/** Says that a worker serves these lanes now. */
export async function markServed(tx: Transaction, names: readonly string[]): Promise<void> {
  await tx.query(
    `insert into messages.lane (name) select unnest($1::text[])
     on conflict (name) do update set served_at = clock_timestamp()`,
    [names.toSorted()],
  );
}

/** Names of the lanes that a worker served not longer ago than that. */
export async function servedLanes(tx: Transaction, withinMs: number): Promise<readonly string[]> {
  const rows = await tx.query<{ name: string }>(
    `select name from messages.lane where served_at > clock_timestamp() - $1 * interval '1 ms'`,
    [withinMs],
  );
  return rows.map(({ name }) => name);
}

function seen(row: Row): SeenLane {
  const lane: Lane = {
    tokens: row.tokens,
    refilledAt: row.refilled_ms,
    failures: row.failures,
    openings: row.openings,
    openUntil: row.open_ms,
    probingUntil: row.probing_ms,
    pausedUntil: row.paused_ms,
  };
  return { lane, now: row.now };
}
