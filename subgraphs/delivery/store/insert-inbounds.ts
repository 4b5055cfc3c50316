// Inserts what people sent, once each, in one statement for many.
import type { Transaction } from '../../../platform/database.ts';
import type { Channel, Keyword } from '../../../schema/vocabulary.ts';

/** Times in milliseconds since 1970. */
export interface NewInbound {
  readonly tenantId: string;
  readonly id: string;
  readonly recipientId: string;
  readonly subject: string;
  readonly channel: Channel;
  readonly keyword: Keyword | null;
  readonly provider: string;
  readonly callbackId: string;
  readonly dedupeKey: string;
  readonly occurredAt: number;
  readonly receivedAt: number;
}

/** The ids of those that are new; a repetition of one waits for it and is none. */
export async function insertInbounds(
  tx: Transaction,
  inbounds: readonly NewInbound[],
): Promise<ReadonlySet<string>> {
  const rows = inbounds.map((inbound) => ({
    tenant_id: inbound.tenantId,
    id: inbound.id,
    recipient_id: inbound.recipientId,
    subject: inbound.subject,
    channel: inbound.channel,
    keyword: inbound.keyword,
    provider: inbound.provider,
    callback_id: inbound.callbackId,
    dedupe_key: inbound.dedupeKey,
    occurred_at: new Date(inbound.occurredAt).toISOString(),
    received_at: new Date(inbound.receivedAt).toISOString(),
  }));
  // In the order of the key, so that two processes with the same repetitions do not wait for each other.
  const fresh = await tx.query<{ id: string }>(
    `insert into delivery.inbound
     select * from jsonb_populate_recordset(null::delivery.inbound, $1) r
     order by r.tenant_id, r.provider, r.dedupe_key
     on conflict on constraint inbound_once do nothing
     returning id`,
    [JSON.stringify(rows)],
  );
  return new Set(fresh.map(({ id }) => id));
}
