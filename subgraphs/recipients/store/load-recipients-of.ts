// Finds people by the pseudonyms of their addresses, and the tenants that know phone numbers at all.
import type { Transaction } from '../../../platform/database.ts';

export interface NamedAddress {
  readonly tenantId: string;
  readonly subject: string;
}

/** In no order; pseudonyms that nobody has are missing. Reads with the roles of `consent` and `delivery`. */
export async function loadRecipientsOf(
  tx: Transaction,
  named: readonly NamedAddress[],
): Promise<(NamedAddress & { readonly recipientId: string })[]> {
  if (named.length === 0) return [];
  return tx.query(
    `select q.tenant_id as "tenantId", q.pseudonym as subject, a.recipient_id as "recipientId"
     from unnest($1::text[], $2::text[]) as q (tenant_id, pseudonym)
     cross join lateral (
       select a.recipient_id from recipients.address a
       where a.tenant_id = q.tenant_id and a.pseudonym = q.pseudonym offset 0
     ) a`,
    [named.map(({ tenantId }) => tenantId), named.map(({ subject }) => subject)],
  );
}

/** Skips through the index from tenant to tenant: a step for each, whatever the number of addresses. */
export async function loadPhoneTenants(tx: Transaction): Promise<string[]> {
  const rows = await tx.query<{ tenant_id: string }>(
    `with recursive tenant as (
       (select tenant_id from recipients.address order by tenant_id limit 1)
       union all
       select (select a.tenant_id from recipients.address a where a.tenant_id > t.tenant_id
               order by a.tenant_id limit 1)
       from tenant t where t.tenant_id is not null
     )
     select tenant_id from tenant where tenant_id is not null`,
  );
  return rows.map(({ tenant_id: tenantId }) => tenantId);
}
