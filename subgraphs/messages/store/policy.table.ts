// Versions of a tenant's policy: who set which, when and why. Rows are added and never changed.
import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { PolicyContent } from '../domain/policy.ts';

export const PolicyTable = defineEntity({
  name: 'policy',
  tableName: 'policy',
  schema: 'messages',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    /** From 1, without a gap; the highest one is in force. */
    number: p.integer().primary(),
    content: p.json<Partial<PolicyContent>>(),
    actor: p.string().columnType('text'),
    reason: p.string().columnType('text'),
    createdAt: p.datetime().columnType('timestamptz'),
  },
});
export interface PolicyRow extends InferEntity<typeof PolicyTable> {}
