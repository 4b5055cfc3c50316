// Loaders of one request: many messages, one statement, always within the caller's tenant.
import DataLoader from 'dataloader';
import type { Database } from '../../../platform/database.ts';
import type { DeliveryContext } from '../context.ts';
import { findTimelines } from '../store/find-timelines.ts';
import { MessageStatusTable } from '../store/message-status.table.ts';

export function createLoaders(database: Database, tenantId: string): DeliveryContext['loaders'] {
  return {
    status: new DataLoader(async (messageIds: readonly string[]) => {
      const rows = await database.read(tenantId, ({ em }) =>
        em.find(MessageStatusTable, { tenantId, messageId: { $in: [...messageIds] } }),
      );
      const byMessage = new Map(rows.map((row) => [row.messageId, row]));
      return messageIds.map((id) => byMessage.get(id) ?? null);
    }),
    timeline: new DataLoader(async (messageIds: readonly string[]) => {
      const found = await database.read(tenantId, (tx) => findTimelines(tx, tenantId, messageIds));
      return messageIds.map((id) => found.get(id) ?? []);
    }),
  };
}
