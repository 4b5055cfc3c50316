// Capabilities: what a provider said of a channel of an address, and until when it is believed.
import { defineEntity, p } from '@mikro-orm/postgresql';
import type { Channel, Tristate } from '../../../schema/vocabulary.ts';

export const CapabilityTable = defineEntity({
  name: 'capability',
  tableName: 'capability',
  schema: 'recipients',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    addressId: p.uuid().primary(),
    channel: p.string().primary().columnType('text').$type<Channel>(),
    supported: p.string().columnType('text').$type<Tristate>(),
    nativeE2ee: p.string().columnType('text').$type<Tristate>().fieldName('native_e2ee'),
    features: p.array().columnType('text[]'),
    carrier: p.string().columnType('text').strictNullable(),
    source: p.string().columnType('text'),
    checkedAt: p.datetime().columnType('timestamptz'),
    expiresAt: p.datetime().columnType('timestamptz'),
  },
});
