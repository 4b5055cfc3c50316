// Moves what one person has to another: six statements, whatever they have.
import { LockMode } from '@mikro-orm/postgresql';
import type { Transaction } from '../../../platform/database.ts';
import { RecipientAliasTable } from './recipient-alias.table.ts';
import { RecipientTable, type RecipientRow } from './recipient.table.ts';

export interface LockedPeople {
  readonly kept: RecipientRow | null;
  readonly merged: RecipientRow | null;
  /** The second was merged into the first before. */
  readonly alreadyMerged: boolean;
}

/** Both at once and in one order, so that two merges of the same people never lock each other out. */
export async function lockPeople(
  tx: Transaction,
  tenantId: string,
  { keptId, mergedId }: { readonly keptId: string | null; readonly mergedId: string | null },
): Promise<LockedPeople> {
  const ids = [keptId, mergedId].filter((id) => id !== null);
  const rows = await tx.em.find(
    RecipientTable,
    { tenantId, id: { $in: ids } },
    { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  const of = (id: string | null) => rows.find((row) => row.id === id) ?? null;
  const [kept, merged] = [of(keptId), of(mergedId)];
  const alias =
    merged === null && kept !== null && mergedId !== null
      ? await tx.em.findOne(RecipientAliasTable, {
          tenantId,
          id: mergedId,
          recipientId: kept.id,
        })
      : null;
  return { kept, merged, alreadyMerged: alias !== null };
}

/** `addresses` are sealed again, for the kept one. The merged row goes, and its key stays with its id. */
export async function moveBelongings(
  tx: Transaction,
  {
    kept,
    merged,
    addresses,
    at,
  }: {
    readonly kept: RecipientRow;
    readonly merged: RecipientRow;
    readonly addresses: readonly { readonly id: string; readonly sealed: Buffer }[];
    readonly at: Date;
  },
): Promise<void> {
  const { tenantId } = kept;
  const move = [tenantId, merged.id, kept.id];
  await Promise.all([
    tx.query(
      `update recipients.address a set recipient_id = $3, sealed = g.sealed
       from unnest($4::uuid[], $5::bytea[]) as g (id, sealed)
       where a.tenant_id = $1 and a.recipient_id = $2 and a.id = g.id`,
      [...move, addresses.map(({ id }) => id), addresses.map(({ sealed }) => sealed)],
    ),
    tx.query(
      `update recipients.external_id set recipient_id = $3 where tenant_id = $1 and recipient_id = $2`,
      move,
    ),
    tx.query(
      `update recipients.device set recipient_id = $3 where tenant_id = $1 and recipient_id = $2`,
      move,
    ),
    tx.query(
      `update recipients.recipient_alias set recipient_id = $3 where tenant_id = $1 and recipient_id = $2`,
      move,
    ),
    tx.query(
      `insert into recipients.recipient_alias
         (tenant_id, id, recipient_id, data_key, data_key_id, data_key_version, merged_at)
       select tenant_id, id, $3, data_key, data_key_id, data_key_version, $4 from recipients.recipient
       where tenant_id = $1 and id = $2`,
      [...move, at],
    ),
    tx.query('delete from recipients.recipient where tenant_id = $1 and id = $2', [
      tenantId,
      merged.id,
    ]),
  ]);
}
