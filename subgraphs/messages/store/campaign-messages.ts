// The messages of campaigns: linked when they are accepted, counted as they come to stand elsewhere, and found page by page.
import type { Transaction } from '../../../platform/database.ts';
import { MessageStatus as Statuses, type MessageStatus } from '../../../schema/vocabulary.ts';

/** The vocabulary lists them in the order of their rank. */
const RANKS: readonly MessageStatus[] = Object.values(Statuses);

export async function linkMessages(
  tx: Transaction,
  { tenantId, campaignId, messageIds }: CampaignMessages,
): Promise<void> {
  if (messageIds.length === 0) return;
  await tx.query(
    `insert into messages.campaign_message (tenant_id, message_id, campaign_id, status)
     select $1, id, $2, 'ACCEPTED' from unnest($3::uuid[]) as id`,
    [tenantId, campaignId, messageIds],
  );
}

interface CampaignMessages {
  readonly tenantId: string;
  readonly campaignId: string;
  readonly messageIds: readonly string[];
}

export interface ToldStatus {
  readonly tenantId: string;
  readonly messageId: string;
  readonly status: MessageStatus;
}

/** Counts messages where they stand now, and answers whose counts changed. A status of a lower rank than the counted one,
 *  and a message of no campaign, change nothing. One statement for any number; the same message comes once. */
export async function countStatuses(
  tx: Transaction,
  told: readonly ToldStatus[],
): Promise<readonly { readonly tenantId: string; readonly campaignId: string }[]> {
  if (told.length === 0) return [];
  return tx.query(
    `with known as (
       select m.*, told.status as now from unnest($1::text[], $2::uuid[], $3::text[])
         as told (tenant_id, message_id, status)
       cross join lateral (
         select tenant_id, message_id, campaign_id, status from messages.campaign_message m
         where m.tenant_id = told.tenant_id and m.message_id = told.message_id offset 0
       ) m
       where array_position($4::text[], told.status) > array_position($4, m.status)
     ), moved as (
       update messages.campaign_message m set status = known.now from known
       where m.tenant_id = known.tenant_id and m.message_id = known.message_id
     ), change as (
       select tenant_id, campaign_id, now as status, 1 as by from known
       union all
       select tenant_id, campaign_id, status, -1 from known where status <> 'ACCEPTED'
     ), counted as (
       insert into messages.campaign_outcome (tenant_id, campaign_id, status, count)
       select tenant_id, campaign_id, status, sum(by) from change
       group by tenant_id, campaign_id, status order by tenant_id, campaign_id, status
       on conflict (tenant_id, campaign_id, status) do update set count = campaign_outcome.count + excluded.count
     )
     select distinct tenant_id as "tenantId", campaign_id as "campaignId" from known`,
    [
      told.map(({ tenantId }) => tenantId),
      told.map(({ messageId }) => messageId),
      told.map(({ status }) => status),
      RANKS,
    ],
  );
}

/** The higher of two by rank. */
export const higherStatus = (a: MessageStatus, b: MessageStatus): MessageStatus =>
  RANKS.indexOf(a) >= RANKS.indexOf(b) ? a : b;

/** UUIDs of messages that no provider has taken as far as it is counted, after one, in their order. */
export async function findWaiting(
  tx: Transaction,
  tenantId: string,
  ask: { readonly campaignId: string; readonly after: string | null; readonly limit: number },
): Promise<readonly string[]> {
  const rows = await tx.query<{ id: string }>(
    `select message_id as id from messages.campaign_message
     where tenant_id = $1 and campaign_id = $2 and status = 'ACCEPTED' and ($3::uuid is null or message_id > $3)
     order by message_id limit $4`,
    [tenantId, ask.campaignId, ask.after, ask.limit],
  );
  return rows.map(({ id }) => id);
}

/** UUIDs of a campaign's messages after one, in the order in which they were accepted. */
export async function findCampaignMessages(
  tx: Transaction,
  tenantId: string,
  ask: { readonly campaignId: string; readonly after: string | null; readonly limit: number },
): Promise<readonly string[]> {
  const rows = await tx.query<{ id: string }>(
    `select message_id as id from messages.campaign_message
     where tenant_id = $1 and campaign_id = $2 and ($3::uuid is null or message_id > $3)
     order by message_id limit $4`,
    [tenantId, ask.campaignId, ask.after, ask.limit],
  );
  return rows.map(({ id }) => id);
}

/** The campaign's UUID by the message's; messages of none are missing. */
export async function findCampaignsOf(
  tx: Transaction,
  tenantId: string,
  messageIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.query<{ message: string; campaign: string }>(
    `select asked.id as message, m.campaign_id as campaign from unnest($2::uuid[]) as asked (id)
     cross join lateral (
       select campaign_id from messages.campaign_message
       where tenant_id = $1 and message_id = asked.id offset 0
     ) m`,
    [tenantId, messageIds],
  );
  return new Map(rows.map(({ message, campaign }) => [message, campaign]));
}
