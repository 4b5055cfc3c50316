// Loads what is believed of the people of many outcomes, of any tenant: one statement, for a follower.
import type { Transaction } from '../../../platform/database.ts';
import type { Channel } from '../../../schema/vocabulary.ts';
import type { CheckedCapability } from '../domain/capability.ts';
import { capabilityColumns, readCapability, type CapabilityColumns } from './capability-columns.ts';

export interface Belief {
  readonly tenantId: string;
  readonly recipientId: string;
  readonly addressId: string;
  readonly region: string | null;
  /** As a provider told, else as it was registered. */
  readonly carrier: string | null;
  readonly capability: CheckedCapability | null;
}

/** By recipient UUID, of their phone numbers. Erased people are missing. */
export async function loadBeliefs(
  tx: Transaction,
  channel: Channel,
  people: readonly { readonly tenantId: string; readonly recipientId: string }[],
): Promise<ReadonlyMap<string, Belief>> {
  const rows = await tx.query<
    CapabilityColumns & {
      tenant_id: string;
      recipient_id: string;
      address_id: string;
      region: string | null;
      registered_carrier: string | null;
    }
  >(
    `select a.tenant_id, a.recipient_id, a.id as address_id, a.region, a.registered_carrier,
       ${capabilityColumns('c')}
     from (select distinct * from unnest($1::text[], $2::uuid[])) as k (tenant_id, recipient_id)
     cross join lateral (
       select a.tenant_id, a.recipient_id, a.id, r.region, r.carrier as registered_carrier
       from recipients.address a
       join recipients.recipient r on r.tenant_id = a.tenant_id and r.id = a.recipient_id
       where a.tenant_id = k.tenant_id and a.recipient_id = k.recipient_id and a.kind = 'PHONE' offset 0
     ) a
     left join lateral (
       select * from recipients.capability c
       where c.tenant_id = a.tenant_id and c.address_id = a.id and c.channel = $3 offset 0
     ) c on true`,
    [people.map(({ tenantId }) => tenantId), people.map((one) => one.recipientId), channel],
  );
  return new Map(
    rows.map((row): [string, Belief] => [
      row.recipient_id,
      {
        tenantId: row.tenant_id,
        recipientId: row.recipient_id,
        addressId: row.address_id,
        region: row.region,
        carrier: row.carrier ?? row.registered_carrier,
        capability: readCapability(row),
      },
    ]),
  );
}
