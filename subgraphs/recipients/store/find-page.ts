// Finds a page of recipients by region, carrier and how a channel stands: one statement, in the order of registration.
import type { Transaction } from '../../../platform/database.ts';
import type { AddressKind, Channel, Tristate } from '../../../schema/vocabulary.ts';
import { ADDRESS_ORDER } from './asked-people.ts';

export interface RecipientFilter {
  readonly region: string | null;
  readonly carrier: string | null;
  readonly channel: ChannelFilter | null;
}

/** What a channel is to be like. Null: however it is. */
export interface ChannelFilter {
  readonly channel: Channel;
  /** Whether every address of its kind can be reached, so that nobody is asked. */
  readonly assumed: boolean;
  /** What it is reached by; empty: it needs no address. */
  readonly addressKind: AddressKind | '';
  readonly supported: Tristate | null;
  readonly reachable: boolean | null;
}

/** UUIDs of at most `limit` recipients, between two UUIDs where they are given. now: milliseconds since 1970. The primary
 *  key is read from `after` on; a filter that few pass reads more of it. Reads with the role of `messages` too. */
export async function findRecipientPage(
  tx: Transaction,
  tenantId: string,
  {
    filter: { region, carrier, channel },
    after,
    before,
    limit,
    now,
  }: {
    filter: RecipientFilter;
    after: string | null;
    before: string | null;
    limit: number;
    now: number;
  },
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select r.id from recipients.recipient r
     ${channel === null ? '' : CHANNEL_STATE}
     where r.tenant_id = $1 and ($2::uuid is null or r.id > $2) and ($6::uuid is null or r.id < $6)
       and ($3::text is null or r.region = $3)
       and ($4::text is null or r.carrier = $4 or exists (
         select from recipients.address a
         join recipients.capability c on c.tenant_id = a.tenant_id and c.address_id = a.id
         where a.tenant_id = r.tenant_id and a.recipient_id = r.id and c.carrier = $4))
       ${channel === null ? '' : CHANNEL_CONDITION}
     order by r.id limit $5`,
    [
      tenantId,
      after,
      region,
      carrier,
      limit,
      before,
      ...(channel === null
        ? []
        : [
            channel.channel,
            channel.addressKind,
            channel.assumed,
            channel.supported,
            channel.reachable,
            now,
          ]),
    ],
  );
  return rows.map(({ id }) => id);
}

/** What `addressFor`, `knownCapability` and `reachability` say, as the database says it: null without an address. */
const CHANNEL_STATE = `
  left join lateral (
    select a.tenant_id, a.id, a.bounced_at from recipients.address a
    where a.tenant_id = r.tenant_id and a.recipient_id = r.id and a.kind = $8
    order by a.kind = 'PUSH_SUBSCRIPTION' and a.bounced_at is not null, ${ADDRESS_ORDER} limit 1
  ) ca on true
  left join recipients.capability cc
    on cc.tenant_id = ca.tenant_id and cc.address_id = ca.id and cc.channel = $7
  cross join lateral (
    select case
      when ca.id is null and $8 <> '' then null
      when $9 then 'YES'
      when cc.expires_at > to_timestamp($12 / 1000.0) then cc.supported
      else 'UNKNOWN' end as supported
  ) state`;

const CHANNEL_CONDITION = `
  and ($10::text is null or state.supported = $10)
  and ($11::boolean is null
    or $11 = (coalesce(state.supported, 'NO') = 'YES' and ca.bounced_at is null
      and not $7 = any(r.opted_out_channels)))`;
