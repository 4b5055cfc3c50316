// Appends consent records in their places of the log and saves the state that follows from them: one statement each.
import type { Transaction } from '../../../platform/database.ts';
import type { ConsentRecord, LoggedRecord } from '../domain/consent-record.ts';

/** Whoever calls holds the lock of the log's head and knows that each is new. */
export async function appendRecords(
  tx: Transaction,
  records: readonly LoggedRecord[],
): Promise<void> {
  if (records.length === 0) return;
  const rows = records.map(({ cmp, logIndex, leafHash, ...row }) => ({
    ...row,
    cmpName: cmp?.name,
    cmpVersion: cmp?.version,
    cmpSignature: cmp?.signature,
    logIndex: String(logIndex),
    leafHash: Buffer.from(leafHash).toString('hex'),
  }));
  await tx.query(
    `insert into consent.consent_event (tenant_id, id, subject, linkage, purpose, channel, action, source, method,
       jurisdiction, regulation, policy_version, recipient_id, device_id, actor, idempotency_key, cmp_name,
       cmp_version, cmp_signature, log_index, leaf_hash, occurred_at, recorded_at, expires_at)
     select r."tenantId", r.id, r.subject, r.linkage, r.purpose, r.channel, r.action, r.source, r.method,
       r.jurisdiction, r.regulation, r."policyVersion", r."recipientId", r."deviceId", r.actor, r."idempotencyKey",
       r."cmpName", r."cmpVersion", r."cmpSignature", r."logIndex", decode(r."leafHash", 'hex'),
       to_timestamp(r."occurredAt" / 1000), to_timestamp(r."recordedAt" / 1000), to_timestamp(r."expiresAt" / 1000)
     from json_to_recordset($1::json) as r ("tenantId" text, id uuid, subject text, linkage text, purpose text,
       channel text, action text, source text, method text, jurisdiction text, regulation text, "policyVersion" text,
       "recipientId" uuid, "deviceId" uuid, actor text, "idempotencyKey" text, "cmpName" text, "cmpVersion" text,
       "cmpSignature" text, "logIndex" bigint, "leafHash" text, "occurredAt" float8, "recordedAt" float8,
       "expiresAt" float8)`,
    [JSON.stringify(rows)],
  );
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
