// Takes an address away: nothing is sent to it from the next claim on, and nothing of it stays but its pseudonym in consents.
import { uuidOf } from '../../schema/ids.ts';
import { NotFound } from '../../schema/user-errors.ts';
import { tellChannelsChanged } from './changed-channels.ts';
import type { RecipientsDeps } from './deps.ts';
import { deleteAddress } from './store/change-addresses.ts';

/** The UUID of the person who had it, or why nothing was done. addressId: `adr_...`. */
export async function removeAddress(
  deps: RecipientsDeps,
  { tenantId, addressId }: { readonly tenantId: string; readonly addressId: string },
): Promise<{ readonly recipientId: string } | { readonly error: NotFound }> {
  const id = uuidOf('address', addressId);
  return deps.database.transaction(tenantId, async (tx) => {
    const recipientId = id && (await deleteAddress(tx, tenantId, id));
    if (!recipientId) {
      return { error: new NotFound(['addressId'], 'There is no address with this id.') };
    }
    await tellChannelsChanged(tx, deps, {
      tenantId,
      recipientIds: [recipientId],
      reason: 'address',
    });
    return { recipientId };
  });
}
