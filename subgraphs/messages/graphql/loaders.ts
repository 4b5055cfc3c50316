// Loaders of one request: many keys, one statement, always within the caller's tenant.
import DataLoader from 'dataloader';
import type { Database } from '../../../platform/database.ts';
import { AttemptTable, type AttemptRow } from '../store/attempt.table.ts';
import { findLinkAccesses } from '../store/find-link-accesses.ts';
import { findRecentByRecipient } from '../store/find-messages.ts';
import { loadFollowUps, type FollowUpRow } from '../store/follow-ups.ts';
import type { LinkAccessRow } from '../store/link-access.table.ts';
import { MessageTable, type MessageRow } from '../store/message.table.ts';
import { TemplateMoveTable, type TemplateMoveRow } from '../store/template-move.table.ts';
import {
  TemplateRegistrationTable,
  type TemplateRegistrationRow,
} from '../store/template-registration.table.ts';
import { TemplateTable, type TemplateRow } from '../store/template.table.ts';
import { createCampaignLoaders, type CampaignLoaders } from './campaign-loaders.ts';

export interface MessageLoaders extends CampaignLoaders {
  readonly message: DataLoader<string, MessageRow | null>;
  readonly attempts: DataLoader<string, AttemptRow[]>;
  readonly template: DataLoader<string, TemplateRow | null>;
  /** By template UUID, oldest first. */
  readonly templateMoves: DataLoader<string, TemplateMoveRow[]>;
  /** By template UUID, by the registrar's name. */
  readonly registrations: DataLoader<string, TemplateRegistrationRow[]>;
  /** By message UUID. */
  readonly followUps: DataLoader<string, FollowUpRow | null>;
  /** What a message repeats, by the UUID of the new one. */
  readonly resends: DataLoader<string, FollowUpRow | null>;
  /** By message UUID, newest first. */
  readonly linkAccesses: DataLoader<string, LinkAccessRow[]>;
  /** By recipient UUID; one loader for each page size that the request asks for. */
  recent(limit: number): DataLoader<string, MessageRow[]>;
}

const LINK_ACCESSES_MAX = 100;

export function createLoaders(database: Database, tenantId: string): MessageLoaders {
  const recentBySize = new Map<number, DataLoader<string, MessageRow[]>>();
  const createRecent = (limit: number) =>
    new DataLoader(async (recipientIds: readonly string[]) => {
      const ask = { recipientIds, before: null, limit };
      const found = await database.read(tenantId, (tx) => findRecentByRecipient(tx, tenantId, ask));
      return recipientIds.map((id) => found.get(id) ?? []);
    });
  return {
    message: new DataLoader(async (ids: readonly string[]) => {
      const rows = await database.read(tenantId, ({ em }) =>
        em.find(MessageTable, { tenantId, id: { $in: [...ids] } }),
      );
      const byId = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => byId.get(id) ?? null);
    }),
    attempts: new DataLoader(async (messageIds: readonly string[]) => {
      const rows = await database.read(tenantId, ({ em }) =>
        em.find(
          AttemptTable,
          { tenantId, messageId: { $in: [...messageIds] } },
          { orderBy: { number: 'asc' } },
        ),
      );
      const byMessage = Map.groupBy(rows, (row) => row.messageId);
      return messageIds.map((id) => byMessage.get(id) ?? []);
    }),
    template: new DataLoader(async (ids: readonly string[]) => {
      const rows = await database.read(tenantId, ({ em }) =>
        em.find(TemplateTable, { tenantId, id: { $in: [...ids] } }),
      );
      const byId = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => byId.get(id) ?? null);
    }),
    templateMoves: new DataLoader(async (templateIds: readonly string[]) => {
      const rows = await database.read(tenantId, ({ em }) =>
        em.find(
          TemplateMoveTable,
          { tenantId, templateId: { $in: [...templateIds] } },
          { orderBy: { number: 'asc' } },
        ),
      );
      const byTemplate = Map.groupBy(rows, (row) => row.templateId);
      return templateIds.map((id) => byTemplate.get(id) ?? []);
    }),
    registrations: new DataLoader(async (templateIds: readonly string[]) => {
      const rows = await database.read(tenantId, ({ em }) =>
        em.find(
          TemplateRegistrationTable,
          { tenantId, templateId: { $in: [...templateIds] } },
          { orderBy: { registrar: 'asc' } },
        ),
      );
      const byTemplate = Map.groupBy(rows, (row) => row.templateId);
      return templateIds.map((id) => byTemplate.get(id) ?? []);
    }),
    followUps: followUpLoader(database, tenantId, 'message_id'),
    resends: followUpLoader(database, tenantId, 'resent_as'),
    ...createCampaignLoaders(database, tenantId),
    linkAccesses: linkAccessLoader(database, tenantId),
    recent(limit) {
      const known = recentBySize.get(limit) ?? createRecent(limit);
      recentBySize.set(limit, known);
      return known;
    },
  };
}

/** What was done with links, by the UUID of their message. */
function linkAccessLoader(
  database: Database,
  tenantId: string,
): DataLoader<string, LinkAccessRow[]> {
  return new DataLoader(async (messageIds: readonly string[]) => {
    const ask = { messageIds, limit: LINK_ACCESSES_MAX };
    const found = await database.read(tenantId, (tx) => findLinkAccesses(tx, tenantId, ask));
    return messageIds.map((id) => found.get(id) ?? []);
  });
}

/** Items of the follow-up list, by the UUID of their message or of the one that it was sent again as. */
function followUpLoader(
  database: Database,
  tenantId: string,
  by: 'message_id' | 'resent_as',
): DataLoader<string, FollowUpRow | null> {
  return new DataLoader(async (keys: readonly string[]) => {
    const rows = await database.read(tenantId, (tx) => loadFollowUps(tx, tenantId, { by, keys }));
    const byKey = new Map(
      rows.map((row) => [by === 'message_id' ? row.messageId : row.resentAs, row]),
    );
    return keys.map((key) => byKey.get(key) ?? null);
  });
}
