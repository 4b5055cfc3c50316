// Tombstones of device keys that were rotated away: the name of the key and the challenge it served, never the key.
import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';

export const RetiredDeviceKeyTable = defineEntity({
  name: 'retired_device_key',
  tableName: 'retired_device_key',
  schema: 'recipients',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    kid: p.string().primary().columnType('text'),
    deviceId: p.uuid(),
    keyVersion: p.integer(),
    challenge: p.string().columnType('text'),
    retiredAt: p.datetime().columnType('timestamptz'),
  },
  indexes: [{ name: 'retired_device_key_by_device', properties: ['tenantId', 'deviceId'] }],
  uniques: [{ name: 'retired_device_key_challenge', properties: ['tenantId', 'challenge'] }],
});
export interface RetiredDeviceKeyRow extends InferEntity<typeof RetiredDeviceKeyTable> {}
