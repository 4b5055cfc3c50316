// When people were, or are to be, sent marketing: one statement for many, and the lock under which it stays true.
import type { Transaction } from '../../../platform/database.ts';

/** Until this transaction ends no other one counts what these people get. Always in the order of the ids, so that two
 *  transactions never wait for each other. */
export async function lockMarketing(
  tx: Transaction,
  tenantId: string,
  recipientIds: readonly string[],
): Promise<void> {
  await tx.query(
    'select pg_advisory_xact_lock(hashtextextended(key, 2)) from unnest($1::text[]) as k (key)',
    [recipientIds.toSorted().map((id) => JSON.stringify([tenantId, id]))],
  );
}

/** By recipient (UUID), in milliseconds since 1970: of messages that were accepted since `sinceId`, a UUIDv7, and not taken
 *  back before they left. People without any are missing. Each is a step in the index of a person's messages, whose ids
 *  are in the order of their time. */
export async function marketingMoments(
  tx: Transaction,
  tenantId: string,
  recipientIds: readonly string[],
  sinceId: string,
): Promise<ReadonlyMap<string, number[]>> {
  const rows = await tx.query<{ id: string; moments: number[] }>(
    `select asked.id, m.moments from unnest($2::uuid[]) as asked (id)
     cross join lateral (
       select array_agg(extract(epoch from coalesce(m.send_at, m.created_at))::float8 * 1000) as moments
       from messages.message m
       where m.tenant_id = $1 and m.recipient_id = asked.id and m.id >= $3::uuid
         and coalesce(m.end_status, '') not in ('CANCELLED', 'SUPPRESSED')
         and (select t.content ->> 'purpose' from messages.template t
              where t.tenant_id = m.tenant_id and t.id = m.template_id) = 'MARKETING'
       offset 0
     ) m where m.moments is not null`,
    [tenantId, recipientIds, sinceId],
  );
  return new Map(rows.map((row) => [row.id, row.moments]));
}
