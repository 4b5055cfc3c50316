// Where each message stands: folded from its events, never assigned.
import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { MessageStatus } from '../../../schema/vocabulary.ts';

export const MessageStatusTable = defineEntity({
  name: 'message_status',
  tableName: 'message_status',
  schema: 'delivery',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    messageId: p.uuid().primary(),
    recipientId: p.uuid(),
    status: p.string().columnType('text').$type<MessageStatus>(),
    sentAt: p.datetime().columnType('timestamptz').nullable(),
    deliveredAt: p.datetime().columnType('timestamptz').nullable(),
    readAt: p.datetime().columnType('timestamptz').nullable(),
    endedAt: p.datetime().columnType('timestamptz').nullable(),
  },
});
export interface MessageStatusRow extends InferEntity<typeof MessageStatusTable> {}
