// Erasures: everything of a person deleted in one transaction, and the record of it.
import type { Transaction } from '../../../platform/database.ts';

/** Ids are UUIDs. */
export interface Erasure {
  readonly recipientId: string;
  /** Those that had been merged into this person. */
  readonly mergedIds: readonly string[];
  /** A compact JWS. */
  readonly record: string;
  readonly erasedAt: Date;
}

/** The person that an id means now, null for none, and the other ids of theirs. */
export async function idsOf(
  tx: Transaction,
  tenantId: string,
  askedId: string,
): Promise<{ recipientId: string | null; mergedIds: string[] }> {
  const [row] = await tx.query<{ id: string; merged: string[] }>(
    `select r.id, array(
       select a.id from recipients.recipient_alias a
       where a.tenant_id = $1 and a.recipient_id = r.id order by a.id) as merged
     from recipients.recipient r where r.tenant_id = $1 and r.id = coalesce(
       (select a.recipient_id from recipients.recipient_alias a where a.tenant_id = $1 and a.id = $2), $2)`,
    [tenantId, askedId],
  );
  return { recipientId: row?.id ?? null, mergedIds: row?.merged ?? [] };
}

/** Under any id that the person had. */
export async function findErasure(
  tx: Transaction,
  tenantId: string,
  askedId: string,
): Promise<Erasure | null> {
  const [row] = await tx.query<{
    recipient_id: string;
    merged_ids: string[];
    record: string;
    erased_ms: number;
  }>(
    `select recipient_id, merged_ids, record, extract(epoch from erased_at)::float8 * 1000 as erased_ms
     from recipients.erasure where tenant_id = $1 and (recipient_id = $2 or $2 = any(merged_ids))`,
    [tenantId, askedId],
  );
  if (row === undefined) return null;
  const { recipient_id: recipientId, merged_ids: mergedIds, record, erased_ms: erasedMs } = row;
  return { recipientId, mergedIds, record, erasedAt: new Date(Math.round(erasedMs)) };
}

/** False, and nothing is done, where the person or their merged ids are not what the record says. */
export async function deletePerson(
  tx: Transaction,
  tenantId: string,
  { recipientId, mergedIds, record, erasedAt }: Erasure,
): Promise<boolean> {
  const locked = await tx.query(
    'select 1 from recipients.recipient where tenant_id = $1 and id = $2 for update',
    [tenantId, recipientId],
  );
  const { mergedIds: present } = await idsOf(tx, tenantId, recipientId);
  if (locked.length === 0 || present.join() !== mergedIds.join()) return false;
  const person = [tenantId, recipientId];
  await Promise.all([
    tx.query(
      `delete from recipients.capability c using recipients.address a
       where a.tenant_id = $1 and a.recipient_id = $2 and c.tenant_id = $1 and c.address_id = a.id`,
      person,
    ),
    tx.query(
      `delete from recipients.number_capability n using recipients.address a
       where a.tenant_id = $1 and a.recipient_id = $2 and n.tenant_id = $1 and n.pseudonym = a.pseudonym`,
      person,
    ),
    tx.query('delete from recipients.address where tenant_id = $1 and recipient_id = $2', person),
    tx.query(
      'delete from recipients.external_id where tenant_id = $1 and recipient_id = $2',
      person,
    ),
    tx.query(
      `delete from recipients.retired_device_key k using recipients.device d
       where d.tenant_id = $1 and d.recipient_id = $2 and k.tenant_id = $1 and k.device_id = d.id`,
      person,
    ),
    tx.query('delete from recipients.device where tenant_id = $1 and recipient_id = $2', person),
    tx.query(
      'delete from recipients.recipient_alias where tenant_id = $1 and recipient_id = $2',
      person,
    ),
    tx.query('delete from recipients.recipient where tenant_id = $1 and id = $2', person),
    tx.query(
      `insert into recipients.erasure (tenant_id, recipient_id, merged_ids, record, erased_at)
       values ($1, $2, $3, $4, $5)`,
      [...person, mergedIds, record, erasedAt],
    ),
  ]);
  return true;
}
