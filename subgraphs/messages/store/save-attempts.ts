// Writes changed attempts and ended messages: one statement each for a batch.
import type { Transaction } from '../../../platform/database.ts';
import type { MessageStatus } from '../../../schema/vocabulary.ts';
import type { Attempt } from '../domain/message-state.ts';

/** What a provider or the sealing told about an attempt; null leaves what is stored. */
export interface AttemptEvidence {
  readonly providerCode?: string | null;
  readonly providerMessageId?: string | null;
  readonly consentId?: string | null;
  readonly envelopeDigest?: string | null;
  /** The address (UUID) that the provider was given. It is told, and not stored. */
  readonly addressId?: string | null;
}

export interface ChangedAttempt {
  readonly tenantId: string;
  readonly messageId: string;
  readonly attempt: Attempt;
  readonly evidence: AttemptEvidence;
}

export async function saveAttempts(
  tx: Transaction,
  changed: readonly ChangedAttempt[],
  now: number,
): Promise<void> {
  if (changed.length === 0) return;
  const rows = changed.map(({ tenantId, messageId, attempt, evidence }) => ({
    tenant_id: tenantId,
    id: attempt.id,
    message_id: messageId,
    number: attempt.number,
    line: attempt.line,
    channel: attempt.route.channel,
    protection: attempt.route.protection,
    provider: attempt.route.provider,
    state: attempt.state,
    tries: attempt.tries,
    failure_code: attempt.failureCode,
    provider_code: evidence.providerCode ?? null,
    provider_message_id: evidence.providerMessageId ?? null,
    fallback_reason: attempt.fallbackReason,
    consent_id: evidence.consentId ?? null,
    envelope_digest: evidence.envelopeDigest ?? null,
    started_at: attempt.startedAt === null ? null : new Date(attempt.startedAt).toISOString(),
    changed_at: new Date(now).toISOString(),
  }));
  await tx.query(
    `insert into messages.attempt select * from jsonb_populate_recordset(null::messages.attempt, $1)
     on conflict (tenant_id, id) do update set
       state = excluded.state, tries = excluded.tries, failure_code = excluded.failure_code,
       started_at = excluded.started_at, changed_at = excluded.changed_at,
       provider_code = coalesce(excluded.provider_code, attempt.provider_code),
       provider_message_id = coalesce(excluded.provider_message_id, attempt.provider_message_id),
       consent_id = coalesce(excluded.consent_id, attempt.consent_id),
       envelope_digest = coalesce(excluded.envelope_digest, attempt.envelope_digest)`,
    [JSON.stringify(rows)],
  );
}

export interface EndedMessage {
  readonly tenantId: string;
  readonly id: string;
  /** Null where a delivery ended it: the delivery subgraph holds the status then. */
  readonly status: MessageStatus | null;
  readonly reason: string | null;
}

export async function saveEnds(tx: Transaction, ended: readonly EndedMessage[]): Promise<void> {
  if (ended.length === 0) return;
  await tx.query(
    `update messages.message m set phase = 'ENDED', end_status = e.status, end_reason = e.reason
     from unnest($1::text[], $2::uuid[], $3::text[], $4::text[]) as e (tenant_id, id, status, reason)
     where m.tenant_id = e.tenant_id and m.id = e.id`,
    [
      ended.map((end) => end.tenantId),
      ended.map((end) => end.id),
      ended.map((end) => end.status),
      ended.map((end) => end.reason),
    ],
  );
}
