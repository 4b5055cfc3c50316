// Loads whose devices these are: one statement for any number.
import type { Transaction } from '../../../platform/database.ts';

/** Recipient by device, both UUIDs; unknown devices are missing. Reads with the role of `consent`. */
export async function loadDeviceOwners(
  tx: Transaction,
  tenantId: string,
  deviceIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.query<{ id: string; recipient_id: string }>(
    `select id, recipient_id from recipients.device
     where tenant_id = $1 and id = any($2::uuid[])`,
    [tenantId, deviceIds],
  );
  return new Map(rows.map((row) => [row.id, row.recipient_id]));
}
