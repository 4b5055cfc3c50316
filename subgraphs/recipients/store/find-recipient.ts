// Finds one person by id, to read or to be alone with the devices.
import type { Transaction } from '../../../platform/database.ts';

/** recipientId: UUID. */
export async function recipientExists(
  tx: Transaction,
  tenantId: string,
  recipientId: string,
): Promise<boolean> {
  const found = await tx.query(
    'select 1 from recipients.recipient where tenant_id = $1 and id = $2',
    [tenantId, recipientId],
  );
  return found.length === 1;
}

/** The same, and until the transaction ends nobody else registers a device of this person. */
export async function lockRecipient(
  tx: Transaction,
  tenantId: string,
  recipientId: string,
): Promise<boolean> {
  const found = await tx.query(
    'select 1 from recipients.recipient where tenant_id = $1 and id = $2 for no key update',
    [tenantId, recipientId],
  );
  return found.length === 1;
}
