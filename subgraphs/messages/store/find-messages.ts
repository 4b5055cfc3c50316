// Reads messages for answers: by idempotency key, and in pages of one recipient.
import type { Transaction } from '../../../platform/database.ts';
import type { MessageRow } from './message.table.ts';
import { MessageTable } from './message.table.ts';

/** By idempotency key; unused keys are missing. One statement where all are unused, which is the usual case. */
export async function findByIdempotencyKeys(
  tx: Transaction,
  tenantId: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, MessageRow>> {
  if (keys.length === 0) return new Map();
  const used = await tx.query<{ id: string }>(
    `select id from messages.message where tenant_id = $1 and idempotency_key = any($2)`,
    [tenantId, keys],
  );
  if (used.length === 0) return new Map();
  const rows = await tx.em.find(MessageTable, { tenantId, idempotencyKey: { $in: [...keys] } });
  return new Map(rows.map((row) => [row.idempotencyKey, row]));
}

/** A message with its sealed variables; null where the tenant has none with this id. */
export function findMessage(
  { em }: Transaction,
  tenantId: string,
  id: string,
): Promise<MessageRow | null> {
  return em.findOne(MessageTable, { tenantId, id }, { populate: ['variablesSealed'] });
}

/** The newest messages of each recipient, older than `before` (a message id) where one is given: `limit` for each,
 *  in one statement. */
export async function findRecentByRecipient(
  tx: Transaction,
  tenantId: string,
  ask: { recipientIds: readonly string[]; before: string | null; limit: number },
): Promise<ReadonlyMap<string, MessageRow[]>> {
  const found = await tx.query<{ id: string }>(
    `select m.id from unnest($2::uuid[]) as r (id), lateral (
       select id from messages.message
       where tenant_id = $1 and recipient_id = r.id and ($3::uuid is null or id < $3)
       order by id desc limit $4) as m`,
    [tenantId, ask.recipientIds, ask.before, ask.limit],
  );
  const ids = found.map((row) => row.id);
  const rows = await tx.em.find(
    MessageTable,
    { tenantId, id: { $in: ids } },
    { orderBy: { id: 'desc' } },
  );
  return Map.groupBy(rows, (row) => row.recipientId);
}
