// Saves what providers said: one statement for many addresses. Of two checks of one channel the later one stays.
import type { Transaction } from '../../../platform/database.ts';
import type { Channel } from '../../../schema/vocabulary.ts';
import type { CheckedCapability } from '../domain/capability.ts';

export interface CapabilityCheck {
  readonly addressId: string;
  readonly channel: Channel;
  readonly capability: CheckedCapability;
}

/** Returns the addresses for which what a message may do has changed, not merely when it was checked. */
export async function saveCapabilities(
  tx: Transaction,
  tenantId: string,
  checks: readonly CapabilityCheck[],
): Promise<ReadonlySet<string>> {
  if (checks.length === 0) return new Set();
  const rows = await tx.query<{ address_id: string }>(
    `with checks as (
       select * from json_to_recordset($2::json) as c (address_id uuid, channel text, supported text,
         native_e2ee text, features text[], carrier text, source text, checked_ms float8, expires_ms float8)
     ), before as (
       select k.address_id, k.channel, k.supported, k.native_e2ee from recipients.capability k
       join checks using (address_id, channel) where k.tenant_id = $1
     ), saved as (
       insert into recipients.capability (tenant_id, address_id, channel, supported, native_e2ee, features,
         carrier, source, checked_at, expires_at)
       select $1, address_id, channel, supported, native_e2ee, features, carrier, source,
         to_timestamp(checked_ms / 1000), to_timestamp(expires_ms / 1000)
       from checks order by address_id, channel
       on conflict (tenant_id, address_id, channel) do update set
         supported = excluded.supported, native_e2ee = excluded.native_e2ee,
         features = excluded.features, carrier = excluded.carrier, source = excluded.source,
         checked_at = excluded.checked_at, expires_at = excluded.expires_at
       where capability.checked_at < excluded.checked_at
       returning address_id, channel, supported, native_e2ee
     )
     select distinct saved.address_id from saved left join before using (address_id, channel)
     where (saved.supported, saved.native_e2ee) is distinct from (before.supported, before.native_e2ee)`,
    [tenantId, JSON.stringify(checks.map(toRecord))],
  );
  return new Set(rows.map((row) => row.address_id));
}

function toRecord({ addressId, channel, capability }: CapabilityCheck): object {
  const { supported, nativeE2ee, features, carrier, source, checkedAt, expiresAt } = capability;
  return {
    address_id: addressId,
    channel,
    supported,
    native_e2ee: nativeE2ee,
    features,
    carrier,
    source,
    checked_ms: checkedAt,
    expires_ms: expiresAt,
  };
}
