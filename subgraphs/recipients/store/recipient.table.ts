// Recipients: one row a person. It names nobody; the addresses are sealed under the key that it holds wrapped.
import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { Channel } from '../../../schema/vocabulary.ts';
import type { FeatureFlags, PurposeOptOuts, QuietHours } from '../domain/preference.ts';

export const RecipientTable = defineEntity({
  name: 'recipient',
  tableName: 'recipient',
  schema: 'recipients',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    id: p.uuid().primary(),
    locale: p.string().columnType('text'),
    timeZone: p.string().columnType('text').strictNullable(),
    region: p.string().columnType('text').strictNullable(),
    carrier: p.string().columnType('text').strictNullable(),
    preferredChannels: p.array().columnType('text[]').$type<Channel[]>(),
    optedOutChannels: p.array().columnType('text[]').$type<Channel[]>(),
    purposeOptOuts: p.json().columnType('jsonb').$type<PurposeOptOuts>(),
    quietHours: p.json().columnType('jsonb').$type<QuietHours>().strictNullable(),
    featureFlags: p.json().columnType('jsonb').$type<FeatureFlags>(),
    dataKey: p.blob(),
    dataKeyId: p.string().columnType('text'),
    dataKeyVersion: p.integer(),
    createdAt: p.datetime().columnType('timestamptz'),
    updatedAt: p.datetime().columnType('timestamptz'),
  },
  indexes: [{ name: 'recipient_by_region', properties: ['tenantId', 'region', 'id'] }],
});
export interface RecipientRow extends InferEntity<typeof RecipientTable> {}
