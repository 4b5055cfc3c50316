// Loads the pseudonyms of people's addresses: one statement, with nothing in it that could be opened.
import type { Transaction } from '../../../platform/database.ts';
import type { AddressKind } from '../../../schema/vocabulary.ts';
import { ADDRESS_ORDER, ASKED_PEOPLE } from './asked-people.ts';

/** One row an address, of each kind the one to use first; one with nulls for a person without any. */
export interface StoredPseudonym {
  /** The id that was asked for. */
  readonly askedId: string;
  /** Another one where that person was merged. */
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
    asked_id: string;
    id: string;
    kind: AddressKind | null;
    pseudonym: string | null;
    region: string | null;
  }>(
    `select asked.asked_id, r.id, r.region, a.kind, a.pseudonym from ${ASKED_PEOPLE} asked
     cross join lateral (
       select r.id, r.region from recipients.recipient r where r.tenant_id = $1 and r.id = asked.id offset 0
     ) r
     left join lateral (
       select a.id, a.kind, a.pseudonym, a.verified_at, a.created_at from recipients.address a
       where a.tenant_id = $1 and a.recipient_id = asked.id offset 0
     ) a on true
     order by ${ADDRESS_ORDER}`,
    [tenantId, recipientIds],
  );
  return rows.map(({ asked_id: askedId, id, ...row }) => ({ askedId, recipientId: id, ...row }));
}
