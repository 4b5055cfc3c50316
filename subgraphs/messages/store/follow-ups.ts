// The follow-up list as rows: put on it, taken off, found in pages, counted.
import type { Transaction } from '../../../platform/database.ts';
import type {
  FollowUpReason,
  FollowUpResolution,
  FollowUpState,
} from '../../../schema/vocabulary-followup.ts';

/** Ids are UUIDs; times in milliseconds since 1970. */
export interface FollowUpRow {
  readonly tenantId: string;
  readonly id: string;
  readonly messageId: string;
  readonly recipientId: string;
  /** The template's name. */
  readonly template: string;
  readonly reason: FollowUpReason;
  readonly openedAt: number;
  /** Null while it is open. */
  readonly resolution: FollowUpResolution | null;
  readonly resolvedAt: number | null;
  readonly resolvedBy: string | null;
  readonly note: string | null;
  /** The message that it was sent again as. */
  readonly resentAs: string | null;
}

export type NewFollowUp = Pick<
  FollowUpRow,
  'tenantId' | 'id' | 'messageId' | 'recipientId' | 'template' | 'reason'
>;

const COLUMNS = `f.tenant_id as "tenantId", f.id, f.message_id as "messageId",
  f.recipient_id as "recipientId", f.template, f.reason,
  round(extract(epoch from f.opened_at) * 1000)::float8 as "openedAt", f.resolution,
  round(extract(epoch from f.resolved_at) * 1000)::float8 as "resolvedAt",
  f.resolved_by as "resolvedBy", f.note, f.resent_as as "resentAs"`;

/** Those that are new: a message comes onto the list once. */
export async function insertFollowUps(
  tx: Transaction,
  items: readonly NewFollowUp[],
  now: number,
): Promise<readonly FollowUpRow[]> {
  if (items.length === 0) return [];
  return tx.query<FollowUpRow>(
    `insert into messages.follow_up as f (tenant_id, id, message_id, recipient_id, template, reason, opened_at)
     select i."tenantId", i.id, i."messageId", i."recipientId", i.template, i.reason, to_timestamp($2 / 1000.0)
     from json_to_recordset($1::json) as i ("tenantId" text, id uuid, "messageId" uuid, "recipientId" uuid,
       template text, reason text)
     on conflict do nothing returning ${COLUMNS}`,
    [JSON.stringify(items), now],
  );
}

/** Those of these messages that were open, and reached their person after all. */
export async function closeDelivered(
  tx: Transaction,
  messages: readonly { readonly tenantId: string; readonly messageId: string }[],
  now: number,
): Promise<readonly FollowUpRow[]> {
  if (messages.length === 0) return [];
  return tx.query<FollowUpRow>(
    `with held as (
       select open.* from (select * from unnest($1::text[], $2::uuid[]) as k (tenant_id, message_id) order by 2) as k
       cross join lateral (
         select tenant_id, id from messages.follow_up
         where tenant_id = k.tenant_id and message_id = k.message_id and resolution is null
         offset 0 for update) as open
     )
     update messages.follow_up f set resolution = 'LATE_DELIVERY', resolved_at = to_timestamp($3 / 1000.0)
     from held where f.tenant_id = held.tenant_id and f.id = held.id returning ${COLUMNS}`,
    [messages.map(({ tenantId }) => tenantId), messages.map(({ messageId }) => messageId), now],
  );
}

export interface Handling {
  readonly ids: readonly string[];
  readonly by: string;
  readonly note: string | null;
  readonly now: number;
}

/** Those that were open, as they are now. */
export function markHandled(
  tx: Transaction,
  tenantId: string,
  { ids, by, note, now }: Handling,
): Promise<readonly FollowUpRow[]> {
  return tx.query<FollowUpRow>(
    `with held as (
       select open.id from (select distinct id from unnest($2::uuid[]) as k (id) order by id) as k
       cross join lateral (
         select id from messages.follow_up where tenant_id = $1 and id = k.id and resolution is null
         offset 0 for update) as open
     )
     update messages.follow_up f set resolution = 'HANDLED', resolved_at = to_timestamp($3 / 1000.0),
       resolved_by = $4, note = $5
     from held where f.tenant_id = $1 and f.id = held.id returning ${COLUMNS}`,
    [tenantId, ids, now, by, note],
  );
}

/** Locks a message's place on the list; null where it has none. Until the end nobody else deals with it. */
export async function lockFollowUp(
  tx: Transaction,
  tenantId: string,
  messageId: string,
): Promise<FollowUpRow | null> {
  const [item] = await tx.query<FollowUpRow>(
    `select ${COLUMNS} from messages.follow_up f where tenant_id = $1 and message_id = $2 for update`,
    [tenantId, messageId],
  );
  return item ?? null;
}

/** Of an item that this transaction has locked. */
export async function markResent(
  tx: Transaction,
  { tenantId, id }: FollowUpRow,
  { resentAs, by, now }: { readonly resentAs: string; readonly by: string; readonly now: number },
): Promise<readonly FollowUpRow[]> {
  return tx.query<FollowUpRow>(
    `update messages.follow_up f set resolution = 'RESENT', resolved_at = to_timestamp($3 / 1000.0),
       resolved_by = $4, resent_as = $5
     where tenant_id = $1 and id = $2 returning ${COLUMNS}`,
    [tenantId, id, now, by, resentAs],
  );
}

/** What of an item is compared: its own id, its message, or the message that it was sent again as. */
export type FollowUpKey = 'id' | 'message_id' | 'resent_as';

export function loadFollowUps(
  tx: Transaction,
  tenantId: string,
  { by, keys }: { readonly by: FollowUpKey; readonly keys: readonly string[] },
): Promise<readonly FollowUpRow[]> {
  return tx.query<FollowUpRow>(
    `select found.* from unnest($2::uuid[]) as k (id) cross join lateral (
       select ${COLUMNS} from messages.follow_up f where tenant_id = $1 and ${by} = k.id offset 0) as found`,
    [tenantId, [...new Set(keys)]],
  );
}

/** Null: whatever it is. */
export interface FollowUpFilter {
  readonly state: FollowUpState | null;
  readonly reason: FollowUpReason | null;
  readonly template: string | null;
  /** Milliseconds since 1970. */
  readonly since: number | null;
}

const STATE_IS: Readonly<Record<FollowUpState, string>> = {
  OPEN: 'and f.resolution is null',
  RESOLVED: 'and f.resolution is not null',
};

/** Newest first; one more than the limit, where there is one more. */
export function findFollowUps(
  tx: Transaction,
  tenantId: string,
  {
    filter: { state, reason, template, since },
    before,
    limit,
  }: { filter: FollowUpFilter; before: string | null; limit: number },
): Promise<readonly FollowUpRow[]> {
  return tx.query<FollowUpRow>(
    `select ${COLUMNS} from messages.follow_up f
     where f.tenant_id = $1 and ($2::uuid is null or f.id < $2) ${state === null ? '' : STATE_IS[state]}
       and ($3::text is null or f.reason = $3) and ($4::text is null or f.template = $4)
       and ($5::float8 is null or f.opened_at >= to_timestamp($5 / 1000))
     order by f.id desc limit $6`,
    [tenantId, before, reason, template, since, limit + 1],
  );
}

/** How many are open, by reason, of all tenants. Reads the index of open ones, and nothing else. */
export async function countOpen(tx: Transaction): Promise<ReadonlyMap<FollowUpReason, number>> {
  const rows = await tx.query<{ reason: FollowUpReason; count: number }>(
    `select reason, count(*)::int as count from messages.follow_up where resolution is null group by reason`,
  );
  return new Map(rows.map(({ reason, count }) => [reason, count]));
}
