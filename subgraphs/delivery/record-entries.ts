// Adds entries to conversations that are locked: each once, the state folded anew, and everybody told.
import { assert } from '../../platform/assert.ts';
import type { Transaction } from '../../platform/database.ts';
import { appendEvents } from '../../platform/event-log.ts';
import type { EventName, EventPayloads } from '../../schema/events.ts';
import type { DeliveryDeps } from './context.ts';
import { standOf, type ConversationStand } from './domain/conversation.ts';
import {
  insertEntries,
  lockConversations,
  readStandings,
  saveStands,
  type LockedConversation,
  type NewEntry,
  type Party,
} from './store/conversations.ts';

const NAME = 'conversation.changed' satisfies EventName;

/** An entry whose conversation may not have begun. */
export type PartyEntry = Omit<NewEntry, 'conversationId'> & Party;

type EntryDeps = Pick<DeliveryDeps, 'newUuid' | 'bus'>;

/** Six statements for any number of entries, of any tenants, and none for no entry. */
export async function recordPartyEntries(
  tx: Transaction,
  deps: EntryDeps,
  entries: readonly PartyEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const parties = entries.map(({ tenantId, recipientId, channel }) => {
    return { tenantId, recipientId, channel, newId: deps.newUuid() };
  });
  const locked = await lockConversations(tx, parties);
  const idOf = new Map(locked.map((conversation) => [keyOf(conversation), conversation.id]));
  const placed = entries.map(({ recipientId, channel, ...entry }): NewEntry => {
    const conversationId = idOf.get(keyOf({ tenantId: entry.tenantId, recipientId, channel }));
    assert(conversationId !== undefined, 'a conversation that is missing was begun');
    return { ...entry, conversationId };
  });
  await recordEntries(tx, deps, { locked, entries: placed });
}

const keyOf = ({ tenantId, recipientId, channel }: Party): string =>
  `${tenantId} ${recipientId} ${channel}`;

/** Four statements for any number of entries. A repetition changes nothing and tells nobody. */
export async function recordEntries(
  tx: Transaction,
  { newUuid, bus }: EntryDeps,
  work: { readonly locked: readonly LockedConversation[]; readonly entries: readonly NewEntry[] },
): Promise<void> {
  if (work.entries.length === 0) return;
  const freshIds = await insertEntries(tx, work.entries);
  const fresh = work.entries.filter(({ id }) => freshIds.has(id));
  if (fresh.length === 0) return;
  const grown = new Set(fresh.map(({ conversationId }) => conversationId));
  const changed = work.locked.filter(({ id }) => grown.has(id));
  const stands = await foldAnew(tx, changed);
  const told = fresh.flatMap((entry) => {
    const stand = stands.get(entry.conversationId);
    return stand === undefined ? [] : [toEvent(entry, stand, newUuid())];
  });
  await appendEvents(tx, 'delivery', told);
  tx.afterCommit(() => bus.wake('events:delivery'));
}

/** By id, where each of these locked conversations stands by all that stands in it now. */
export async function foldAnew(
  tx: Transaction,
  locked: readonly LockedConversation[],
): Promise<ReadonlyMap<string, Party & ConversationStand>> {
  const standings = await readStandings(tx, locked);
  const stands = locked.map((conversation) => {
    const standing = standings.get(conversation.id);
    const stand = standing === undefined ? null : standOf(standing);
    assert(stand !== null, 'a conversation that is folded has an entry');
    return { ...conversation, ...stand };
  });
  await saveStands(tx, stands);
  return new Map(stands.map((stand) => [stand.id, stand]));
}

/** The end of a conversation, by somebody or by itself. */
export function closingEntry(
  { tenantId, id: conversationId }: LockedConversation,
  closing: Pick<NewEntry, 'id' | 'kind' | 'actor' | 'dedupeKey' | 'occurredAt'> &
    Partial<Pick<NewEntry, 'countedAt'>>,
): NewEntry {
  const nothing = { messageId: null, actionId: null, textSealed: null };
  return { ...nothing, countedAt: closing.occurredAt, ...closing, tenantId, conversationId };
}

function toEvent(entry: NewEntry, stand: Party & ConversationStand, id: string) {
  const { tenantId, conversationId, kind, messageId, occurredAt } = entry;
  const payload: EventPayloads[typeof NAME] = {
    conversationId,
    entryId: entry.id,
    recipientId: stand.recipientId,
    channel: stand.channel,
    kind,
    state: stand.state,
    messageId,
    occurredAt: new Date(occurredAt).toISOString(),
  };
  return { tenantId, id, name: NAME, payload, occurredAt };
}
