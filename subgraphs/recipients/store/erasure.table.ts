// Erasures: that a person was erased, when, and the signed record of it. Nothing else of the person is kept here.
import { defineEntity, p } from '@mikro-orm/postgresql';

export const ErasureTable = defineEntity({
  name: 'erasure',
  tableName: 'erasure',
  schema: 'recipients',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    recipientId: p.uuid().primary(),
    mergedIds: p.array().columnType('uuid[]'),
    record: p.string().columnType('text'),
    erasedAt: p.datetime().columnType('timestamptz'),
  },
  indexes: [{ name: 'erasure_by_merged', properties: ['mergedIds'], type: 'gin' }],
});
