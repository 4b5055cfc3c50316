// The OpenID provider that vouches for a tenant's recipients: its name, its public keys, and what it calls two factors.
import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';

export const IdentityProviderTable = defineEntity({
  name: 'identity_provider',
  tableName: 'identity_provider',
  schema: 'recipients',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    issuer: p.string().columnType('text'),
    clientId: p.string().columnType('text'),
    jwks: p.json<{ readonly keys: readonly Readonly<Record<string, unknown>>[] }>(),
    mfaAcrValues: p.array().columnType('text[]').fieldName('mfa_acr_values'),
    updatedAt: p.datetime().columnType('timestamptz'),
  },
});
export interface IdentityProviderRow extends InferEntity<typeof IdentityProviderTable> {}
