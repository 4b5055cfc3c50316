// The statements behind a conversation's fold: find and lock it, add entries once, read what decides, write where it stands.
import type { Transaction } from '../../../platform/database.ts';
import type {
  ConversationEntryKind,
  ConversationState,
} from '../../../schema/vocabulary-conversations.ts';
import type { Channel } from '../../../schema/vocabulary.ts';
import type { ConversationStand, OurKind, Standing } from '../domain/conversation.ts';

/** With whom, and where. */
export interface Party {
  readonly tenantId: string;
  /** UUID. */
  readonly recipientId: string;
  readonly channel: Channel;
}

export interface LockedConversation extends Party {
  readonly id: string;
  /** Null for one that has just begun. */
  readonly state: ConversationState | null;
}

/** Times in milliseconds since 1970. */
export interface NewEntry {
  readonly tenantId: string;
  readonly id: string;
  readonly conversationId: string;
  readonly kind: ConversationEntryKind;
  readonly messageId: string | null;
  readonly actionId: string | null;
  readonly textSealed: Buffer | null;
  readonly actor: string | null;
  /** What tells it from its repetition, in its conversation. */
  readonly dedupeKey: string;
  readonly occurredAt: number;
  readonly countedAt: number;
}

/** Locks the parties' conversations, and begins those that are missing. Two statements, both in the order of the parties,
 *  so that two processes with the same people do not wait for each other. */
export async function lockConversations(
  tx: Transaction,
  parties: readonly (Party & { readonly newId: string })[],
): Promise<readonly LockedConversation[]> {
  const columns = [
    parties.map((party) => party.tenantId),
    parties.map((party) => party.recipientId),
    parties.map((party) => party.channel),
  ];
  await tx.query(
    `insert into delivery.conversation (tenant_id, recipient_id, channel, id)
     select distinct on (1, 2, 3) p.* from unnest($1::text[], $2::uuid[], $3::text[], $4::uuid[]) as p
     order by 1, 2, 3 on conflict on constraint conversation_once do nothing`,
    [...columns, parties.map((party) => party.newId)],
  );
  return tx.query<LockedConversation>(
    `select c.tenant_id as "tenantId", c.id, c.recipient_id as "recipientId", c.channel, c.state
     from (
       select distinct * from unnest($1::text[], $2::uuid[], $3::text[]) as p (tenant_id, recipient_id, channel)
       order by 1, 2, 3
     ) p
     cross join lateral (
       select * from delivery.conversation c
       where c.tenant_id = p.tenant_id and c.recipient_id = p.recipient_id and c.channel = p.channel
       offset 0 for update
     ) c`,
    columns,
  );
}

/** Locks all conversations with these people of a tenant, in the order of the parties. */
export function lockConversationsWith(
  tx: Transaction,
  tenantId: string,
  recipientIds: readonly string[],
): Promise<LockedConversation[]> {
  return tx.query<LockedConversation>(
    `select tenant_id as "tenantId", id, recipient_id as "recipientId", channel, state
     from delivery.conversation where tenant_id = $1 and recipient_id = any($2::uuid[])
     order by recipient_id, channel for update`,
    [tenantId, recipientIds],
  );
}

/** Makes a conversation another person's. */
export async function handConversation(
  tx: Transaction,
  { tenantId, id }: LockedConversation,
  recipientId: string,
): Promise<void> {
  await tx.query(
    `update delivery.conversation set recipient_id = $3 where tenant_id = $1 and id = $2`,
    [tenantId, id, recipientId],
  );
}

/** Moves what stands in one conversation to another of the tenant. */
export async function moveEntries(
  tx: Transaction,
  from: LockedConversation,
  into: LockedConversation,
): Promise<void> {
  await tx.query(
    `update delivery.conversation_entry set conversation_id = $3
     where tenant_id = $1 and conversation_id = $2`,
    [from.tenantId, from.id, into.id],
  );
}

/** Forgets what people wrote, and that they wrote it stays. */
export async function dropTexts(
  tx: Transaction,
  conversations: readonly LockedConversation[],
): Promise<void> {
  await tx.query(
    `update delivery.conversation_entry e set text_sealed = null
     from unnest($1::text[], $2::uuid[]) as c (tenant_id, id)
     where e.tenant_id = c.tenant_id and e.conversation_id = c.id and e.text_sealed is not null`,
    [conversations.map(({ tenantId }) => tenantId), conversations.map(({ id }) => id)],
  );
}

/** The ids of those that are new. */
export async function insertEntries(
  tx: Transaction,
  entries: readonly NewEntry[],
): Promise<ReadonlySet<string>> {
  const times = (of: (entry: NewEntry) => number) => entries.map(of);
  const fresh = await tx.query<{ id: string }>(
    `insert into delivery.conversation_entry
       (tenant_id, id, conversation_id, kind, message_id, action_id, text_sealed, actor, dedupe_key,
        occurred_at, counted_at)
     select e.tenant_id, e.id, e.conversation_id, e.kind, e.message_id, e.action_id, e.text_sealed, e.actor,
       e.dedupe_key, to_timestamp(e.occurred / 1000.0), to_timestamp(e.counted / 1000.0)
     from unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::bytea[],
       $8::text[], $9::text[], $10::float8[], $11::float8[])
       as e (tenant_id, id, conversation_id, kind, message_id, action_id, text_sealed, actor, dedupe_key,
         occurred, counted)
     on conflict on constraint conversation_entry_once do nothing returning id`,
    [
      entries.map((entry) => entry.tenantId),
      entries.map((entry) => entry.id),
      entries.map((entry) => entry.conversationId),
      entries.map((entry) => entry.kind),
      entries.map((entry) => entry.messageId),
      entries.map((entry) => entry.actionId),
      entries.map((entry) => entry.textSealed),
      entries.map((entry) => entry.actor),
      entries.map((entry) => entry.dedupeKey),
      times((entry) => entry.occurredAt),
      times((entry) => entry.countedAt),
    ],
  );
  return new Set(fresh.map(({ id }) => id));
}

const ms = (column: string): string => `round(extract(epoch from ${column}) * 1000)::float8`;

/** By conversation id: what `standingOf` would make of all entries, in three steps through an index for each. */
export async function readStandings(
  tx: Transaction,
  conversations: readonly { readonly tenantId: string; readonly id: string }[],
): Promise<ReadonlyMap<string, Standing>> {
  const heard = (order: 'asc' | 'desc'): string => `
    select counted_at as at from delivery.conversation_entry e
    where e.tenant_id = c.tenant_id and e.conversation_id = c.id and e.kind in ('TEXT', 'TAP')
      and e.counted_at >= coalesce(settled.at, '-infinity')
    order by e.counted_at ${order} limit 1`;
  const rows = await tx.query<{
    id: string;
    kind: OurKind | null;
    at: number;
    heardFirstAt: number | null;
    heardLastAt: number | null;
  }>(
    `select c.id, settled.kind, ${ms('settled.at')} as at,
       ${ms('earliest.at')} as "heardFirstAt", ${ms('latest.at')} as "heardLastAt"
     from unnest($1::text[], $2::uuid[]) as c (tenant_id, id)
     left join lateral (
       select e.kind, e.counted_at as at from delivery.conversation_entry e
       where e.tenant_id = c.tenant_id and e.conversation_id = c.id and e.kind not in ('TEXT', 'TAP')
       order by e.counted_at desc, e.kind collate "C" desc limit 1
     ) settled on true
     left join lateral (${heard('asc')}) earliest on true
     left join lateral (${heard('desc')}) latest on true`,
    [conversations.map(({ tenantId }) => tenantId), conversations.map(({ id }) => id)],
  );
  return new Map(
    rows.map(({ id, kind, at, heardFirstAt, heardLastAt }) => [
      id,
      { settled: kind === null ? null : { kind, at }, heardFirstAt, heardLastAt },
    ]),
  );
}

export async function saveStands(
  tx: Transaction,
  stands: readonly (ConversationStand & { readonly tenantId: string; readonly id: string })[],
): Promise<void> {
  await tx.query(
    `update delivery.conversation c set state = s.state, since = to_timestamp(s.since / 1000.0),
       last_at = to_timestamp(s.last / 1000.0)
     from unnest($1::text[], $2::uuid[], $3::text[], $4::float8[], $5::float8[])
       as s (tenant_id, id, state, since, last)
     where c.tenant_id = s.tenant_id and c.id = s.id`,
    [
      stands.map((stand) => stand.tenantId),
      stands.map((stand) => stand.id),
      stands.map((stand): ConversationState => stand.state),
      stands.map((stand) => stand.since),
      stands.map((stand) => stand.lastAt),
    ],
  );
}

/** Locks one conversation of a tenant; null where it has none with the id. */
export async function lockConversation(
  tx: Transaction,
  tenantId: string,
  id: string,
): Promise<LockedConversation | null> {
  const [found] = await tx.query<LockedConversation>(
    `select tenant_id as "tenantId", id, recipient_id as "recipientId", channel, state
     from delivery.conversation where tenant_id = $1 and id = $2 for update`,
    [tenantId, id],
  );
  return found ?? null;
}

/** Locks those in `state` in which nothing was said since `before` (milliseconds since 1970), of all tenants, the most
 *  silent first; passes over those in other hands. */
export function lockSilentConversations(
  tx: Transaction,
  { state, before, limit }: { state: ConversationState; before: number; limit: number },
): Promise<(LockedConversation & { readonly lastAt: number })[]> {
  return tx.query(
    `select tenant_id as "tenantId", id, recipient_id as "recipientId", channel, state, ${ms('last_at')} as "lastAt"
     from delivery.conversation
     where state = $1 and state <> 'CLOSED' and last_at < to_timestamp($2 / 1000.0)
     order by last_at limit $3 for update skip locked`,
    [state, before, limit],
  );
}
