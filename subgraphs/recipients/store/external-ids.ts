// External ids of people: loaded by person, found by id, taken away.
import type { Transaction } from '../../../platform/database.ts';
import type { ExternalId } from '../domain/external-id.ts';
import type { ExternalIdRow } from './external-id.table.ts';

/** Of these people (UUIDs), by kind and value. */
export function loadExternalIds(
  tx: Transaction,
  tenantId: string,
  recipientIds: readonly string[],
): Promise<ExternalIdRow[]> {
  return tx.query<ExternalIdRow>(
    `select tenant_id as "tenantId", kind, value, recipient_id as "recipientId"
     from recipients.external_id where tenant_id = $1 and recipient_id = any($2::uuid[])
     order by kind, value`,
    [tenantId, recipientIds],
  );
}

/** Those of one person (UUID) alone. */
export async function deleteExternalIds(
  tx: Transaction,
  tenantId: string,
  recipientId: string,
  ids: readonly ExternalId[],
): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(
    `delete from recipients.external_id e using unnest($3::text[], $4::text[]) as g (kind, value)
     where e.tenant_id = $1 and e.recipient_id = $2 and e.kind = g.kind and e.value = g.value`,
    [tenantId, recipientId, ids.map(({ kind }) => kind), ids.map(({ value }) => value)],
  );
}

/** Whose they are (UUIDs), by `<kind> <value>`; unknown ones are missing. */
export async function findByExternalIds(
  tx: Transaction,
  tenantId: string,
  ids: readonly ExternalId[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.query<{ name: string; recipientId: string }>(
    `select g.kind || ' ' || g.value as name, e.recipient_id as "recipientId"
     from unnest($2::text[], $3::text[]) as g (kind, value)
     cross join lateral (
       select e.recipient_id from recipients.external_id e
       where e.tenant_id = $1 and e.kind = g.kind and e.value = g.value offset 0
     ) e`,
    [tenantId, ids.map(({ kind }) => kind), ids.map(({ value }) => value)],
  );
  return new Map(rows.map(({ name, recipientId }) => [name, recipientId]));
}
