// Addresses: found by a keyed pseudonym, readable only with the person's data key.
import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { AddressKind, VerificationMethod } from '../../../schema/vocabulary.ts';

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
    verifiedBy: p.string().columnType('text').strictNullable(),
    verificationMethod: p.string().columnType('text').$type<VerificationMethod>().strictNullable(),
    createdAt: p.datetime().columnType('timestamptz'),
    bouncedAt: p.datetime().columnType('timestamptz').strictNullable(),
    /** The app installation that a push subscription ends with. */
    deviceId: p.uuid().strictNullable(),
  },
  indexes: [{ name: 'address_by_recipient', properties: ['tenantId', 'recipientId', 'kind'] }],
  uniques: [{ name: 'address_pseudonym', properties: ['tenantId', 'pseudonym'] }],
});
export interface AddressRow extends InferEntity<typeof AddressTable> {}
