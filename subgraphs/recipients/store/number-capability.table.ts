// What numbers that belong to no recipient can do, under their pseudonym: a number in clear is never stored here.
import { defineEntity, p } from '@mikro-orm/postgresql';
import type { Channel, Tristate } from '../../../schema/vocabulary.ts';

export const NumberCapabilityTable = defineEntity({
  name: 'number_capability',
  tableName: 'number_capability',
  schema: 'recipients',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    pseudonym: p.string().primary().columnType('text'),
    channel: p.string().primary().columnType('text').$type<Channel>(),
    supported: p.string().columnType('text').$type<Tristate>(),
    nativeE2ee: p.string().columnType('text').$type<Tristate>().fieldName('native_e2ee'),
    features: p.array().columnType('text[]'),
    carrier: p.string().columnType('text').strictNullable(),
    source: p.string().columnType('text'),
    checkedAt: p.datetime().columnType('timestamptz'),
    expiresAt: p.datetime().columnType('timestamptz'),
  },
  indexes: [{ name: 'number_capability_expiry', properties: ['tenantId', 'expiresAt'] }],
});
