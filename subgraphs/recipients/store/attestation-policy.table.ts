// Attestation policies: for which app a tenant's devices attest their keys, whose roots count, and what is required.
import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { AttestationLevel } from '../../../schema/vocabulary.ts';

export const AttestationPolicyTable = defineEntity({
  name: 'attestation_policy',
  tableName: 'attestation_policy',
  schema: 'recipients',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    rpId: p.string().columnType('text'),
    origins: p.array().columnType('text[]'),
    /** Certificates in PEM, beside those of the makers that everybody trusts. */
    roots: p.array().columnType('text[]'),
    required: p.string().columnType('text').$type<AttestationLevel>(),
    updatedAt: p.datetime().columnType('timestamptz'),
  },
});
export interface AttestationPolicyRow extends InferEntity<typeof AttestationPolicyTable> {}
