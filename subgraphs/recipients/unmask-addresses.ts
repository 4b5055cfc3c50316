// Shows addresses in clear text, once it is on record who saw them and why.
import type { RecipientsWork } from './deps.ts';
import { openAddresses } from './addresses.ts';
import { loadAddresses } from './store/load-addresses.ts';
import { appendPiiAccesses } from './store/pii-accesses.ts';

export interface UnmaskRequest {
  /** UUIDs. */
  readonly addressIds: readonly string[];
  /** Who asks: the token's subject. */
  readonly actor: string;
  readonly reason: string;
}

/** By address UUID; what the tenant does not have is missing. The record is durable before anything is answered. */
export async function unmaskAddresses(
  { database, dataKeys, clock, newUuid }: RecipientsWork,
  tenantId: string,
  { addressIds, actor, reason }: UnmaskRequest,
): Promise<ReadonlyMap<string, string>> {
  const stored = await database.transaction(tenantId, async (tx) => {
    const found = await loadAddresses(tx, tenantId, { addressIds });
    await appendPiiAccesses(
      tx,
      found.map(({ id: addressId, recipientId }) => {
        const about = { tenantId, id: newUuid(), recipientId, addressId, actor, reason };
        return { ...about, action: 'UNMASKED' as const, at: clock.now() };
      }),
    );
    return found;
  });
  const opened = await openAddresses(dataKeys, stored);
  return new Map(opened.map(({ id, value }) => [id, value]));
}
