// Deletes the callbacks that tell of a person, as they came: they hold a number, and perhaps words.
import type { Transaction } from '../../../platform/database.ts';

/** Those that were dealt with. recipientIds: UUIDs. What a person wrote came for all tenants of the number at once and is
 *  kept for none of them, so that one has to forget the person is enough: what the others made of it stays theirs. */
export async function deleteCallbacksOf(
  tx: Transaction,
  {
    tenantId,
    recipientIds,
  }: { readonly tenantId: string; readonly recipientIds: readonly string[] },
): Promise<void> {
  await tx.query(
    `with told as materialized (
       select i.callback_id as id from delivery.inbound i
       where i.tenant_id = $1 and i.recipient_id = any($2::uuid[])
       union
       select e.callback_id from (
         select distinct h.message_id from delivery.delivery_event h
         where h.tenant_id = $1 and h.recipient_id = any($2::uuid[]) and h.type = 'SENT'
       ) m
       cross join lateral (
         select e.callback_id from delivery.delivery_event e
         where e.tenant_id = $1 and e.message_id = m.message_id and e.callback_id is not null offset 0
       ) e
     )
     delete from delivery.raw_callback c using told
     where c.tenant_id = any(array['', $1]) and c.id = told.id and c.state <> 'NEW'`,
    [tenantId, recipientIds],
  );
}
