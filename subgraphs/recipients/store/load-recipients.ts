// Loads people by any id that they have or had: one statement for many.
import type { Transaction } from '../../../platform/database.ts';
import { ASKED_PEOPLE } from './asked-people.ts';
import { RecipientTable, type RecipientRow } from './recipient.table.ts';

/** By the id (UUID) that was asked for; unknown ones are missing. */
export async function loadRecipients(
  tx: Transaction,
  tenantId: string,
  askedIds: readonly string[],
): Promise<ReadonlyMap<string, RecipientRow>> {
  const rows = await tx.query<{ asked_id: string }>(
    `select asked.asked_id, r.* from ${ASKED_PEOPLE} asked
     cross join lateral (
       select * from recipients.recipient r where r.tenant_id = $1 and r.id = asked.id offset 0
     ) r`,
    [tenantId, askedIds],
  );
  return new Map(
    rows.map(({ asked_id: askedId, ...columns }) => [askedId, tx.em.map(RecipientTable, columns)]),
  );
}
