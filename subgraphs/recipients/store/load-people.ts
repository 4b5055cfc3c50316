// Loads what facts need of people and of their active devices: two statements, whatever the number of ids.
import type { Wrapped } from '../../../crypto/kms.ts';
import type { Transaction } from '../../../platform/database.ts';
import type { Channel } from '../../../schema/vocabulary.ts';

export interface StoredPerson {
  readonly recipientId: string;
  readonly locale: string;
  readonly timeZone: string | null;
  readonly region: string | null;
  readonly preferredChannels: readonly Channel[];
  readonly optedOutChannels: readonly Channel[];
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
    id: string;
    locale: string;
    time_zone: string | null;
    region: string | null;
    preferred_channels: Channel[];
    opted_out_channels: Channel[];
    data_key: Buffer;
    data_key_id: string;
    data_key_version: number;
  }>(
    `select id, locale, time_zone, region, preferred_channels, opted_out_channels,
       data_key, data_key_id, data_key_version
     from recipients.recipient where tenant_id = $1 and id = any($2::uuid[])`,
    [tenantId, recipientIds],
  );
  return rows.map((row) => ({
    recipientId: row.id,
    locale: row.locale,
    timeZone: row.time_zone,
    region: row.region,
    preferredChannels: row.preferred_channels,
    optedOutChannels: row.opted_out_channels,
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
    `select recipient_id, kid, jwk from recipients.device
     where tenant_id = $1 and recipient_id = any($2::uuid[]) and state = 'ACTIVE'
     order by recipient_id, id`,
    [tenantId, recipientIds],
  );
  return rows.map(({ recipient_id: recipientId, kid, jwk }) => ({ recipientId, kid, jwk }));
}
