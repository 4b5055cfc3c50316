// Loads the pseudonyms of people's addresses: one statement, with nothing in it that could be opened.
import type { Transaction } from '../../../platform/database.ts';
import type { AddressKind } from '../../../schema/vocabulary.ts';

/** One row an address; one with nulls for a person without any. */
export interface StoredPseudonym {
  readonly recipientId: string;
  readonly kind: AddressKind | null;
  readonly pseudonym: string | null;
  /** Of the person. */
  readonly region: string | null;
}

/** recipientIds: UUIDs. Reads with the role of `consent`. */
export async function loadPseudonyms(
  tx: Transaction,
  tenantId: string,
  recipientIds: readonly string[],
): Promise<StoredPseudonym[]> {
  const rows = await tx.query<{
    id: string;
    kind: AddressKind | null;
    pseudonym: string | null;
    region: string | null;
  }>(
    `select r.id, r.region, a.kind, a.pseudonym from recipients.recipient r
     left join recipients.address a on a.tenant_id = r.tenant_id and a.recipient_id = r.id
     where r.tenant_id = $1 and r.id = any($2::uuid[])`,
    [tenantId, recipientIds],
  );
  return rows.map(({ id, ...row }) => ({ recipientId: id, ...row }));
}
