// Finds what a link's token names, before its tenant is known.
import type { GeneralJwe } from '../../../crypto/jwe.ts';
import type { Transaction } from '../../../platform/database.ts';

export interface LinkedMessage {
  readonly tenantId: string;
  readonly recipientId: string;
  readonly jwe: GeneralJwe | null;
}

/** Across tenants, by the unguessable message id: the token proves the right to it afterwards. */
export async function findLinked(
  tx: Transaction,
  messageId: string,
): Promise<LinkedMessage | null> {
  const [row] = await tx.query<LinkedMessage>(
    `select m.tenant_id as "tenantId", m.recipient_id as "recipientId", e.jwe
     from messages.message m
     left join messages.envelope e on e.tenant_id = m.tenant_id and e.message_id = m.id
     where m.id = $1`,
    [messageId],
  );
  return row ?? null;
}
