// Normalised events: the timeline of each message, whoever reported it.
import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type {
  Channel,
  DeliveryEventType,
  FailureCode,
  FallbackReason,
  MessageStatus,
  Protection,
} from '../../../schema/vocabulary.ts';

export const DeliveryEventTable = defineEntity({
  name: 'delivery_event',
  tableName: 'delivery_event',
  schema: 'delivery',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    id: p.uuid().primary(),
    messageId: p.uuid(),
    recipientId: p.uuid(),
    attemptId: p.uuid().nullable(),
    channel: p.string().columnType('text').nullable().$type<Channel | null>(),
    protection: p.string().columnType('text').nullable().$type<Protection | null>(),
    type: p.string().columnType('text').$type<DeliveryEventType>(),
    status: p.string().columnType('text').$type<MessageStatus>(),
    source: p.string().columnType('text').$type<'PLATFORM' | 'PROVIDER'>(),
    provider: p.string().columnType('text').nullable(),
    providerEventId: p.string().columnType('text').nullable(),
    providerCode: p.string().columnType('text').nullable(),
    failureCode: p.string().columnType('text').nullable().$type<FailureCode | null>(),
    fallbackReason: p.string().columnType('text').nullable().$type<FallbackReason | null>(),
    callbackId: p.uuid().nullable(),
    dedupeKey: p.string().columnType('text'),
    occurredAt: p.datetime().columnType('timestamptz'),
    receivedAt: p.datetime().columnType('timestamptz'),
  },
  uniques: [
    { name: 'delivery_event_tenant_id_dedupe_key_key', properties: ['tenantId', 'dedupeKey'] },
  ],
  indexes: [
    { name: 'delivery_event_by_message', properties: ['tenantId', 'messageId', 'id'] },
    {
      name: 'delivery_event_handed_over',
      properties: ['tenantId', 'recipientId', 'channel', 'occurredAt'],
      where: "type = 'SENT'",
    },
  ],
});
export interface DeliveryEventRow extends InferEntity<typeof DeliveryEventTable> {}
