// What the tenants' own systems have not taken: a row a record and target, gone once it is taken.
import type { Transaction } from '../../../platform/database.ts';
import type { CrmDeliveryState } from '../../../schema/vocabulary-crm.ts';

/** Times in milliseconds since 1970. */
export interface CrmDelivery {
  readonly logIndex: bigint;
  /** UUID. */
  readonly consentId: string;
  readonly state: CrmDeliveryState;
  /** From 1. */
  readonly tries: number;
  readonly triedAt: number;
  /** Null: not by itself. */
  readonly nextAt: number | null;
  /** Null: no answer came. */
  readonly lastStatus: number | null;
  readonly lastProblem: string;
}

interface TargetKey {
  readonly tenantId: string;
  /** UUID of the target. */
  readonly id: string;
}

const COLUMNS = `log_index::text as "logIndex", consent_id as "consentId", state, tries,
  round(extract(epoch from tried_at) * 1000)::float8 as "triedAt",
  round(extract(epoch from next_at) * 1000)::float8 as "nextAt", last_status as "lastStatus",
  last_problem as "lastProblem"`;

type DeliveryRow = Omit<CrmDelivery, 'logIndex'> & { readonly logIndex: string };

const toDelivery = (row: DeliveryRow): CrmDelivery => ({ ...row, logIndex: BigInt(row.logIndex) });

/** Those whose time has come, the longest overdue first. */
export async function findDueDeliveries(
  tx: Transaction,
  { tenantId, id }: TargetKey,
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<CrmDelivery[]> {
  const rows = await tx.query<DeliveryRow>(
    `select ${COLUMNS} from consent.crm_delivery
     where tenant_id = $1 and target_id = $2 and next_at <= to_timestamp($3 / 1000.0)
     order by next_at, log_index limit $4`,
    [tenantId, id, now, limit],
  );
  return rows.map(toDelivery);
}

/** When the next one is due; null when none is. */
export async function findNextDelivery(
  tx: Transaction,
  { tenantId, id }: TargetKey,
): Promise<number | null> {
  const [row] = await tx.query<{ nextAt: number | null }>(
    `select round(extract(epoch from min(next_at)) * 1000)::float8 as "nextAt"
     from consent.crm_delivery where tenant_id = $1 and target_id = $2 and next_at is not null`,
    [tenantId, id],
  );
  return row?.nextAt ?? null;
}

/** In the order of the log, behind a place. state: null for all. */
export async function findDeliveries(
  tx: Transaction,
  { tenantId, id }: TargetKey,
  page: { state: CrmDeliveryState | null; after: bigint; limit: number },
): Promise<CrmDelivery[]> {
  const rows = await tx.query<DeliveryRow>(
    `select ${COLUMNS} from consent.crm_delivery
     where tenant_id = $1 and target_id = $2 and log_index > $3 and ($4::text is null or state = $4)
     order by log_index limit $5`,
    [tenantId, id, String(page.after), page.state, page.limit],
  );
  return rows.map(toDelivery);
}

export async function saveDeliveries(
  tx: Transaction,
  { tenantId, id }: TargetKey,
  deliveries: readonly CrmDelivery[],
): Promise<void> {
  if (deliveries.length === 0) return;
  await tx.query(
    `insert into consent.crm_delivery
       (tenant_id, target_id, log_index, consent_id, state, tries, tried_at, next_at, last_status, last_problem)
     select $1, $2, d."logIndex", d."consentId", d.state, d.tries, to_timestamp(d."triedAt" / 1000),
       to_timestamp(d."nextAt" / 1000), d."lastStatus", d."lastProblem"
     from json_to_recordset($3::json) as d ("logIndex" bigint, "consentId" uuid, state text, tries int,
       "triedAt" float8, "nextAt" float8, "lastStatus" int, "lastProblem" text)
     on conflict (tenant_id, target_id, log_index) do update set
       state = excluded.state, tries = excluded.tries, tried_at = excluded.tried_at, next_at = excluded.next_at,
       last_status = excluded.last_status, last_problem = excluded.last_problem`,
    [
      tenantId,
      id,
      JSON.stringify(deliveries.map((one) => ({ ...one, logIndex: String(one.logIndex) }))),
    ],
  );
}

/** Makes due what was tried since a time, also what was given up. */
export async function hastenDeliveries(
  tx: Transaction,
  { tenantId, id }: TargetKey,
  { since, now }: { readonly since: number; readonly now: number },
): Promise<void> {
  await tx.query(
    `update consent.crm_delivery set state = 'PENDING', next_at = to_timestamp($4 / 1000.0)
     where tenant_id = $1 and target_id = $2 and tried_at >= to_timestamp($3 / 1000.0)`,
    [tenantId, id, since, now],
  );
}

/** They were taken. Most had no row: what is taken at once never has one. */
export async function deleteDeliveries(
  tx: Transaction,
  { tenantId, id }: TargetKey,
  places: readonly bigint[],
): Promise<void> {
  if (places.length === 0) return;
  await tx.query(
    `delete from consent.crm_delivery
     where tenant_id = $1 and target_id = $2 and log_index = any($3::bigint[])`,
    [tenantId, id, places.map(String)],
  );
}
