// The tenants' own systems that are told of consents: who they are, and how far each is in the log.
import type { Transaction } from '../../../platform/database.ts';
import type { CrmFormat } from '../../../schema/vocabulary-crm.ts';
import type { StoredSecret } from './cmp-sources.ts';

/** Times in milliseconds since 1970. */
export interface CrmTarget {
  readonly tenantId: string;
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly format: CrmFormat;
  /** Newest first, at most two. */
  readonly secrets: readonly StoredSecret[];
  readonly active: boolean;
  readonly createdAt: number;
  readonly changedAt: number;
  /** The place in the log of what it is told next. */
  readonly position: bigint;
  /** What it is told once more: from here, and up to `replayUntil`, without it. */
  readonly replayPosition: bigint | null;
  readonly replayUntil: bigint | null;
  readonly lastSuccessAt: number | null;
  /** In a row. */
  readonly failureCount: number;
  readonly failingSince: number | null;
  readonly pausedUntil: number | null;
  readonly leaseId: string | null;
  readonly leaseUntil: number | null;
}

/** What a target has not taken. */
export interface CrmBacklog {
  /** Records that it was not told yet, or has to be told again. */
  readonly pendingCount: number;
  /** Records that are told again by a replay alone. */
  readonly failedCount: number;
}

const ms = (column: string): string => `round(extract(epoch from t.${column}) * 1000)::float8`;

const COLUMNS = `t.tenant_id as "tenantId", t.id, t.name, t.url, t.format, t.secrets, t.active,
  ${ms('created_at')} as "createdAt", ${ms('changed_at')} as "changedAt", t.position::text,
  t.replay_position::text as "replayPosition", t.replay_until::text as "replayUntil",
  ${ms('last_success_at')} as "lastSuccessAt", t.failure_count as "failureCount",
  ${ms('failing_since')} as "failingSince", ${ms('paused_until')} as "pausedUntil",
  t.lease_id as "leaseId", ${ms('lease_until')} as "leaseUntil"`;

type Places = 'position' | 'replayPosition' | 'replayUntil';
type TargetRow = Omit<CrmTarget, Places> & {
  readonly position: string;
  readonly replayPosition: string | null;
  readonly replayUntil: string | null;
};

const bigOrNull = (text: string | null): bigint | null => (text === null ? null : BigInt(text));

const toTarget = (row: TargetRow): CrmTarget => ({
  ...row,
  position: BigInt(row.position),
  replayPosition: bigOrNull(row.replayPosition),
  replayUntil: bigOrNull(row.replayUntil),
});

/** Oldest first. */
export async function findCrmTargets(tx: Transaction, tenantId: string): Promise<CrmTarget[]> {
  const rows = await tx.query<TargetRow>(
    `select ${COLUMNS} from consent.crm_target t where t.tenant_id = $1 order by t.id`,
    [tenantId],
  );
  return rows.map(toTarget);
}

/** By the target's UUID; what the tenant does not have is missing. */
export async function findCrmBacklogs(
  tx: Transaction,
  tenantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CrmBacklog>> {
  const rows = await tx.query<CrmBacklog & { readonly id: string }>(
    `select t.id, (coalesce(h.size, 0) - t.position + coalesce(t.replay_until - t.replay_position, 0)
       + d.pending)::float8 as "pendingCount", d.failed::float8 as "failedCount"
     from consent.crm_target t
     left join consent.log_head h on h.tenant_id = t.tenant_id,
     lateral (select count(*) filter (where state = 'PENDING') as pending,
         count(*) filter (where state = 'FAILED') as failed
       from consent.crm_delivery d where d.tenant_id = t.tenant_id and d.target_id = t.id) d
     where t.tenant_id = $1 and t.id = any($2::uuid[])`,
    [tenantId, ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** The target, locked until the transaction ends; whoever locks tasks besides locks the target first. */
export async function lockCrmTarget(
  tx: Transaction,
  tenantId: string,
  id: string,
): Promise<CrmTarget | null> {
  const [row] = await tx.query<TargetRow>(
    `select ${COLUMNS} from consent.crm_target t where t.tenant_id = $1 and t.id = $2 for update`,
    [tenantId, id],
  );
  return row === undefined ? null : toTarget(row);
}

/** Active targets of these tenants that nobody tells just now; whoever does looks for news before he ends. */
export async function lockIdleCrmTargets(
  tx: Transaction,
  tenantIds: readonly string[],
  now: number,
): Promise<Pick<CrmTarget, 'tenantId' | 'id' | 'pausedUntil'>[]> {
  return tx.query(
    `select t.tenant_id as "tenantId", t.id, ${ms('paused_until')} as "pausedUntil"
     from consent.crm_target t
     where t.tenant_id = any($1::text[]) and t.active
       and (t.lease_until is null or t.lease_until <= to_timestamp($2 / 1000.0))
     order by t.tenant_id, t.id for share`,
    [tenantIds, now],
  );
}

/** Inserts the target, or writes it as a whole. */
export async function saveCrmTarget(tx: Transaction, target: CrmTarget): Promise<void> {
  await tx.query(
    `insert into consent.crm_target as t
       (tenant_id, id, name, url, format, secrets, active, created_at, changed_at, position, replay_position,
        replay_until, last_success_at, failure_count, failing_since, paused_until, lease_id, lease_until)
     values ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8 / 1000.0), to_timestamp($9 / 1000.0), $10, $11,
       $12, to_timestamp($13 / 1000.0), $14, to_timestamp($15 / 1000.0), to_timestamp($16 / 1000.0), $17,
       to_timestamp($18 / 1000.0))
     on conflict (tenant_id, id) do update set
       name = excluded.name, url = excluded.url, format = excluded.format, secrets = excluded.secrets,
       active = excluded.active, changed_at = excluded.changed_at, position = excluded.position,
       replay_position = excluded.replay_position, replay_until = excluded.replay_until,
       last_success_at = excluded.last_success_at, failure_count = excluded.failure_count,
       failing_since = excluded.failing_since, paused_until = excluded.paused_until,
       lease_id = excluded.lease_id, lease_until = excluded.lease_until`,
    [
      target.tenantId,
      target.id,
      target.name,
      target.url,
      target.format,
      JSON.stringify(target.secrets),
      target.active,
      target.createdAt,
      target.changedAt,
      String(target.position),
      target.replayPosition === null ? null : String(target.replayPosition),
      target.replayUntil === null ? null : String(target.replayUntil),
      target.lastSuccessAt,
      target.failureCount,
      target.failingSince,
      target.pausedUntil,
      target.leaseId,
      target.leaseUntil,
    ],
  );
}

/** With all that it has not taken. False when there is none. */
export async function deleteCrmTarget(
  tx: Transaction,
  tenantId: string,
  id: string,
): Promise<boolean> {
  const rows = await tx.query(
    'delete from consent.crm_target where tenant_id = $1 and id = $2 returning 1',
    [tenantId, id],
  );
  return rows.length > 0;
}
