// Aliases: ids of people who were merged into another, each with the key that still opens what was sealed for that id.
import { defineEntity, p } from '@mikro-orm/postgresql';

export const RecipientAliasTable = defineEntity({
  name: 'recipientAlias',
  tableName: 'recipient_alias',
  schema: 'recipients',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    id: p.uuid().primary(),
    recipientId: p.uuid(),
    dataKey: p.blob(),
    dataKeyId: p.string().columnType('text'),
    dataKeyVersion: p.integer(),
    mergedAt: p.datetime().columnType('timestamptz'),
  },
  indexes: [{ name: 'recipient_alias_by_recipient', properties: ['tenantId', 'recipientId'] }],
});
