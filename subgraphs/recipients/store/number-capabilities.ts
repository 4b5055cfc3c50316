// What is known of phone numbers by their pseudonym, whether or not they are a recipient's: one statement for a batch.
import type { Transaction } from '../../../platform/database.ts';
import type { Channel } from '../../../schema/vocabulary.ts';
import type { CheckedCapability } from '../domain/capability.ts';
import { capabilityColumns, readCapability, type CapabilityColumns } from './capability-columns.ts';

export interface KnownNumber {
  readonly pseudonym: string;
  /** UUID of the recipient's address; null for a number that is nobody's. */
  readonly addressId: string | null;
  readonly capability: CheckedCapability | null;
}

/** Numbers of which nothing is known, and which are nobody's, are missing. */
export async function loadNumberCapabilities(
  tx: Transaction,
  tenantId: string,
  of: { readonly channel: Channel; readonly pseudonyms: readonly string[] },
): Promise<ReadonlyMap<string, KnownNumber>> {
  const rows = await tx.query<CapabilityColumns & { pseudonym: string; address_id: string | null }>(
    `select a.pseudonym, a.id as address_id, ${capabilityColumns('c')}
     from recipients.address a left join recipients.capability c
       on c.tenant_id = a.tenant_id and c.address_id = a.id and c.channel = $2
     where a.tenant_id = $1 and a.pseudonym = any($3)
     union all
     select n.pseudonym, null, ${capabilityColumns('n')}
     from recipients.number_capability n
     where n.tenant_id = $1 and n.channel = $2 and n.pseudonym = any($3)
       and not exists (select 1 from recipients.address a
         where a.tenant_id = n.tenant_id and a.pseudonym = n.pseudonym)`,
    [tenantId, of.channel, of.pseudonyms],
  );
  return new Map(
    rows.map((row): [string, KnownNumber] => [
      row.pseudonym,
      {
        pseudonym: row.pseudonym,
        addressId: row.address_id,
        capability: readCapability(row),
      },
    ]),
  );
}

/** How long a number that is nobody's is kept after its report has run out, and how many are let go at once. */
const KEPT_DAYS = 7;
const FORGOTTEN_MAX = 1_000;

/** Saves reports of numbers that are nobody's, and lets go of those that nobody asked about any more. */
export async function saveNumberCapabilities(
  tx: Transaction,
  tenantId: string,
  saved: {
    readonly channel: Channel;
    readonly now: number;
    readonly capabilities: ReadonlyMap<string, CheckedCapability>;
  },
): Promise<void> {
  const { channel, now, capabilities } = saved;
  const records = [...capabilities].map(([pseudonym, known]) => ({
    pseudonym,
    supported: known.supported,
    native_e2ee: known.nativeE2ee,
    features: known.features,
    carrier: known.carrier,
    source: known.source,
    checked_ms: known.checkedAt,
    expires_ms: known.expiresAt,
  }));
  await tx.query(
    `with forgotten as (
       delete from recipients.number_capability where tenant_id = $1 and pseudonym in (
         select pseudonym from recipients.number_capability
         where tenant_id = $1 and expires_at < to_timestamp($4::float8 / 1000) - ${KEPT_DAYS} * interval '1 day'
           and pseudonym not in (select r ->> 'pseudonym' from json_array_elements($3::json) as r)
         limit ${FORGOTTEN_MAX} for update skip locked)
     )
     insert into recipients.number_capability (tenant_id, pseudonym, channel, supported, native_e2ee, features,
       carrier, source, checked_at, expires_at)
     select $1, pseudonym, $2, supported, native_e2ee, features, carrier, source,
       to_timestamp(checked_ms / 1000), to_timestamp(expires_ms / 1000)
     from json_to_recordset($3::json) as c (pseudonym text, supported text, native_e2ee text, features text[],
       carrier text, source text, checked_ms float8, expires_ms float8)
     order by pseudonym
     on conflict (tenant_id, pseudonym, channel) do update set
       supported = excluded.supported, native_e2ee = excluded.native_e2ee, features = excluded.features,
       carrier = excluded.carrier, source = excluded.source,
       checked_at = excluded.checked_at, expires_at = excluded.expires_at
     where number_capability.checked_at < excluded.checked_at`,
    [tenantId, channel, JSON.stringify(records), now],
  );
}
