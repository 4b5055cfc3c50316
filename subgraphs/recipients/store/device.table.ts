// Devices: app installations with the public key that envelopes are sealed to. A revoked one stays, so its key never returns.
import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { DeviceKey } from '../../../crypto/device-key.ts';
import type { AttestationLevel, DevicePlatform, DeviceState } from '../../../schema/vocabulary.ts';

export const DeviceTable = defineEntity({
  name: 'device',
  tableName: 'device',
  schema: 'recipients',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    id: p.uuid().primary(),
    recipientId: p.uuid(),
    platform: p.string().columnType('text').$type<DevicePlatform>(),
    kid: p.string().columnType('text'),
    fingerprint: p.string().columnType('text'),
    /** Null once the device was removed. */
    jwk: p.json<DeviceKey['jwk']>().strictNullable(),
    keyVersion: p.integer().default(1),
    attestation: p.string().columnType('text').$type<AttestationLevel>().default('NONE'),
    /** When the person signed in with two factors for it; null where nobody did. */
    identityVerifiedAt: p.datetime().columnType('timestamptz').strictNullable(),
    /** When the person compared the fingerprint of the present key. */
    fingerprintConfirmedAt: p.datetime().columnType('timestamptz').strictNullable(),
    reportedAt: p.datetime().columnType('timestamptz').strictNullable(),
    state: p.string().columnType('text').$type<DeviceState>(),
    clientVersion: p.string().columnType('text').strictNullable(),
    osBuild: p.string().columnType('text').strictNullable(),
    challenge: p.string().columnType('text'),
    registeredAt: p.datetime().columnType('timestamptz'),
    revokedAt: p.datetime().columnType('timestamptz').strictNullable(),
  },
  indexes: [{ name: 'device_by_recipient', properties: ['tenantId', 'recipientId'] }],
  uniques: [
    { name: 'device_kid', properties: ['tenantId', 'kid'] },
    { name: 'device_challenge', properties: ['tenantId', 'challenge'] },
  ],
});
export interface DeviceRow extends InferEntity<typeof DeviceTable> {}
