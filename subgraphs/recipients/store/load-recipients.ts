// Loads people by any id that they have or had: one statement for many.
import type { Transaction } from '../../../platform/database.ts';
import { ASKED_PEOPLE } from './asked-people.ts';
import { RecipientTable, type RecipientRow } from './recipient.table.ts';

const COLUMNS = `r.tenant_id, r.id, r.locale, r.time_zone, r.region, r.carrier, r.preferred_channels, r.opted_out_channels,
  r.purpose_opt_outs, r.quiet_hours, r.feature_flags, r.data_key, r.data_key_id, r.data_key_version, r.created_at, r.updated_at`;

/** By the id (UUID) that was asked for; unknown ones are missing. */
export async function loadRecipients(
  tx: Transaction,
  tenantId: string,
  askedIds: readonly string[],
): Promise<ReadonlyMap<string, RecipientRow>> {
  const rows = await tx.query<{ asked_id: string }>(
    `select asked.asked_id, ${COLUMNS} from ${ASKED_PEOPLE} asked
     cross join lateral (
       select * from recipients.recipient r where r.tenant_id = $1 and r.id = asked.id offset 0
     ) r`,
    [tenantId, askedIds],
  );
  return new Map(
    rows.map(({ asked_id: askedId, ...columns }) => [askedId, tx.em.map(RecipientTable, columns)]),
  );
}
