// Addresses: found by a keyed pseudonym, readable only with the person's data key.
import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { AddressKind } from '../../../schema/vocabulary.ts';

export const AddressTable = defineEntity({
  name: 'address',
  tableName: 'address',
  schema: 'recipients',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    id: p.uuid().primary(),
    recipientId: p.uuid(),
    kind: p.string().columnType('text').$type<AddressKind>(),
    pseudonym: p.string().columnType('text'),
    sealed: p.blob(),
    verifiedAt: p.datetime().columnType('timestamptz').strictNullable(),
    createdAt: p.datetime().columnType('timestamptz'),
  },
  uniques: [
    { name: 'address_pseudonym', properties: ['tenantId', 'pseudonym'] },
    { name: 'address_kind', properties: ['tenantId', 'recipientId', 'kind'] },
  ],
});
export interface AddressRow extends InferEntity<typeof AddressTable> {}
