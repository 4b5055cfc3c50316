// Inserts a person with the addresses: two statements. What another record holds already is named, not thrown.
import type { Transaction } from '../../../platform/database.ts';
import type { AddressRow } from './address.table.ts';
import type { RecipientRow } from './recipient.table.ts';

/** What was taken. Anything in it means that the caller must roll back: the rest has been inserted. */
export type Taken = readonly ('externalId' | AddressRow['kind'])[];

/** Waits for a registration under way that holds the same identifier, and then finds it taken or free. */
export async function insertRecipient(
  tx: Transaction,
  recipient: RecipientRow,
  addresses: readonly AddressRow[],
): Promise<Taken> {
  const inserted = await tx.query(
    `insert into recipients.recipient (tenant_id, id, external_id, locale, time_zone, region, carrier,
       preferred_channels, opted_out_channels, data_key, data_key_id, data_key_version, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     on conflict (tenant_id, external_id) do nothing returning id`,
    [
      recipient.tenantId,
      recipient.id,
      recipient.externalId,
      recipient.locale,
      recipient.timeZone,
      recipient.region,
      recipient.carrier,
      recipient.preferredChannels,
      recipient.optedOutChannels,
      recipient.dataKey,
      recipient.dataKeyId,
      recipient.dataKeyVersion,
      recipient.createdAt,
    ],
  );
  const taken: Taken = inserted.length === 0 ? ['externalId'] : [];
  const held = new Set(await insertAddresses(tx, addresses));
  return [...taken, ...addresses.filter(({ id }) => !held.has(id)).map(({ kind }) => kind)];
}

async function insertAddresses(
  tx: Transaction,
  addresses: readonly AddressRow[],
): Promise<string[]> {
  // The phone number comes before the email address in every registration: two that swap them wait, and never for
  // each other.
  const rows = await tx.query<{ id: string }>(
    `insert into recipients.address
       (tenant_id, id, recipient_id, kind, pseudonym, sealed, verified_at, created_at)
     select * from unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bytea[],
       $7::timestamptz[], $8::timestamptz[])
     on conflict (tenant_id, pseudonym) do nothing returning id`,
    [
      addresses.map((address) => address.tenantId),
      addresses.map((address) => address.id),
      addresses.map((address) => address.recipientId),
      addresses.map((address) => address.kind),
      addresses.map((address) => address.pseudonym),
      addresses.map((address) => address.sealed),
      addresses.map((address) => address.verifiedAt),
      addresses.map((address) => address.createdAt),
    ],
  );
  return rows.map((row) => row.id);
}
