// Inserts people with their addresses and external ids: three statements for any number of them.
import type { Transaction } from '../../../platform/database.ts';
import type { AddressRow } from './address.table.ts';
import type { ExternalIdRow } from './external-id.table.ts';
import type { RecipientRow } from './recipient.table.ts';

export interface NewPeople {
  readonly recipients: readonly RecipientRow[];
  readonly addresses: readonly AddressRow[];
  readonly externalIds: readonly ExternalIdRow[];
}

/** What other people hold already. Anything in it means that the caller must roll back: the rest has been inserted. */
export interface Taken {
  readonly addresses: readonly AddressRow[];
  readonly externalIds: readonly ExternalIdRow[];
}

/** Waits for a transaction under way that holds the same identifier, and then finds it taken or free. */
export async function insertPeople(
  tx: Transaction,
  { recipients, addresses, externalIds }: NewPeople,
): Promise<Taken> {
  // They do not need each other's rows, and run in this order: two that swap identifiers wait, and never for each other.
  const [, ids, addressIds] = await Promise.all([
    insertRecipients(tx, recipients),
    insertExternalIds(tx, externalIds),
    insertAddresses(tx, addresses),
  ]);
  const [held, heldIds] = [new Set(addressIds), new Set(ids)];
  return {
    addresses: addresses.filter(({ id }) => !held.has(id)),
    externalIds: externalIds.filter((one) => !heldIds.has(nameOf(one))),
  };
}

async function insertRecipients(tx: Transaction, rows: readonly RecipientRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `insert into recipients.recipient (tenant_id, id, locale, time_zone, region, carrier, preferred_channels,
       opted_out_channels, purpose_opt_outs, quiet_hours, feature_flags, data_key, data_key_id,
       data_key_version, created_at, updated_at)
     select "tenantId", id, locale, "timeZone", region, carrier, "preferredChannels", "optedOutChannels",
       "purposeOptOuts", "quietHours", "featureFlags", "dataKey", "dataKeyId", "dataKeyVersion", "createdAt",
       "updatedAt"
     from json_to_recordset($1::json) as r ("tenantId" text, id uuid, locale text, "timeZone" text,
       region text, carrier text, "preferredChannels" text[], "optedOutChannels" text[],
       "purposeOptOuts" jsonb, "quietHours" jsonb, "featureFlags" jsonb, "dataKey" bytea,
       "dataKeyId" text, "dataKeyVersion" int, "createdAt" timestamptz, "updatedAt" timestamptz)`,
    [JSON.stringify(rows.map((row) => ({ ...row, dataKey: `\\x${row.dataKey.toString('hex')}` })))],
  );
}

/** The UUIDs of those that were free. */
export async function insertAddresses(
  tx: Transaction,
  rows: readonly AddressRow[],
): Promise<string[]> {
  if (rows.length === 0) return [];
  // One order in every statement, so that two batches with the same addresses wait and never lock each other out.
  const ordered = rows.toSorted((a, b) => (a.pseudonym < b.pseudonym ? -1 : 1));
  const inserted = await tx.query<{ id: string }>(
    `insert into recipients.address (tenant_id, id, recipient_id, kind, pseudonym, sealed, verified_at,
       verified_by, verification_method, created_at)
     select * from unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bytea[],
       $7::timestamptz[], $8::text[], $9::text[], $10::timestamptz[])
     on conflict (tenant_id, pseudonym) do nothing returning id`,
    [
      ordered.map((row) => row.tenantId),
      ordered.map((row) => row.id),
      ordered.map((row) => row.recipientId),
      ordered.map((row) => row.kind),
      ordered.map((row) => row.pseudonym),
      ordered.map((row) => row.sealed),
      ordered.map((row) => row.verifiedAt),
      ordered.map((row) => row.verifiedBy),
      ordered.map((row) => row.verificationMethod),
      ordered.map((row) => row.createdAt),
    ],
  );
  return inserted.map(({ id }) => id);
}

/** The names, by `nameOf`, of those that were free. */
export async function insertExternalIds(
  tx: Transaction,
  rows: readonly ExternalIdRow[],
): Promise<string[]> {
  if (rows.length === 0) return [];
  const ordered = rows.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const inserted = await tx.query<{ kind: string; value: string }>(
    `insert into recipients.external_id (tenant_id, kind, value, recipient_id)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::uuid[])
     on conflict (tenant_id, kind, value) do nothing returning kind, value`,
    [
      ordered.map((row) => row.tenantId),
      ordered.map((row) => row.kind),
      ordered.map((row) => row.value),
      ordered.map((row) => row.recipientId),
    ],
  );
  return inserted.map(nameOf);
}

/** Kinds have no space in them. */
const nameOf = ({ kind, value }: { readonly kind: string; readonly value: string }): string =>
  `${kind} ${value}`;
