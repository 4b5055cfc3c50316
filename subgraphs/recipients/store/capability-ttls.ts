// Reads and sets the times to live of a tenant's markets: few rows, read as a whole before reports are learnt.
import type { Transaction } from '../../../platform/database.ts';
import type { TtlRule } from '../domain/capability-ttl.ts';

/** Ordered by region and carrier. */
export async function loadTtlRules(tx: Transaction, tenantId: string): Promise<TtlRule[]> {
  const rows = await tx.query<{ region: string; carrier: string; ttl_seconds: number }>(
    `select region, carrier, ttl_seconds from recipients.capability_ttl
     where tenant_id = $1 order by region, carrier`,
    [tenantId],
  );
  return rows.map(({ region, carrier, ttl_seconds: ttlSeconds }) => ({
    region: region || null,
    carrier: carrier || null,
    ttlSeconds,
  }));
}

export async function saveTtlRule(tx: Transaction, tenantId: string, rule: TtlRule): Promise<void> {
  await tx.query(
    `insert into recipients.capability_ttl (tenant_id, region, carrier, ttl_seconds)
     values ($1, $2, $3, $4)
     on conflict (tenant_id, region, carrier) do update set ttl_seconds = excluded.ttl_seconds`,
    [tenantId, rule.region ?? '', rule.carrier ?? '', rule.ttlSeconds],
  );
}

export async function deleteTtlRule(
  tx: Transaction,
  tenantId: string,
  { region, carrier }: Pick<TtlRule, 'region' | 'carrier'>,
): Promise<void> {
  await tx.query(
    `delete from recipients.capability_ttl
     where tenant_id = $1 and region = $2 and carrier = $3`,
    [tenantId, region ?? '', carrier ?? ''],
  );
}
