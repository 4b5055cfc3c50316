// Records of who saw personal data in clear text: appended with the deed, read by auditors.
import type { Transaction } from '../../../platform/database.ts';
import type { PiiAction } from '../../../schema/vocabulary.ts';

/** Ids are UUIDs; `at` in milliseconds since 1970. */
export interface PiiAccess {
  readonly tenantId: string;
  readonly id: string;
  readonly action: PiiAction;
  readonly recipientId: string;
  /** Null: everything that is held of the person. */
  readonly addressId: string | null;
  readonly actor: string;
  readonly reason: string;
  readonly at: number;
}

export async function appendPiiAccesses(
  tx: Transaction,
  accesses: readonly PiiAccess[],
): Promise<void> {
  if (accesses.length === 0) return;
  await tx.query(
    `insert into recipients.pii_access (tenant_id, id, action, recipient_id, address_id, actor, reason, at)
     select a."tenantId", a.id, a.action, a."recipientId", a."addressId", a.actor, a.reason,
       to_timestamp(a.at / 1000)
     from json_to_recordset($1::json) as a ("tenantId" text, id uuid, action text, "recipientId" uuid,
       "addressId" uuid, actor text, reason text, at float8)`,
    [JSON.stringify(accesses)],
  );
}

/** Newest first; one more than the limit, where there is one more. recipientId: null for all people. */
export async function findPiiAccesses(
  tx: Transaction,
  tenantId: string,
  by: { recipientId: string | null; before: string | null; limit: number },
): Promise<PiiAccess[]> {
  const rows = await tx.query<PiiAccess>(
    `select a.tenant_id as "tenantId", a.id, a.action, a.recipient_id as "recipientId",
       a.address_id as "addressId", a.actor, a.reason,
       round(extract(epoch from a.at) * 1000)::float8 as at
     from recipients.pii_access a
     where a.tenant_id = $1 and ($2::uuid is null or a.recipient_id = $2)
       and ($3::uuid is null or a.id < $3)
     order by a.id desc limit $4`,
    [tenantId, by.recipientId, by.before, by.limit + 1],
  );
  return rows;
}
