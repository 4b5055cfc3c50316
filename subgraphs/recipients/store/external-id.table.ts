// External ids: what other systems call a person, by kind of id. An id of a kind is one person's in a tenant.
import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';

export const ExternalIdTable = defineEntity({
  name: 'externalId',
  tableName: 'external_id',
  schema: 'recipients',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    kind: p.string().primary().columnType('text'),
    value: p.string().primary().columnType('text'),
    recipientId: p.uuid(),
  },
  indexes: [{ name: 'external_id_by_recipient', properties: ['tenantId', 'recipientId'] }],
});
export interface ExternalIdRow extends InferEntity<typeof ExternalIdTable> {}
