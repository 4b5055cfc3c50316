// Changes devices that are there: the next key, the end of all keys, and the last report. One statement each.
import type { DeviceKey } from '../../../crypto/device-key.ts';
import type { Transaction } from '../../../platform/database.ts';
import type { AttestationLevel } from '../../../schema/vocabulary.ts';
import type { DeviceRow } from './device.table.ts';

/** Gives an active device its next key and leaves a tombstone of the old one. False when the device is not active with
 *  the key `fromKid` any more, or when some device of the tenant has or had the new key. */
export async function replaceDeviceKey(
  tx: Transaction,
  device: { readonly tenantId: string; readonly id: string; readonly fromKid: string },
  next: {
    readonly key: DeviceKey;
    readonly fingerprint: string;
    readonly attestation: AttestationLevel;
    readonly challenge: string;
    readonly at: Date;
  },
): Promise<boolean> {
  const rows = await tx.query(
    `with old as (
       select tenant_id, id, kid, key_version, challenge from recipients.device
       where tenant_id = $1 and id = $2 and kid = $3 and state = 'ACTIVE'
         and not exists (select 1 from recipients.device d where d.tenant_id = $1 and d.kid = $4)
         and not exists (select 1 from recipients.retired_device_key r where r.tenant_id = $1 and r.kid = $4)
       for update
     ), tombstone as (
       insert into recipients.retired_device_key (tenant_id, kid, device_id, key_version, challenge, retired_at)
       select tenant_id, kid, id, key_version, challenge, $8 from old
     )
     update recipients.device d set kid = $4, jwk = $5, fingerprint = $6, challenge = $7,
       key_version = d.key_version + 1, fingerprint_confirmed_at = null, attestation = $9
     from old where d.tenant_id = old.tenant_id and d.id = old.id returning d.id`,
    [
      device.tenantId,
      device.id,
      device.fromKid,
      next.key.kid,
      JSON.stringify(next.key.jwk),
      next.fingerprint,
      next.challenge,
      next.at,
      next.attestation,
    ],
  );
  return rows.length === 1;
}

/** Revokes active devices of a person. deviceIds: UUIDs, or null for all. Returns how many there were. */
export async function revokeDevicesOf(
  tx: Transaction,
  person: { readonly tenantId: string; readonly recipientId: string; readonly at: Date },
  deviceIds: readonly string[] | null,
): Promise<number> {
  const rows = await tx.query(
    `update recipients.device set state = 'REVOKED', revoked_at = $3
     where tenant_id = $1 and recipient_id = $2 and state = 'ACTIVE'
       and ($4::uuid[] is null or id = any($4)) returning id`,
    [person.tenantId, person.recipientId, person.at, deviceIds],
  );
  return rows.length;
}

/** Deletes the key material and what the app told of itself; the row stays as a tombstone, so that the key never returns.
 *  deviceIds: UUIDs, or null for all of the person. Returns how many were not removed before. */
export async function removeDevicesOf(
  tx: Transaction,
  person: { readonly tenantId: string; readonly recipientId: string; readonly at: Date },
  deviceIds: readonly string[] | null,
): Promise<number> {
  const rows = await tx.query(
    `update recipients.device set state = 'REMOVED', jwk = null, client_version = null, os_build = null,
       revoked_at = coalesce(revoked_at, $3)
     where tenant_id = $1 and recipient_id = $2 and state <> 'REMOVED'
       and ($4::uuid[] is null or id = any($4)) returning id`,
    [person.tenantId, person.recipientId, person.at, deviceIds],
  );
  return rows.length;
}

/** Notes a device's report and what it says of itself. False when it is not active, or has told something newer. */
export async function noteReport(
  tx: Transaction,
  device: Pick<DeviceRow, 'tenantId' | 'id' | 'clientVersion' | 'osBuild' | 'reportedAt'>,
): Promise<boolean> {
  const rows = await tx.query(
    `update recipients.device set reported_at = $3, client_version = $4, os_build = $5
     where tenant_id = $1 and id = $2 and state = 'ACTIVE'
       and (reported_at is null or reported_at < $3) returning id`,
    [device.tenantId, device.id, device.reportedAt, device.clientVersion, device.osBuild],
  );
  return rows.length === 1;
}

/** Notes that the fingerprint was compared. False when the device is not active, or its key has another fingerprint. */
export async function confirmFingerprint(
  tx: Transaction,
  device: {
    readonly tenantId: string;
    readonly id: string;
    /** Without spaces. */
    readonly digits: string;
    readonly at: Date;
  },
): Promise<boolean> {
  const rows = await tx.query(
    `update recipients.device set fingerprint_confirmed_at = coalesce(fingerprint_confirmed_at, $4)
     where tenant_id = $1 and id = $2 and state = 'ACTIVE' and replace(fingerprint, ' ', '') = $3
     returning id`,
    [device.tenantId, device.id, device.digits, device.at],
  );
  return rows.length === 1;
}
