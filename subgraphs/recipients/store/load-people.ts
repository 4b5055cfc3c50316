// Loads what facts need of people and of their active devices: two statements, whatever the number of ids.
import type { Wrapped } from '../../../crypto/kms.ts';
import type { Transaction } from '../../../platform/database.ts';
import type { Channel } from '../../../schema/vocabulary.ts';
import type { FeatureFlags, PurposeOptOuts, QuietHours } from '../domain/preference.ts';
import { ASKED_PEOPLE, ASKED_PEOPLE_WITH_KEYS } from './asked-people.ts';

export interface StoredPerson {
  /** The id that was asked for. */
  readonly askedId: string;
  /** Another one where that person was merged. */
  readonly recipientId: string;
  readonly locale: string;
  readonly timeZone: string | null;
  readonly region: string | null;
  readonly preferredChannels: readonly Channel[];
  readonly optedOutChannels: readonly Channel[];
  readonly purposeOptOuts: PurposeOptOuts;
  readonly quietHours: QuietHours | null;
  readonly featureFlags: FeatureFlags;
  /** As it was registered. */
  readonly carrier: string | null;
  /** Opens what was sealed for the id that was asked for. */
  readonly dataKey: Wrapped;
}

export interface StoredDeviceKey {
  readonly recipientId: string;
  readonly kid: string;
  readonly jwk: Readonly<Record<string, unknown>>;
}

/** Those of the people that the tenant has. recipientIds: UUIDs. */
export async function loadPeople(
  tx: Transaction,
  tenantId: string,
  recipientIds: readonly string[],
): Promise<StoredPerson[]> {
  const rows = await tx.query<{
    asked_id: string;
    id: string;
    locale: string;
    time_zone: string | null;
    region: string | null;
    preferred_channels: Channel[];
    opted_out_channels: Channel[];
    purpose_opt_outs: PurposeOptOuts;
    quiet_hours: QuietHours | null;
    feature_flags: FeatureFlags;
    carrier: string | null;
    data_key: Buffer;
    data_key_id: string;
    data_key_version: number;
  }>(
    `select asked.asked_id, r.id, r.locale, r.time_zone, r.region, r.preferred_channels, r.opted_out_channels,
       r.purpose_opt_outs, r.quiet_hours, r.feature_flags, r.carrier, coalesce(asked.data_key, r.data_key) as data_key,
       coalesce(asked.data_key_id, r.data_key_id) as data_key_id,
       coalesce(asked.data_key_version, r.data_key_version) as data_key_version
     from ${ASKED_PEOPLE_WITH_KEYS} asked
     cross join lateral (
       select r.id, r.locale, r.time_zone, r.region, r.preferred_channels, r.opted_out_channels,
         r.purpose_opt_outs, r.quiet_hours, r.feature_flags, r.carrier, r.data_key, r.data_key_id, r.data_key_version
       from recipients.recipient r where r.tenant_id = $1 and r.id = asked.id offset 0
     ) r`,
    [tenantId, recipientIds],
  );
  return rows.map((row) => ({
    askedId: row.asked_id,
    recipientId: row.id,
    locale: row.locale,
    timeZone: row.time_zone,
    region: row.region,
    preferredChannels: row.preferred_channels,
    optedOutChannels: row.opted_out_channels,
    purposeOptOuts: row.purpose_opt_outs,
    quietHours: row.quiet_hours,
    featureFlags: row.feature_flags,
    carrier: row.carrier,
    dataKey: {
      keyId: row.data_key_id,
      version: row.data_key_version,
      ciphertext: row.data_key,
    },
  }));
}

/** The keys of the people's devices that are not revoked, oldest first. */
export async function loadDeviceKeys(
  tx: Transaction,
  tenantId: string,
  recipientIds: readonly string[],
): Promise<StoredDeviceKey[]> {
  const rows = await tx.query<{ recipient_id: string; kid: string; jwk: Record<string, unknown> }>(
    `select d.recipient_id, d.kid, d.jwk from (select distinct id from ${ASKED_PEOPLE} people) asked
     cross join lateral (
       select d.id, d.recipient_id, d.kid, d.jwk from recipients.device d
       where d.tenant_id = $1 and d.recipient_id = asked.id and d.state = 'ACTIVE' offset 0
     ) d order by d.recipient_id, d.id`,
    [tenantId, recipientIds],
  );
  return rows.map(({ recipient_id: recipientId, kid, jwk }) => ({ recipientId, kid, jwk }));
}
