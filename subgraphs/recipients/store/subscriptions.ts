// Push subscriptions among the addresses: found by pseudonym, registered anew or for somebody else, and let go.
import type { Transaction } from '../../../platform/database.ts';
import type { AddressRow } from './address.table.ts';

/** Who has it now, until the transaction ends; null for one that is not known. */
export async function lockSubscription(
  tx: Transaction,
  tenantId: string,
  pseudonym: string,
): Promise<Pick<AddressRow, 'id' | 'recipientId' | 'bouncedAt'> | null> {
  const [found] = await tx.query<Pick<AddressRow, 'id' | 'recipientId' | 'bouncedAt'>>(
    `select id, recipient_id as "recipientId", bounced_at as "bouncedAt" from recipients.address
     where tenant_id = $1 and pseudonym = $2 for update`,
    [tenantId, pseudonym],
  );
  return found ?? null;
}

/** Takes the place of what was known of it, also where another transaction inserted it meanwhile. */
export async function saveSubscription(tx: Transaction, row: AddressRow): Promise<void> {
  await tx.query(
    `insert into recipients.address as a
       (tenant_id, id, recipient_id, kind, pseudonym, sealed, created_at, device_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (tenant_id, pseudonym) do update set
       id = excluded.id, recipient_id = excluded.recipient_id, sealed = excluded.sealed,
       created_at = excluded.created_at, device_id = excluded.device_id, bounced_at = null,
       verified_at = null, verified_by = null, verification_method = null`,
    [
      row.tenantId,
      row.id,
      row.recipientId,
      row.kind,
      row.pseudonym,
      row.sealed,
      row.createdAt,
      row.deviceId,
    ],
  );
}

/** Forgets all but the newest ones. */
export async function trimSubscriptions(
  tx: Transaction,
  { tenantId, recipientId }: Pick<AddressRow, 'tenantId' | 'recipientId'>,
  keptMax: number,
): Promise<void> {
  await tx.query(
    `delete from recipients.address where tenant_id = $1 and id in (
       select id from recipients.address
       where tenant_id = $1 and recipient_id = $2 and kind = 'PUSH_SUBSCRIPTION'
       order by created_at desc, id desc offset $3)`,
    [tenantId, recipientId, keptMax],
  );
}

/** Forgets those that devices of a person brought. deviceIds: UUIDs, or null for all devices. */
export async function forgetSubscriptionsOf(
  tx: Transaction,
  { tenantId, recipientId }: Pick<AddressRow, 'tenantId' | 'recipientId'>,
  deviceIds: readonly string[] | null,
): Promise<void> {
  await tx.query(
    `delete from recipients.address
     where tenant_id = $1 and recipient_id = $2 and kind = 'PUSH_SUBSCRIPTION'
       and device_id is not null and ($3::uuid[] is null or device_id = any($3))`,
    [tenantId, recipientId, deviceIds],
  );
}
