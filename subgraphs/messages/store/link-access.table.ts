// Accesses to secure links: a code was sent, refused, or opened the message. Rows are added and never changed.
import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { LinkAccessKind } from '../../../schema/vocabulary-links.ts';

export const LinkAccessTable = defineEntity({
  name: 'link_access',
  tableName: 'link_access',
  schema: 'messages',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    id: p.uuid().primary(),
    messageId: p.uuid(),
    attemptId: p.uuid(),
    kind: p.string().columnType('text').$type<LinkAccessKind>(),
    codeMessageId: p.uuid(),
    occurredAt: p.datetime().columnType('timestamptz'),
  },
  indexes: [{ name: 'link_access_by_message', properties: ['tenantId', 'messageId', 'id'] }],
});
export interface LinkAccessRow extends InferEntity<typeof LinkAccessTable> {}
