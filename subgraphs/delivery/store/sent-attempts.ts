// Attempts as delivery knows them: enough to say whose they are when a provider reports on one.
import type { Transaction } from '../../../platform/database.ts';
import type { Channel, Protection } from '../../../schema/vocabulary.ts';

export interface SentAttempt {
  readonly tenantId: string;
  readonly attemptId: string;
  readonly messageId: string;
  readonly recipientId: string;
  readonly channel: Channel;
  readonly protection: Protection;
  readonly provider: string;
}

export async function insertSentAttempts(
  tx: Transaction,
  attempts: readonly SentAttempt[],
): Promise<void> {
  if (attempts.length === 0) return;
  await tx.query(
    `insert into delivery.sent_attempt
       (tenant_id, attempt_id, message_id, recipient_id, channel, protection, provider)
     select * from unnest($1::text[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[])
     on conflict do nothing`,
    [
      attempts.map((attempt) => attempt.tenantId),
      attempts.map((attempt) => attempt.attemptId),
      attempts.map((attempt) => attempt.messageId),
      attempts.map((attempt) => attempt.recipientId),
      attempts.map((attempt) => attempt.channel),
      attempts.map((attempt) => attempt.protection),
      attempts.map((attempt) => attempt.provider),
    ],
  );
}

/** By attempt id, of all tenants: a callback knows the attempt, and the attempt its tenant. */
export async function findSentAttempts(
  tx: Transaction,
  attemptIds: readonly string[],
): Promise<ReadonlyMap<string, SentAttempt>> {
  if (attemptIds.length === 0) return new Map();
  const rows = await tx.query<SentAttempt>(
    `select tenant_id as "tenantId", attempt_id as "attemptId", message_id as "messageId",
       recipient_id as "recipientId", channel, protection, provider
     from delivery.sent_attempt where attempt_id = any($1::uuid[])`,
    [attemptIds],
  );
  return new Map(rows.map((row) => [row.attemptId, row]));
}
