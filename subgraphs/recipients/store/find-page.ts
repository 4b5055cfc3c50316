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

export interface RecipientRange {
  /** UUIDs between which it lies, both excluded; null: from the first, to the last. */
  readonly after: string | null;
  readonly before: string | null;
  /** Recipients that are found, and that are looked at, at the most; null: as many as it takes. */
  readonly limit: number;
  readonly scanMax: number | null;
}

/** UUIDs in the order of registration, and where to look on: null when the range is over. now: milliseconds since 1970. The
 *  primary key is read from `after` on; a filter that few pass reads `scanMax` rows of it. Reads with the role of `messages`
 *  too. */
export async function findRecipientPage(
  tx: Transaction,
  tenantId: string,
  {
    filter: { region, carrier, channel },
    range: { after, before, limit, scanMax },
    now,
  }: { filter: RecipientFilter; range: RecipientRange; now: number },
): Promise<{ nodes: readonly string[]; next: string | null }> {
  const [found] = await tx.query<{ ids: string[]; until: string | null }>(
    `select array(
       select r.id from (
         select id, tenant_id, region, carrier, opted_out_channels from recipients.recipient
         where ${RANGE} order by id limit $7
       ) r
       ${channel === null ? '' : CHANNEL_STATE}
       where ($3::text is null or r.region = $3)
         and ($4::text is null or r.carrier = $4 or exists (
           select from recipients.address a
           join recipients.capability c on c.tenant_id = a.tenant_id and c.address_id = a.id
           where a.tenant_id = r.tenant_id and a.recipient_id = r.id and c.carrier = $4))
         ${channel === null ? '' : CHANNEL_CONDITION}
       order by r.id limit $5
     ) as ids, (
       select id from recipients.recipient
       where $7::bigint is not null and ${RANGE} order by id offset $7 - 1 limit 1
     ) as until`,
    [
      tenantId,
      after,
      region,
      carrier,
      limit,
      before,
      scanMax,
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
  const { ids = [], until = null } = found ?? {};
  return { nodes: ids, next: ids.length === limit ? (ids.at(-1) ?? null) : until };
}

const RANGE = `tenant_id = $1 and ($2::uuid is null or id > $2) and ($6::uuid is null or id < $6)`;

/** What `addressFor`, `knownCapability` and `reachability` say, as the database says it: null without an address. */
const CHANNEL_STATE = `
  left join lateral (
    select a.tenant_id, a.id, a.bounced_at from recipients.address a
    where a.tenant_id = r.tenant_id and a.recipient_id = r.id and a.kind = $9
    order by a.kind = 'PUSH_SUBSCRIPTION' and a.bounced_at is not null, ${ADDRESS_ORDER} limit 1
  ) ca on true
  left join recipients.capability cc
    on cc.tenant_id = ca.tenant_id and cc.address_id = ca.id and cc.channel = $8
  cross join lateral (
    select case
      when ca.id is null and $9 <> '' then null
      when $10 then 'YES'
      when cc.expires_at > to_timestamp($13 / 1000.0) then cc.supported
      else 'UNKNOWN' end as supported
  ) state`;

const CHANNEL_CONDITION = `
  and ($11::text is null or state.supported = $11)
  and ($12::boolean is null
    or $12 = (coalesce(state.supported, 'NO') = 'YES' and ca.bounced_at is null
      and not $8 = any(r.opted_out_channels)))`;
