// Finds consent records: those that stand, and those that came with an idempotency key. One statement each.
import type { Transaction } from '../../../platform/database.ts';
import type { Channel, Purpose, Regulation } from '../../../schema/vocabulary.ts';
import type { ConsentEventRow } from './consent-event.table.ts';

/** A record with times in milliseconds since 1970. */
export interface ConsentRecord extends Omit<
  ConsentEventRow,
  'occurredAt' | 'recordedAt' | 'expiresAt'
> {
  readonly occurredAt: number;
  readonly recordedAt: number;
  readonly expiresAt: number | null;
}

const COLUMNS = `e.tenant_id as "tenantId", e.id, e.subject, e.linkage, e.purpose, e.channel, e.action, e.source,
  e.method, e.jurisdiction, e.regulation, e.policy_version as "policyVersion", e.recipient_id as "recipientId",
  e.device_id as "deviceId", e.actor, e.idempotency_key as "idempotencyKey",
  extract(epoch from e.occurred_at)::float8 * 1000 as "occurredAt",
  extract(epoch from e.recorded_at)::float8 * 1000 as "recordedAt",
  extract(epoch from e.expires_at)::float8 * 1000 as "expiresAt"`;

/** What stands for these subjects, all purposes and channels. */
export async function findStandingRecords(
  tx: Transaction,
  tenantId: string,
  subjects: readonly string[],
): Promise<ConsentRecord[]> {
  if (subjects.length === 0) return [];
  const rows = await tx.query<ConsentRecord>(
    `select ${COLUMNS} from consent.consent_state s
     join consent.consent_event e on e.tenant_id = s.tenant_id and e.id = s.consent_id
     where s.tenant_id = $1 and s.subject = any($2::text[])
     order by s.subject, s.purpose, s.channel, s.regulation`,
    [tenantId, subjects],
  );
  return rows.map(inWholeMilliseconds);
}

/** What one call with this key wrote: a record a channel. */
export async function findByIdempotencyKey(
  tx: Transaction,
  tenantId: string,
  idempotencyKey: string,
): Promise<ConsentRecord[]> {
  const rows = await tx.query<ConsentRecord>(
    `select ${COLUMNS} from consent.consent_event e
     where e.tenant_id = $1 and e.idempotency_key = $2`,
    [tenantId, idempotencyKey],
  );
  return rows.map(inWholeMilliseconds);
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

function inWholeMilliseconds(row: ConsentRecord): ConsentRecord {
  const { expiresAt } = row;
  return {
    ...row,
    occurredAt: Math.round(row.occurredAt),
    recordedAt: Math.round(row.recordedAt),
    expiresAt: expiresAt === null ? null : Math.round(expiresAt),
  };
}
