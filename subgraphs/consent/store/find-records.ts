// Finds consent records: those that stand, those that came with a key, those that say the same. One statement each.
import type { Transaction } from '../../../platform/database.ts';
import type { Channel, Purpose, Regulation } from '../../../schema/vocabulary.ts';
import type { ConsentRecord, LoggedRecord } from '../domain/consent-record.ts';

/** Of a record `e`, as `toRecord` reads them. */
export const COLUMNS = `e.tenant_id as "tenantId", e.id, e.subject, e.linkage, e.purpose, e.channel, e.action, e.source,
  e.method, e.jurisdiction, e.regulation, e.policy_version as "policyVersion", e.recipient_id as "recipientId",
  e.device_id as "deviceId", e.actor, e.idempotency_key as "idempotencyKey",
  case when e.cmp_name is not null then
    json_build_object('name', e.cmp_name, 'version', e.cmp_version, 'signature', e.cmp_signature) end as cmp,
  extract(epoch from e.occurred_at)::float8 * 1000 as "occurredAt",
  extract(epoch from e.recorded_at)::float8 * 1000 as "recordedAt",
  extract(epoch from e.expires_at)::float8 * 1000 as "expiresAt",
  e.log_index::text as "logIndex", e.leaf_hash as "leafHash"`;

export type RecordRow = Omit<LoggedRecord, 'logIndex'> & { readonly logIndex: string };

/** What stands for these subjects, all purposes and channels. */
export async function findStandingRecords(
  tx: Transaction,
  tenantId: string,
  subjects: readonly string[],
): Promise<LoggedRecord[]> {
  if (subjects.length === 0) return [];
  const rows = await tx.query<RecordRow>(
    `select ${COLUMNS} from consent.consent_state s
     join consent.consent_event e on e.tenant_id = s.tenant_id and e.id = s.consent_id
     where s.tenant_id = $1 and s.subject = any($2::text[])
     order by s.subject, s.purpose, s.channel, s.regulation`,
    [tenantId, subjects],
  );
  return rows.map(toRecord);
}

/** What calls with these keys wrote: a record a channel. */
export async function findByIdempotencyKeys(
  tx: Transaction,
  tenantId: string,
  keys: readonly string[],
): Promise<LoggedRecord[]> {
  if (keys.length === 0) return [];
  const rows = await tx.query<RecordRow>(
    `select ${COLUMNS} from consent.consent_event e
     where e.tenant_id = $1 and e.idempotency_key = any($2::text[])`,
    [tenantId, keys],
  );
  return rows.map(toRecord);
}

/** Those that say that the same thing happened as one of these does, whoever told us. Their `happeningOf`s. */
export async function findHappenings(
  tx: Transaction,
  records: readonly ConsentRecord[],
): Promise<ReadonlySet<string>> {
  if (records.length === 0) return new Set();
  const rows = await tx.query<ConsentRecord>(
    `select e.subject, e.purpose, e.channel, e.action, e.regulation,
       extract(epoch from e.occurred_at)::float8 * 1000 as "occurredAt"
     from (
       select *, to_timestamp("occurredAt" / 1000) as at
       from json_to_recordset($1::json) as r ("tenantId" text, subject text, purpose text, channel text, action text,
         regulation text, "occurredAt" float8) offset 0
     ) r
     cross join lateral (
       select * from consent.consent_event e where e.tenant_id = r."tenantId" and e.subject = r.subject
         and e.purpose = r.purpose and e.channel = r.channel and e.action = r.action
         and e.occurred_at = r.at and e.regulation = r.regulation offset 0
     ) e`,
    [
      JSON.stringify(
        records.map(({ tenantId, subject, purpose, channel, action, regulation, occurredAt }) => {
          return { tenantId, subject, purpose, channel, action, regulation, occurredAt };
        }),
      ),
    ],
  );
  return new Set(
    rows.map((row) => happeningOf({ ...row, occurredAt: Math.round(row.occurredAt) })),
  );
}

/** The records with these UUIDs, by UUID; what the tenant does not have is missing. */
export async function findRecords(
  tx: Transaction,
  tenantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, LoggedRecord & { readonly standing: boolean }>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.query<RecordRow & { standing: boolean }>(
    `select ${COLUMNS}, exists (
       select from consent.consent_state s where s.tenant_id = e.tenant_id and s.subject = e.subject
         and s.purpose = e.purpose and s.channel = e.channel and s.regulation = e.regulation
         and s.consent_id = e.id
     ) as standing
     from consent.consent_event e where e.tenant_id = $1 and e.id = any($2::uuid[])`,
    [tenantId, ids],
  );
  return new Map(rows.map((row) => [row.id, { ...toRecord(row), standing: row.standing }]));
}

/** The records at the places from `first` on, in the order of the log. */
export async function findLogged(
  tx: Transaction,
  tenantId: string,
  { first, limit }: { readonly first: bigint; readonly limit: number },
): Promise<LoggedRecord[]> {
  const rows = await tx.query<RecordRow>(
    `select ${COLUMNS} from consent.consent_event e where e.tenant_id = $1 and e.log_index >= $2
     order by e.log_index limit $3`,
    [tenantId, String(first), limit],
  );
  return rows.map(toRecord);
}

/** A UUIDv7 has 48 bits of milliseconds. */
const UUID_MS_MAX = 2 ** 48 - 1;

/** The lowest UUIDv7 that is made at a time (milliseconds since 1970). */
export function firstIdAt(time: number): string {
  const hex = Math.min(Math.max(0, time), UUID_MS_MAX).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/** The place of the first record since a time (milliseconds since 1970); null when there is none. By the ids, which
 *  are made after the record's time is taken and begin with theirs: the index finds where to look. */
export async function findFirstSince(
  tx: Transaction,
  tenantId: string,
  since: number,
): Promise<bigint | null> {
  const [row] = await tx.query<{ first: string | null }>(
    `select min(log_index)::text as first from consent.consent_event
     where tenant_id = $1 and id >= $2::uuid and recorded_at >= to_timestamp($3 / 1000.0)`,
    [tenantId, firstIdAt(since), since],
  );
  return row === undefined || row.first === null ? null : BigInt(row.first);
}

/** The place that a record takes in the state. */
export function placeOf(record: {
  subject: string;
  purpose: Purpose;
  channel: Channel;
  regulation: Regulation;
}): string {
  return `${record.subject} ${record.purpose} ${record.channel} ${record.regulation}`;
}

/** What happened, whoever tells it: two records of one happening are one. */
export function happeningOf(record: ConsentRecord): string {
  return `${placeOf(record)} ${record.action} ${record.occurredAt}`;
}

export function toRecord(row: RecordRow): LoggedRecord {
  const { expiresAt } = row;
  return {
    ...row,
    occurredAt: Math.round(row.occurredAt),
    recordedAt: Math.round(row.recordedAt),
    expiresAt: expiresAt === null ? null : Math.round(expiresAt),
    logIndex: BigInt(row.logIndex),
  };
}
