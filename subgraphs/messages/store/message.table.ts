// Messages: one row an intent. What it says is sealed under the recipient's own key.
import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { MessageStatus } from '../../../schema/vocabulary.ts';
import type { Decision } from '../domain/decision.ts';

export const MessageTable = defineEntity({
  name: 'message',
  tableName: 'message',
  schema: 'messages',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    id: p.uuid().primary(),
    idempotencyKey: p.string().columnType('text'),
    requestDigest: p.string().columnType('text'),
    recipientId: p.uuid(),
    templateId: p.uuid(),
    reference: p.string().columnType('text').nullable(),
    locale: p.string().columnType('text'),
    variablesSealed: p.blob().lazy(),
    decision: p.json<Decision>(),
    phase: p.string().columnType('text').$type<'ACTIVE' | 'ENDED'>(),
    endStatus: p.string().columnType('text').nullable().$type<MessageStatus | null>(),
    endReason: p.string().columnType('text').nullable(),
    /** Null: at once. */
    sendAt: p.datetime().columnType('timestamptz').nullable(),
    expiresAt: p.datetime().columnType('timestamptz'),
    createdAt: p.datetime().columnType('timestamptz'),
  },
  uniques: [
    {
      name: 'message_tenant_id_idempotency_key_key',
      properties: ['tenantId', 'idempotencyKey'],
    },
  ],
  indexes: [
    { name: 'message_by_recipient', properties: ['tenantId', 'recipientId', 'id'] },
    { name: 'message_by_id', properties: ['id'] },
  ],
});
export interface MessageRow extends InferEntity<typeof MessageTable> {}
