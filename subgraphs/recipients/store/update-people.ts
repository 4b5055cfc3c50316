// Changes many people at once, if they are still what they were when the change was planned.
import type { Transaction } from '../../../platform/database.ts';
import type { Profile } from '../domain/profile.ts';
import type { RecipientRow } from './recipient.table.ts';

/** A person as they were read. */
export interface KnownPerson {
  readonly row: Omit<RecipientRow, 'tenantId' | 'createdAt' | 'updatedAt'>;
  /** The row's, of PostgreSQL: another one after any change. */
  readonly version: string;
}

export interface ProfileUpdate {
  readonly tenantId: string;
  /** UUID. */
  readonly id: string;
  readonly version: string;
  readonly profile: Profile;
  readonly at: Date;
}

/** Those of the people (UUIDs) that the tenant has, in no order. */
export async function loadForUpdate(
  tx: Transaction,
  tenantId: string,
  recipientIds: readonly string[],
): Promise<KnownPerson[]> {
  if (recipientIds.length === 0) return [];
  const rows = await tx.query<KnownPerson['row'] & { version: string }>(
    `select id, locale, time_zone as "timeZone", region, carrier, preferred_channels as "preferredChannels",
       opted_out_channels as "optedOutChannels", purpose_opt_outs as "purposeOptOuts",
       quiet_hours as "quietHours", feature_flags as "featureFlags", data_key as "dataKey",
       data_key_id as "dataKeyId", data_key_version as "dataKeyVersion", xmin::text as version
     from recipients.recipient where tenant_id = $1 and id = any($2::uuid[])`,
    [tenantId, recipientIds],
  );
  return rows.map(({ version, ...row }) => ({ row, version }));
}

/** Locks them in one order; false where one is gone or was changed. */
export async function lockUnchanged(
  tx: Transaction,
  tenantId: string,
  people: readonly Pick<ProfileUpdate, 'id' | 'version'>[],
): Promise<boolean> {
  if (people.length === 0) return true;
  const rows = await tx.query<{ id: string; version: string }>(
    `select id, xmin::text as version from recipients.recipient
     where tenant_id = $1 and id = any($2::uuid[]) order by id for update`,
    [tenantId, people.map(({ id }) => id)],
  );
  const versionOf = new Map(rows.map(({ id, version }) => [id, version]));
  return people.every(({ id, version }) => versionOf.get(id) === version);
}

export async function updateProfiles(
  tx: Transaction,
  updates: readonly ProfileUpdate[],
): Promise<void> {
  if (updates.length === 0) return;
  await tx.query(
    `update recipients.recipient r set locale = u.locale, time_zone = u."timeZone", region = u.region,
       carrier = u.carrier, preferred_channels = u."preferredChannels",
       opted_out_channels = u."optedOutChannels", purpose_opt_outs = u."purposeOptOuts",
       quiet_hours = u."quietHours", feature_flags = u."featureFlags", updated_at = u.at
     from json_to_recordset($1::json) as u ("tenantId" text, id uuid, at timestamptz, locale text,
       "timeZone" text, region text, carrier text, "preferredChannels" text[], "optedOutChannels" text[],
       "purposeOptOuts" jsonb, "quietHours" jsonb, "featureFlags" jsonb)
     where r.tenant_id = u."tenantId" and r.id = u.id`,
    [
      JSON.stringify(
        updates.map(({ tenantId, id, at, profile }) => ({ tenantId, id, at, ...profile })),
      ),
    ],
  );
}
