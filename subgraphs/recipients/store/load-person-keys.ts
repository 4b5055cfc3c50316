// Loads the wrapped keys of people by any id that they have or had: one statement, whatever the number of ids.
import type { Wrapped } from '../../../crypto/kms.ts';
import type { Transaction } from '../../../platform/database.ts';
import { ASKED_PEOPLE_WITH_KEYS } from './asked-people.ts';

export interface StoredPersonKey {
  /** The id that was asked for. */
  readonly askedId: string;
  /** Another one where that person was merged. */
  readonly recipientId: string;
  /** Opens what was sealed for the id that was asked for. */
  readonly dataKey: Wrapped;
}

/** Those of the people that the tenant has. recipientIds: UUIDs. Reads with the role of `delivery`. */
export async function loadPersonKeys(
  tx: Transaction,
  tenantId: string,
  recipientIds: readonly string[],
): Promise<StoredPersonKey[]> {
  const rows = await tx.query<{
    asked_id: string;
    id: string;
    data_key: Buffer;
    data_key_id: string;
    data_key_version: number;
  }>(
    `select asked.asked_id, r.id, coalesce(asked.data_key, r.data_key) as data_key,
       coalesce(asked.data_key_id, r.data_key_id) as data_key_id,
       coalesce(asked.data_key_version, r.data_key_version) as data_key_version
     from ${ASKED_PEOPLE_WITH_KEYS} asked
     cross join lateral (
       select r.id, r.data_key, r.data_key_id, r.data_key_version
       from recipients.recipient r where r.tenant_id = $1 and r.id = asked.id offset 0
     ) r`,
    [tenantId, recipientIds],
  );
  return rows.map((row) => ({
    askedId: row.asked_id,
    recipientId: row.id,
    dataKey: {
      keyId: row.data_key_id,
      version: row.data_key_version,
      ciphertext: row.data_key,
    },
  }));
}
