// Envelopes: ciphertext for the recipient's devices, fetched by the app or the secure page.
import { defineEntity, p } from '@mikro-orm/postgresql';
import type { GeneralJwe } from '../../../crypto/jwe.ts';

export const EnvelopeTable = defineEntity({
  name: 'envelope',
  tableName: 'envelope',
  schema: 'messages',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    messageId: p.uuid().primary(),
    jwe: p.json<GeneralJwe>(),
    expiresAt: p.datetime().columnType('timestamptz'),
  },
});
