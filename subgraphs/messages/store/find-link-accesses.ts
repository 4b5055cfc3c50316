// Reads what was done with the secure links of messages: one statement for many.
import type { Transaction } from '../../../platform/database.ts';
import { LinkAccessTable, type LinkAccessRow } from './link-access.table.ts';

/** By message UUID, newest first, `limit` of each; messages without any are missing. */
export async function findLinkAccesses(
  tx: Transaction,
  tenantId: string,
  ask: { readonly messageIds: readonly string[]; readonly limit: number },
): Promise<ReadonlyMap<string, LinkAccessRow[]>> {
  const found = await tx.query<{ id: string }>(
    `select a.id from unnest($2::uuid[]) as m (id) cross join lateral (
       select id from messages.link_access where tenant_id = $1 and message_id = m.id
       order by id desc limit $3) as a`,
    [tenantId, ask.messageIds, ask.limit],
  );
  if (found.length === 0) return new Map();
  const ids = found.map(({ id }) => id);
  const rows = await tx.em.find(
    LinkAccessTable,
    { tenantId, id: { $in: ids } },
    { orderBy: { id: 'desc' } },
  );
  return Map.groupBy(rows, (row) => row.messageId);
}
