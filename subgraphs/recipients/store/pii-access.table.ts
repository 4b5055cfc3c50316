// Who saw personal data in clear text, whose, and why: append-only, and without the data itself.
import { defineEntity, p } from '@mikro-orm/postgresql';
import type { PiiAction } from '../../../schema/vocabulary.ts';

export const PiiAccessTable = defineEntity({
  name: 'pii_access',
  tableName: 'pii_access',
  schema: 'recipients',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    id: p.uuid().primary(),
    action: p.string().columnType('text').$type<PiiAction>(),
    recipientId: p.uuid(),
    addressId: p.uuid().strictNullable(),
    actor: p.string().columnType('text'),
    reason: p.string().columnType('text'),
    at: p.datetime().columnType('timestamptz'),
  },
  indexes: [{ name: 'pii_access_by_recipient', properties: ['tenantId', 'recipientId', 'id'] }],
});
