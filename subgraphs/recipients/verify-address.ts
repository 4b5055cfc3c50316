// Takes down that a person proved to own an address, how, and who says so.
import { uuidOf } from '../../schema/ids.ts';
import { InvalidInput, NotFound } from '../../schema/user-errors.ts';
import type { VerificationMethod } from '../../schema/vocabulary.ts';
import { tellChannelsChanged } from './changed-channels.ts';
import type { RecipientsDeps } from './deps.ts';
import { markVerified } from './store/change-addresses.ts';

export interface VerifyAddressRequest {
  readonly tenantId: string;
  /** `adr_...` */
  readonly addressId: string;
  readonly method: VerificationMethod;
  /** When the person proved it; null for now. */
  readonly verifiedAt: Date | null;
  /** Who says so: the token's subject. */
  readonly actor: string;
}

/** The UUID of the person who has it, or why nothing was done. */
export async function verifyAddress(
  deps: RecipientsDeps,
  { tenantId, addressId, method, verifiedAt, actor }: VerifyAddressRequest,
): Promise<{ readonly recipientId: string } | { readonly error: NotFound | InvalidInput }> {
  const id = uuidOf('address', addressId);
  const now = deps.clock.now();
  if (verifiedAt !== null && verifiedAt.getTime() > now) {
    return { error: new InvalidInput(['verifiedAt'], 'Nothing was proven in the future.') };
  }
  const at = verifiedAt ?? new Date(now);
  return deps.database.transaction(tenantId, async (tx) => {
    const recipientId = id && (await markVerified(tx, tenantId, id, { at, method, actor }));
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
