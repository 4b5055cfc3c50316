// Versions of policies: the newest one of many tenants for one statement, a tenant's list, and the next one.
import type { Transaction } from '../../../platform/database.ts';
import { PolicyTable, type PolicyRow } from './policy.table.ts';

/** Tenants without a version are missing. */
export async function newestVersions(
  tx: Transaction,
  tenantIds: readonly string[],
): Promise<Pick<PolicyRow, 'tenantId' | 'number' | 'content'>[]> {
  return tx.query(
    `select p.tenant_id as "tenantId", p.number, p.content from unnest($1::text[]) as asked (tenant_id)
     cross join lateral (
       select p.tenant_id, p.number, p.content from messages.policy p
       where p.tenant_id = asked.tenant_id order by p.number desc limit 1 offset 0
     ) p`,
    [tenantIds],
  );
}

/** The newest version; null where the tenant has none. */
export async function newestVersion(tx: Transaction, tenantId: string): Promise<PolicyRow | null> {
  const [row] = await findVersions(tx, tenantId, { below: null, limit: 1 });
  return row ?? null;
}

/** Newest first. below: versions before this number. */
export async function findVersions(
  tx: Transaction,
  tenantId: string,
  { below, limit }: { readonly below: number | null; readonly limit: number },
): Promise<PolicyRow[]> {
  return tx.em.find(
    PolicyTable,
    { tenantId, ...(below !== null && { number: { $lt: below } }) },
    { orderBy: { number: 'desc' }, limit },
  );
}

/** False when another one has taken the number. */
export async function insertVersion(tx: Transaction, version: PolicyRow): Promise<boolean> {
  const rows = await tx.query<{ number: number }>(
    `insert into messages.policy (tenant_id, number, content, actor, reason, created_at)
     values ($1, $2, $3, $4, $5, $6) on conflict (tenant_id, number) do nothing returning number`,
    [
      version.tenantId,
      version.number,
      JSON.stringify(version.content),
      version.actor,
      version.reason,
      version.createdAt,
    ],
  );
  return rows.length > 0;
}
