// Changes of single addresses: taken away, or proven.
import type { Transaction } from '../../../platform/database.ts';
import type { VerificationMethod } from '../../../schema/vocabulary.ts';

/** The UUID of the person who had it, or null for an address (UUID) that the tenant does not have. Its capabilities go
 *  with it. */
export async function deleteAddress(
  tx: Transaction,
  tenantId: string,
  addressId: string,
): Promise<string | null> {
  const [gone] = await tx.query<{ recipient_id: string }>(
    `with known as (
       delete from recipients.capability where tenant_id = $1 and address_id = $2
     )
     delete from recipients.address where tenant_id = $1 and id = $2 returning recipient_id`,
    [tenantId, addressId],
  );
  return gone?.recipient_id ?? null;
}

/** The UUID of the person who has it, or null for an address (UUID) that the tenant does not have. */
export async function markVerified(
  tx: Transaction,
  tenantId: string,
  addressId: string,
  proof: { readonly at: Date; readonly method: VerificationMethod; readonly actor: string },
): Promise<string | null> {
  const [verified] = await tx.query<{ recipient_id: string }>(
    `update recipients.address
     set verified_at = $3, verification_method = $4, verified_by = $5
     where tenant_id = $1 and id = $2 returning recipient_id`,
    [tenantId, addressId, proof.at, proof.method, proof.actor],
  );
  return verified?.recipient_id ?? null;
}
