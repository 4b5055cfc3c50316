// Inserts accepted messages with their first attempts: two statements for any number.
import type { Transaction } from '../../../platform/database.ts';
import type { Decision } from '../domain/decision.ts';
import type { Attempt } from '../domain/message-state.ts';

export interface NewMessage {
  readonly tenantId: string;
  readonly id: string;
  readonly idempotencyKey: string;
  readonly requestDigest: string;
  readonly recipientId: string;
  readonly templateId: string;
  readonly reference: string | null;
  readonly locale: string;
  readonly variablesSealed: Buffer;
  readonly decision: Decision;
  /** Null: at once. */
  readonly sendAt: number | null;
  readonly expiresAt: number;
  readonly createdAt: number;
  /** The first of each line. */
  readonly attempts: readonly Attempt[];
}

/** Returns the ids that were inserted: a message whose key another transaction has just used is missing. */
export async function insertMessages(
  tx: Transaction,
  messages: readonly NewMessage[],
): Promise<ReadonlySet<string>> {
  if (messages.length === 0) return new Set();
  const rows = await tx.query<{ id: string }>(
    `insert into messages.message (tenant_id, id, idempotency_key, request_digest, recipient_id,
       template_id, reference, locale, variables_sealed, decision, phase, expires_at, created_at, send_at)
     select m.tenant_id, m.id, m.idempotency_key, m.request_digest, m.recipient_id,
       m.template_id, m.reference, m.locale, m.variables_sealed, m.decision, 'ACTIVE',
       to_timestamp(m.expires_at / 1000.0), to_timestamp(m.created_at / 1000.0), to_timestamp(m.send_at / 1000.0)
     from unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::text[],
         $8::text[], $9::bytea[], $10::jsonb[], $11::float8[], $12::float8[], $13::float8[])
       as m (tenant_id, id, idempotency_key, request_digest, recipient_id, template_id, reference,
         locale, variables_sealed, decision, expires_at, created_at, send_at)
     on conflict (tenant_id, idempotency_key) do nothing
     returning id`,
    [
      messages.map((message) => message.tenantId),
      messages.map((message) => message.id),
      messages.map((message) => message.idempotencyKey),
      messages.map((message) => message.requestDigest),
      messages.map((message) => message.recipientId),
      messages.map((message) => message.templateId),
      messages.map((message) => message.reference),
      messages.map((message) => message.locale),
      messages.map((message) => message.variablesSealed),
      messages.map((message) => JSON.stringify(message.decision)),
      messages.map((message) => message.expiresAt),
      messages.map((message) => message.createdAt),
      messages.map((message) => message.sendAt),
    ],
  );
  return new Set(rows.map((row) => row.id));
}
