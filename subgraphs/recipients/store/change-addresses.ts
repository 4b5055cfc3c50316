// Changes of addresses: taken away, proven, or found not to exist.
import type { Transaction } from '../../../platform/database.ts';
import type { VerificationMethod } from '../../../schema/vocabulary.ts';
import { ADDRESS_ORDER } from './asked-people.ts';

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

/** The UUID of the person who has it, or null for an address (UUID) that the tenant does not have. Whoever proves it
 *  reads what is sent there, whatever a mail server said before. */
export async function markVerified(
  tx: Transaction,
  tenantId: string,
  addressId: string,
  proof: { readonly at: Date; readonly method: VerificationMethod; readonly actor: string },
): Promise<string | null> {
  const [verified] = await tx.query<{ recipient_id: string }>(
    `update recipients.address
     set verified_at = $3, verification_method = $4, verified_by = $5, bounced_at = null
     where tenant_id = $1 and id = $2 returning recipient_id`,
    [tenantId, addressId, proof.at, proof.method, proof.actor],
  );
  return verified?.recipient_id ?? null;
}

/** That something to a person came back. */
export interface Bounce {
  readonly tenantId: string;
  /** UUID. */
  readonly recipientId: string;
  /** UUID of the address that it went to; null: where the person's mail goes. */
  readonly addressId: string | null;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Marks the address that each went to, and answers whose are marked now and were not. One statement, across tenants. */
export async function markBounced(
  tx: Transaction,
  bounces: readonly Bounce[],
): Promise<{ readonly tenantId: string; readonly recipientId: string }[]> {
  return tx.query(
    `update recipients.address a set bounced_at = used.at
     from (
       select k.tenant_id, used.id, to_timestamp(k.ms / 1000.0) as at
       from (
         select tenant_id, recipient_id, address_id, max(ms) as ms
         from unnest($1::text[], $2::uuid[], $3::uuid[], $4::float8[])
           as given (tenant_id, recipient_id, address_id, ms)
         group by tenant_id, recipient_id, address_id
       ) k
       cross join lateral (
         (select a.id from recipients.address a
          where k.address_id is null and a.tenant_id = k.tenant_id
            and a.recipient_id = k.recipient_id and a.kind = 'EMAIL'
          order by ${ADDRESS_ORDER} limit 1)
         union all
         select k.address_id where k.address_id is not null
       ) used
     ) used
     where a.tenant_id = used.tenant_id and a.id = used.id and a.bounced_at is null
       and a.created_at <= used.at and (a.verified_at is null or a.verified_at < used.at)
     returning a.tenant_id as "tenantId", a.recipient_id as "recipientId"`,
    [
      bounces.map(({ tenantId }) => tenantId),
      bounces.map(({ recipientId }) => recipientId),
      bounces.map(({ addressId }) => addressId),
      bounces.map(({ at }) => at),
    ],
  );
}
