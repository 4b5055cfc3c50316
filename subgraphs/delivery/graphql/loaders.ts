// Loaders of one request: many ids, one statement, always within the caller's tenant.
import DataLoader from 'dataloader';
import type { Principal } from '../../../platform/principal.ts';
import type { DeliveryContext, DeliveryDeps } from '../context.ts';
import { readTexts } from '../read-texts.ts';
import { findConversations } from '../store/find-conversations.ts';
import {
  findEntries,
  findEntryPages,
  findReplies,
  type FoundEntry,
} from '../store/find-entries.ts';
import { findTimelines } from '../store/find-timelines.ts';
import { MessageStatusTable } from '../store/message-status.table.ts';

const BATCH_MAX = 500;

export function createLoaders(
  deps: DeliveryDeps,
  principal: Principal,
): DeliveryContext['loaders'] {
  const { database } = deps;
  const { tenantId, subject: actor } = principal;
  const options = { maxBatchSize: BATCH_MAX };
  const byPage = new Map<string, DataLoader<string, readonly FoundEntry[]>>();
  const byReason = new Map<string, DataLoader<string, string | null>>();
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
    conversation: new DataLoader(async (ids) => {
      const rows = await database.read(tenantId, (tx) => findConversations(tx, tenantId, { ids }));
      const byId = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => byId.get(id) ?? null);
    }, options),
    conversationsWith: new DataLoader(async (recipientIds) => {
      const rows = await database.read(tenantId, (tx) =>
        findConversations(tx, tenantId, { recipientIds }),
      );
      const byRecipient = Map.groupBy(rows, ({ recipientId }) => recipientId);
      return recipientIds.map((id) => byRecipient.get(id) ?? []);
    }, options),
    entry: new DataLoader(async (ids) => {
      const rows = await database.read(tenantId, (tx) => findEntries(tx, tenantId, ids));
      const byId = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => byId.get(id) ?? null);
    }, options),
    replies: new DataLoader(async (messageIds) => {
      const found = await database.read(tenantId, (tx) => findReplies(tx, tenantId, messageIds));
      return messageIds.map((id) => found.get(id) ?? []);
    }, options),
    entries: ({ after, limit }) =>
      oneOf(byPage, `${limit} ${after?.at} ${after?.id}`, () => {
        return new DataLoader(async (conversationIds) => {
          const found = await database.read(tenantId, (tx) =>
            findEntryPages(tx, tenantId, { conversationIds, after, limit }),
          );
          return conversationIds.map((id) => found.get(id) ?? []);
        }, options);
      }),
    text: (reason) =>
      oneOf(byReason, reason, () => {
        const read = async (entryIds: readonly string[]) => {
          const texts = await readTexts(deps, tenantId, { entryIds, actor, reason });
          return entryIds.map((id) => texts.get(id) ?? null);
        };
        // A stream's context lives for hours, and what people wrote is not to lie in it.
        return new DataLoader<string, string | null>(read, { ...options, cache: false });
      }),
  };
}

/** The loader of this name; made where there is none yet. */
function oneOf<T>(loaders: Map<string, T>, name: string, make: () => T): T {
  const known = loaders.get(name) ?? make();
  loaders.set(name, known);
  return known;
}
