// Reads the timelines of many messages, each bounded, in two statements.
import type { Transaction } from '../../../platform/database.ts';
import { DeliveryEventTable, type DeliveryEventRow } from './delivery-event.table.ts';

/** Events of one message that are shown at the most. */
const TIMELINE_MAX = 200;

/** By message id, oldest first. */
export async function findTimelines(
  tx: Transaction,
  tenantId: string,
  messageIds: readonly string[],
): Promise<ReadonlyMap<string, DeliveryEventRow[]>> {
  const found = await tx.query<{ id: string }>(
    `select e.id from unnest($2::uuid[]) as m (id), lateral (
       select id from delivery.delivery_event
       where tenant_id = $1 and message_id = m.id order by id limit ${TIMELINE_MAX}) as e`,
    [tenantId, messageIds],
  );
  const ids = found.map((row) => row.id);
  const rows = await tx.em.find(
    DeliveryEventTable,
    { tenantId, id: { $in: ids } },
    { orderBy: { id: 'asc' } },
  );
  return Map.groupBy(rows, (row) => row.messageId);
}
