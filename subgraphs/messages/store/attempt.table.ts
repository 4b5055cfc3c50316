// Attempts: one row a try to hand a message to one provider on one route. Committed before the provider is called.
import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type {
  AttemptState,
  Channel,
  FailureCode,
  FallbackReason,
  Protection,
} from '../../../schema/vocabulary.ts';

export const AttemptTable = defineEntity({
  name: 'attempt',
  tableName: 'attempt',
  schema: 'messages',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    id: p.uuid().primary(),
    messageId: p.uuid(),
    number: p.smallint(),
    line: p.smallint().default(1),
    channel: p.string().columnType('text').$type<Channel>(),
    protection: p.string().columnType('text').$type<Protection>(),
    provider: p.string().columnType('text'),
    state: p.string().columnType('text').$type<AttemptState>(),
    tries: p.smallint(),
    failureCode: p.string().columnType('text').nullable().$type<FailureCode | null>(),
    providerCode: p.string().columnType('text').nullable(),
    providerMessageId: p.string().columnType('text').nullable(),
    fallbackReason: p.string().columnType('text').nullable().$type<FallbackReason | null>(),
    consentId: p.uuid().nullable(),
    envelopeDigest: p.string().columnType('text').nullable(),
    startedAt: p.datetime().columnType('timestamptz').nullable(),
    changedAt: p.datetime().columnType('timestamptz'),
  },
  uniques: [
    {
      name: 'attempt_tenant_id_message_id_number_key',
      properties: ['tenantId', 'messageId', 'number'],
    },
  ],
});
export interface AttemptRow extends InferEntity<typeof AttemptTable> {}
