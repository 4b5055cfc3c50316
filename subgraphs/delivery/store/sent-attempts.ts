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

const COLUMNS = `a.tenant_id as "tenantId", a.attempt_id as "attemptId", a.message_id as "messageId",
       a.recipient_id as "recipientId", a.channel, a.protection, a.provider`;

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

export interface NamedAttempt {
  readonly tenantId: string;
  readonly attemptId: string;
  readonly providerMessageId: string;
}

/** Keeps the ids that providers gave to attempts. */
export async function nameSentAttempts(
  tx: Transaction,
  named: readonly NamedAttempt[],
): Promise<void> {
  if (named.length === 0) return;
  await tx.query(
    `update delivery.sent_attempt a set provider_message_id = n.name
     from unnest($1::text[], $2::uuid[], $3::text[]) as n (tenant_id, attempt_id, name)
     where a.tenant_id = n.tenant_id and a.attempt_id = n.attempt_id`,
    [
      named.map((attempt) => attempt.tenantId),
      named.map((attempt) => attempt.attemptId),
      named.map((attempt) => attempt.providerMessageId),
    ],
  );
}

/** A message by the provider's own id. */
export interface ProviderMessage {
  readonly provider: string;
  readonly providerMessageId: string;
}

/** By provider, then by its id, of all tenants. Where a provider has begun its numbers anew, the latest attempt. */
export async function findNamedAttempts(
  tx: Transaction,
  messages: readonly ProviderMessage[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, SentAttempt>>> {
  if (messages.length === 0) return new Map();
  const rows = await tx.query<SentAttempt & ProviderMessage>(
    `select distinct on (a.provider, a.provider_message_id) ${COLUMNS},
       a.provider_message_id as "providerMessageId"
     from delivery.sent_attempt a
     join unnest($1::text[], $2::text[]) as m (provider, name)
       on a.provider = m.provider and a.provider_message_id = m.name
     order by a.provider, a.provider_message_id, a.attempt_id desc`,
    [messages.map(({ provider }) => provider), messages.map((one) => one.providerMessageId)],
  );
  const byProvider = Map.groupBy(rows, ({ provider }) => provider);
  return new Map(
    [...byProvider].map(([provider, ofProvider]) => [
      provider,
      new Map(ofProvider.map(({ providerMessageId, ...attempt }) => [providerMessageId, attempt])),
    ]),
  );
}

/** By attempt id, of all tenants: a callback knows the attempt, and the attempt its tenant. */
export async function findSentAttempts(
  tx: Transaction,
  attemptIds: readonly string[],
): Promise<ReadonlyMap<string, SentAttempt>> {
  if (attemptIds.length === 0) return new Map();
  const rows = await tx.query<SentAttempt>(
    `select ${COLUMNS} from delivery.sent_attempt a where a.attempt_id = any($1::uuid[])`,
    [attemptIds],
  );
  return new Map(rows.map((row) => [row.attemptId, row]));
}
