// Inserts a device, unless its key is known: one statement. The row carries the challenge, so that it serves once.
import type { Transaction } from '../../../platform/database.ts';
import type { DeviceRow } from './device.table.ts';

/** How many of the person's devices are active, and whether the challenge has served before. */
export async function countDevices(
  tx: Transaction,
  device: Pick<DeviceRow, 'tenantId' | 'recipientId' | 'challenge'>,
): Promise<{ active: number; challengeUsed: boolean }> {
  const [row] = await tx.query<{ active: number; used: boolean }>(
    `select count(*) filter (where state = 'ACTIVE')::int as active,
       coalesce(bool_or(challenge = $3), false) or exists (select 1 from recipients.retired_device_key r
         where r.tenant_id = $1 and r.challenge = $3) as used
     from recipients.device where tenant_id = $1 and recipient_id = $2`,
    [device.tenantId, device.recipientId, device.challenge],
  );
  return { active: row?.active ?? 0, challengeUsed: row?.used ?? true };
}

/** False when some device of the tenant has or had this key. */
export async function insertDevice(tx: Transaction, device: DeviceRow): Promise<boolean> {
  const inserted = await tx.query(
    `insert into recipients.device (tenant_id, id, recipient_id, platform, kid, fingerprint, jwk, state,
       client_version, os_build, challenge, registered_at, revoked_at, key_version, attestation, identity_verified_at)
     select $1, $2::uuid, $3::uuid, $4, $5, $6, $7::jsonb, $8, $9, $10, $11, $12::timestamptz, $13::timestamptz, $14::int, $15, $16::timestamptz
     where not exists (select 1 from recipients.retired_device_key where tenant_id = $1 and kid = $5)
     on conflict (tenant_id, kid) do nothing returning id`,
    [
      device.tenantId,
      device.id,
      device.recipientId,
      device.platform,
      device.kid,
      device.fingerprint,
      JSON.stringify(device.jwk),
      device.state,
      device.clientVersion,
      device.osBuild,
      device.challenge,
      device.registeredAt,
      device.revokedAt,
      device.keyVersion,
      device.attestation,
      device.identityVerifiedAt,
    ],
  );
  return inserted.length === 1;
}
