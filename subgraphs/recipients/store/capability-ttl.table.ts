// How long a tenant believes capability reports of a market. An empty region or carrier stands for any.
import { defineEntity, p } from '@mikro-orm/postgresql';

export const CapabilityTtlTable = defineEntity({
  name: 'capability_ttl',
  tableName: 'capability_ttl',
  schema: 'recipients',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    region: p.string().primary().columnType('text'),
    carrier: p.string().primary().columnType('text'),
    ttlSeconds: p.integer(),
  },
});
