// Appends consent records and saves the state that follows from them: one statement each.
import type { Transaction } from '../../../platform/database.ts';
import type { ConsentRecord } from './find-records.ts';

/** Returns the ids of the records that are new; an equal one of before stays as it is. */
export async function appendRecords(
  tx: Transaction,
  records: readonly ConsentRecord[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ id: string }>(
    `insert into consent.consent_event (tenant_id, id, subject, linkage, purpose, channel, action, source, method,
       jurisdiction, regulation, policy_version, recipient_id, device_id, actor, idempotency_key, occurred_at, recorded_at,
       expires_at)
     select r."tenantId", r.id, r.subject, r.linkage, r.purpose, r.channel, r.action, r.source, r.method,
       r.jurisdiction, r.regulation, r."policyVersion", r."recipientId", r."deviceId", r.actor, r."idempotencyKey",
       to_timestamp(r."occurredAt" / 1000), to_timestamp(r."recordedAt" / 1000), to_timestamp(r."expiresAt" / 1000)
     from json_to_recordset($1::json) as r ("tenantId" text, id uuid, subject text, linkage text, purpose text,
       channel text, action text, source text, method text, jurisdiction text, regulation text, "policyVersion" text,
       "recipientId" uuid, "deviceId" uuid, actor text, "idempotencyKey" text, "occurredAt" float8,
       "recordedAt" float8, "expiresAt" float8)
     on conflict on constraint consent_event_once do nothing
     returning id`,
    [JSON.stringify(records)],
  );
  return new Set(rows.map((row) => row.id));
}

/** Each record stands for its place from now on. Whoever calls holds the subjects' lock. */
export async function saveStanding(
  tx: Transaction,
  records: readonly ConsentRecord[],
): Promise<void> {
  if (records.length === 0) return;
  await tx.query(
    `insert into consent.consent_state (tenant_id, subject, purpose, channel, regulation, consent_id, action, method,
       policy_version, occurred_at, recorded_at, expires_at)
     select r."tenantId", r.subject, r.purpose, r.channel, r.regulation, r.id, r.action, r.method,
       r."policyVersion", to_timestamp(r."occurredAt" / 1000), to_timestamp(r."recordedAt" / 1000),
       to_timestamp(r."expiresAt" / 1000)
     from json_to_recordset($1::json) as r ("tenantId" text, id uuid, subject text, purpose text, channel text,
       regulation text, action text, method text, "policyVersion" text, "occurredAt" float8, "recordedAt" float8,
       "expiresAt" float8)
     on conflict (tenant_id, subject, purpose, channel, regulation) do update set
       consent_id = excluded.consent_id, action = excluded.action, method = excluded.method,
       policy_version = excluded.policy_version, occurred_at = excluded.occurred_at,
       recorded_at = excluded.recorded_at, expires_at = excluded.expires_at`,
    [JSON.stringify(records)],
  );
}
