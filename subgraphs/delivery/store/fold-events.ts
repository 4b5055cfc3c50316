// The statements behind recording events: lock where messages stand, insert what is new, write where they stand now.
import type { Transaction } from '../../../platform/database.ts';
import type { MessageStatus } from '../../../schema/vocabulary.ts';
import type { Standing } from '../domain/receipt-status.ts';
import type { RecordedEvent } from '../domain/recorded-event.ts';

interface MessageKey {
  readonly tenantId: string;
  readonly messageId: string;
  readonly recipientId: string;
}

/** Locks each message's standing, creating it where it is missing. Two statements, in the order of the ids. */
export async function lockStandings(
  tx: Transaction,
  keys: readonly MessageKey[],
): Promise<Map<string, Standing>> {
  const sorted = [...keys].sort((a, b) => (a.messageId < b.messageId ? -1 : 1));
  await tx.query(
    `insert into delivery.message_status (tenant_id, message_id, recipient_id, status)
     select distinct tenant_id, message_id, recipient_id, 'ACCEPTED'
     from unnest($1::text[], $2::uuid[], $3::uuid[]) as k (tenant_id, message_id, recipient_id)
     order by message_id on conflict do nothing`,
    [
      sorted.map((key) => key.tenantId),
      sorted.map((key) => key.messageId),
      sorted.map((key) => key.recipientId),
    ],
  );
  const ms = (column: string): string => `extract(epoch from ${column})::float8 * 1000`;
  const rows = await tx.query<Standing & { message_id: string }>(
    `select s.message_id, s.status, ${ms('s.sent_at')} as "sentAt", ${ms('s.delivered_at')} as "deliveredAt",
       ${ms('s.read_at')} as "readAt", ${ms('s.ended_at')} as "endedAt"
     from delivery.message_status s
     join (select distinct * from unnest($1::text[], $2::uuid[])) as k (tenant_id, message_id)
       using (tenant_id, message_id)
     order by s.message_id for update of s`,
    [sorted.map((key) => key.tenantId), sorted.map((key) => key.messageId)],
  );
  return new Map(rows.map(({ message_id, ...standing }) => [message_id, standing]));
}

export async function saveStandings(
  tx: Transaction,
  standings: readonly { tenantId: string; messageId: string; standing: Standing }[],
): Promise<void> {
  if (standings.length === 0) return;
  const times = (of: (standing: Standing) => number | null): (number | null)[] =>
    standings.map(({ standing }) => of(standing));
  await tx.query(
    `update delivery.message_status s set status = n.status,
       sent_at = to_timestamp(n.sent / 1000.0), delivered_at = to_timestamp(n.delivered / 1000.0),
       read_at = to_timestamp(n.read / 1000.0), ended_at = to_timestamp(n.ended / 1000.0)
     from unnest($1::text[], $2::uuid[], $3::text[], $4::float8[], $5::float8[], $6::float8[], $7::float8[])
       as n (tenant_id, message_id, status, sent, delivered, read, ended)
     where s.tenant_id = n.tenant_id and s.message_id = n.message_id`,
    [
      standings.map(({ tenantId }) => tenantId),
      standings.map(({ messageId }) => messageId),
      standings.map(({ standing }): MessageStatus => standing.status),
      times((standing) => standing.sentAt),
      times((standing) => standing.deliveredAt),
      times((standing) => standing.readAt),
      times((standing) => standing.endedAt),
    ],
  );
}

/** Which of these dedupe keys are taken, as `tenant key`. The standings are locked, so nobody adds one meanwhile. */
export async function findKnownKeys(
  tx: Transaction,
  events: readonly RecordedEvent[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ tenant_id: string; dedupe_key: string }>(
    `select e.tenant_id, e.dedupe_key from delivery.delivery_event e
     join unnest($1::text[], $2::text[]) as k (tenant_id, dedupe_key) using (tenant_id, dedupe_key)`,
    [events.map((event) => event.tenantId), events.map((event) => event.dedupeKey)],
  );
  return new Set(rows.map((row) => `${row.tenant_id} ${row.dedupe_key}`));
}

export async function insertEvents(
  tx: Transaction,
  events: readonly (RecordedEvent & { id: string; status: MessageStatus })[],
): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event) => ({
    tenant_id: event.tenantId,
    id: event.id,
    message_id: event.messageId,
    recipient_id: event.recipientId,
    attempt_id: event.attemptId,
    channel: event.channel,
    protection: event.protection,
    type: event.type,
    status: event.status,
    source: event.source,
    provider: event.provider,
    provider_event_id: event.providerEventId,
    provider_code: event.providerCode,
    failure_code: event.failureCode,
    fallback_reason: event.fallbackReason,
    callback_id: event.callbackId,
    dedupe_key: event.dedupeKey,
    occurred_at: new Date(event.occurredAt).toISOString(),
    received_at: new Date(event.receivedAt).toISOString(),
  }));
  await tx.query(
    `insert into delivery.delivery_event
     select * from jsonb_populate_recordset(null::delivery.delivery_event, $1)`,
    [JSON.stringify(rows)],
  );
}
