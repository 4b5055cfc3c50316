// The task table: queue, timer wheel, retry store and lease in one row that moves through lanes.
import type { Transaction } from './database.ts';
import { tenantTableSql } from './migrate.ts';

/** A next step. A key has one step at a time, so moving a task also cancels what it waited for. */
export interface NewTask {
  readonly tenantId: string;
  readonly key: string;
  readonly lane: string;
  /** 0 goes first. */
  readonly priority: number;
  /** Whose turn it is within a priority: equal shares are served in turn. Empty where turns do not matter. */
  readonly share: string;
  /** Milliseconds from the database's now. */
  readonly delayMs: number;
}

/** A task in hand. `claim` is the fencing token: whoever claims later has a higher one. */
export interface ClaimedTask {
  readonly tenantId: string;
  readonly key: string;
  readonly claim: number;
}

export function taskQueueSql(schema: string): string {
  return `
    create table ${schema}.task (
      tenant_id text not null,
      key text not null,
      lane text not null,
      priority smallint not null,
      share text not null,
      due_at timestamptz not null,
      claim int not null default 0,
      primary key (tenant_id, key)
    ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
    create index task_next on ${schema}.task (lane, priority, share, due_at);
    ${tenantTableSql(schema, ['task'])}`;
}

/** Puts tasks, in the caller's transaction. A key that exists moves to the new lane and loses its lease. A delay counts from
 *  the statement and not from the transaction's start, which lies before the caller's now. */
export async function putTasks(
  tx: Transaction,
  schema: string,
  tasks: readonly NewTask[],
): Promise<void> {
  if (tasks.length === 0) return;
  // Sorted, because two batches that lock the same rows in another order would deadlock.
  const sorted = [...tasks].sort((a, b) => (a.key < b.key ? -1 : 1));
  await tx.query(
    `insert into ${schema}.task (tenant_id, key, lane, priority, share, due_at)
     select t.tenant_id, t.key, t.lane, t.priority, t.share, clock_timestamp() + t.delay * interval '1 ms'
     from unnest($1::text[], $2::text[], $3::text[], $4::smallint[], $5::text[], $6::float8[])
       as t (tenant_id, key, lane, priority, share, delay)
     on conflict (tenant_id, key) do update set
       lane = excluded.lane, priority = excluded.priority, share = excluded.share,
       due_at = excluded.due_at, claim = task.claim + 1`,
    [
      sorted.map((task) => task.tenantId),
      sorted.map((task) => task.key),
      sorted.map((task) => task.lane),
      sorted.map((task) => task.priority),
      sorted.map((task) => task.share),
      sorted.map((task) => task.delayMs),
    ],
  );
}

/** Moves waiting tasks forward, never back: one that is due earlier, or is not there, stays as it is. A task in hand may
 *  be claimed again by that, so what it does must bear being done twice. */
export async function hastenTasks(
  tx: Transaction,
  schema: string,
  tasks: readonly { tenantId: string; key: string; delayMs: number }[],
): Promise<void> {
  if (tasks.length === 0) return;
  await tx.query(
    `with wanted as (
       select tenant_id, key, now() + min(delay) * interval '1 ms' as due_at
       from unnest($1::text[], $2::text[], $3::float8[]) as t (tenant_id, key, delay)
       group by tenant_id, key
     ), late as (
       select task.tenant_id, task.key, wanted.due_at from ${schema}.task
       join wanted using (tenant_id, key) where task.due_at > wanted.due_at
       order by task.key for update of task
     )
     update ${schema}.task set due_at = late.due_at from late
     where task.tenant_id = late.tenant_id and task.key = late.key`,
    [
      tasks.map((task) => task.tenantId),
      tasks.map((task) => task.key),
      tasks.map((task) => task.delayMs),
    ],
  );
}

/** Removes tasks: the work is done, or not wanted any more. */
export async function removeTasks(
  tx: Transaction,
  schema: string,
  keys: readonly { tenantId: string; key: string }[],
): Promise<void> {
  if (keys.length === 0) return;
  await tx.query(
    `delete from ${schema}.task using unnest($1::text[], $2::text[]) as k (tenant_id, key)
     where task.tenant_id = k.tenant_id and task.key = k.key`,
    [keys.map((key) => key.tenantId), keys.map((key) => key.key)],
  );
}

interface ClaimRequest {
  readonly lane: string;
  readonly limit: number;
  readonly leaseMs: number;
  /** SQL: while it holds, nothing is claimed. `$1` is the lane. */
  readonly unless?: string;
  /** Shares take turns whatever their priority. Where this is now and then so, what goes last does not wait for ever in a
   *  lane that higher ones fill. */
  readonly anyPriority?: boolean;
}

/** Claims due tasks of a lane: the lease is `due_at` pushed forward on the database's clock, so a crashed holder
 *  needs no reaper. Lower priorities first; inside a priority one of each share in turn, so that a whale with
 *  300,000 tasks does not hold back small tenants. Costs about 3 ms for 200 tasks of 10 shares, 14 ms of 1,000. Statistics
 *  of a queue are always old, so the chosen tasks are looked up by their keys, one by one (`offset 0`), in their order.
 *  Claim in a short transaction of its own: `now()` is the transaction's start. */
export async function claimTasks(
  tx: Transaction,
  schema: string,
  claim: ClaimRequest,
): Promise<ClaimedTask[]> {
  const { lane, limit, leaseMs, unless = 'false', anyPriority = false } = claim;
  const order = anyPriority ? 'turn, due_at' : 'priority, turn, due_at';
  const rows = await tx.query<{ tenant_id: string; key: string; claim: number }>(
    `with recursive line as (
       (select priority, share from ${schema}.task where lane = $1 order by priority, share limit 1)
       union all
       select next.priority, next.share from line, lateral (
         select priority, share from ${schema}.task
         where lane = $1 and (priority, share) > (line.priority, line.share)
         order by priority, share limit 1) as next
     ), turn as (
       select line.priority, due.key, due.tenant_id, due.due_at,
         row_number() over (partition by line.priority, line.share order by due.due_at) as turn
       from line, lateral (
         select tenant_id, key, due_at from ${schema}.task
         where lane = $1 and priority = line.priority and share = line.share and due_at <= now()
         order by due_at limit $2) as due
     ), chosen as (
       select tenant_id, key from turn where not ${unless} order by ${order} limit $2
     ), held as (
       select locked.* from (select * from chosen order by key) as each, lateral (
         select tenant_id, key from ${schema}.task
         where tenant_id = each.tenant_id and key = each.key and lane = $1 and due_at <= now()
         offset 0 for update skip locked) as locked
     )
     update ${schema}.task set due_at = now() + $3 * interval '1 ms', claim = task.claim + 1
     from held where task.tenant_id = held.tenant_id and task.key = held.key
     returning task.tenant_id, task.key, task.claim`,
    [lane, limit, leaseMs],
  );
  return rows.map((row) => ({ tenantId: row.tenant_id, key: row.key, claim: row.claim }));
}

/** Locks the tasks that are still in their holder's hand and returns those: what the former holder of a task that was
 *  re-claimed, moved or removed in the meantime learnt must not be acted upon, also where it holds the task again. */
export async function stillHeld(
  tx: Transaction,
  schema: string,
  tasks: readonly ClaimedTask[],
): Promise<ReadonlySet<ClaimedTask>> {
  const rows = await tx.query<{ tenant_id: string; key: string; claim: number }>(
    `select task.tenant_id, task.key, task.claim from ${schema}.task
     join unnest($1::text[], $2::text[], $3::int[]) as t (tenant_id, key, claim)
       on task.tenant_id = t.tenant_id and task.key = t.key and task.claim = t.claim
     order by task.key for update of task`,
    [
      tasks.map((task) => task.tenantId),
      tasks.map((task) => task.key),
      tasks.map((task) => task.claim),
    ],
  );
  const nameOf = (...parts: readonly (string | number)[]): string => parts.join(' ');
  const held = new Set(rows.map((row) => nameOf(row.tenant_id, row.key, row.claim)));
  return new Set(tasks.filter((task) => held.has(nameOf(task.tenantId, task.key, task.claim))));
}

/** Locks the tasks of these keys, where there are any. Whoever locks a row that a task is about locks the task first:
 *  claiming does the same, so the two cannot wait for each other. */
export async function lockTasks(
  tx: Transaction,
  schema: string,
  keys: readonly { tenantId: string; key: string }[],
): Promise<void> {
  if (keys.length === 0) return;
  await tx.query(
    `select 1 from ${schema}.task
     join (select distinct * from unnest($1::text[], $2::text[])) as k (tenant_id, key)
       using (tenant_id, key)
     order by task.key for update of task`,
    [keys.map((key) => key.tenantId), keys.map((key) => key.key)],
  );
}

/** The lanes that have tasks, due or not: one look into the index for each. */
export async function usedLanes(tx: Transaction, schema: string): Promise<readonly string[]> {
  const rows = await tx.query<{ lane: string }>(
    `with recursive used as (
       (select lane from ${schema}.task order by lane limit 1)
       union all
       select next.lane from used, lateral (
         select lane from ${schema}.task where lane > used.lane order by lane limit 1) as next
     ) select lane from used`,
  );
  return rows.map(({ lane }) => lane);
}

/** Milliseconds until the next task is due in a lane of timers (priority 0, no share): 0 when one is, null when
 *  there is none. With both fixed, the index gives the answer from its first entry. */
export async function nextTimerMs(
  tx: Transaction,
  schema: string,
  lane: string,
): Promise<number | null> {
  const [row] = await tx.query<{ wait: number }>(
    `select greatest(0, extract(epoch from due_at - clock_timestamp()) * 1000)::float8 as wait
     from ${schema}.task where lane = $1 and priority = 0 and share = '' order by due_at limit 1`,
    [lane],
  );
  return row?.wait ?? null;
}
