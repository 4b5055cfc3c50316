// Sums up what the tenant's phone numbers can do, by region and carrier: one statement over all of them, for a report.
import type { Transaction } from '../../../platform/database.ts';
import type { Channel } from '../../../schema/vocabulary.ts';

export interface MarketCoverage {
  readonly region: string | null;
  readonly carrier: string | null;
  readonly numberCount: number;
  /** Of reports that are still believed. */
  readonly capableCount: number;
  readonly incapableCount: number;
  readonly unknownCount: number;
  /** Whose report has run out. */
  readonly staleCount: number;
  readonly nativeE2eeCount: number;
  readonly withDeviceKeyCount: number;
}

/** now: milliseconds since 1970. */
export async function loadCoverage(
  tx: Transaction,
  tenantId: string,
  { channel, now }: { readonly channel: Channel; readonly now: number },
): Promise<MarketCoverage[]> {
  return tx.query<MarketCoverage>(
    `with number as (
       select r.region, coalesce(c.carrier, r.carrier) as carrier,
         coalesce(c.supported, 'UNKNOWN') as supported, coalesce(c.native_e2ee, 'UNKNOWN') as native_e2ee,
         coalesce(c.expires_at <= to_timestamp($3::float8 / 1000), false) as stale,
         exists (select 1 from recipients.device d where d.tenant_id = r.tenant_id
           and d.recipient_id = r.id and d.state = 'ACTIVE') as keyed
       from recipients.address a
       join recipients.recipient r on r.tenant_id = a.tenant_id and r.id = a.recipient_id
       left join recipients.capability c
         on c.tenant_id = a.tenant_id and c.address_id = a.id and c.channel = $2
       where a.tenant_id = $1 and a.kind = 'PHONE'
     )
     select region, carrier, count(*)::int as "numberCount",
       count(*) filter (where not stale and supported = 'YES')::int as "capableCount",
       count(*) filter (where not stale and supported = 'NO')::int as "incapableCount",
       count(*) filter (where not stale and supported = 'UNKNOWN')::int as "unknownCount",
       count(*) filter (where stale)::int as "staleCount",
       count(*) filter (where not stale and native_e2ee = 'YES')::int as "nativeE2eeCount",
       count(*) filter (where keyed)::int as "withDeviceKeyCount"
     from number group by region, carrier order by region nulls last, carrier nulls last`,
    [tenantId, channel, now],
  );
}
