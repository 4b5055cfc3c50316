// What the statements of conversations read of young tables, in the midst of a crowd: their own rows, not the tenant's.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Transaction } from '../../platform/database.ts';
import { uuidOf } from '../../schema/ids.ts';
import { loadPersonKeys } from '../../subgraphs/recipients/store/load-person-keys.ts';
import {
  lockConversations,
  readStandings,
  saveStands,
} from '../../subgraphs/delivery/store/conversations.ts';
import {
  findConversationPage,
  findConversations,
} from '../../subgraphs/delivery/store/find-conversations.ts';
import { findEntryPages, findReplies } from '../../subgraphs/delivery/store/find-entries.ts';
import { findLastHandedOver, findOccurrences } from '../../subgraphs/delivery/store/handed-over.ts';
import { startConversations, type Conversations } from '../support/conversations.ts';
import { rowsRead } from '../support/rows-read.ts';

const CROWD = 3_000;
const ASKED = 20;
/** An asked row, what belongs to it, and a little. */
const FEW = ASKED * 10;

let desk: Conversations;
let conversations: { tenantId: string; id: string; recipientId: string; channel: 'RCS' }[];
let messageIds: string[];
let accepted: { tenantId: string; dedupeKey: string }[];
let recipientId: string;
beforeAll(async () => {
  desk = await startConversations();
  const { sql } = desk.people;
  for (const table of ['conversation', 'conversation_entry', 'delivery_event']) {
    await sql(`alter table delivery.${table} set (autovacuum_enabled = off)`);
  }
  const [id, from] = await desk.newPerson();
  recipientId = uuidOf('recipient', id) ?? '';
  const card = await desk.handedOver(id);
  await desk.person(desk.tap(from, card, 'dispute'));
  await desk.handedOver(id, { type: 'SUPPORT' });
  await desk.person({ channel: 'RCS', from, text: 'Hello' });
  // Everybody is a copy of the first one, with ids of their own.
  const uuid = (column: string) => `md5(t.${column}::text || n)::uuid`;
  const copy = async (table: string, ids: readonly string[], more: Record<string, string> = {}) => {
    const columns = await sql<{ name: string }>(
      `select column_name as name from information_schema.columns
       where table_schema = 'delivery' and table_name = $1 order by ordinal_position`,
      [table],
    );
    const values = columns.map(({ name }) =>
      ids.includes(name) ? uuid(name) : (more[name] ?? `t.${name}`),
    );
    await sql(
      `insert into delivery.${table} select ${values.join(', ')}
       from delivery.${table} t, generate_series(1, ${CROWD}) as n`,
    );
  };
  await copy('conversation', ['id', 'recipient_id']);
  await copy('conversation_entry', ['id', 'conversation_id', 'message_id']);
  const others = ['id', 'message_id', 'recipient_id', 'attempt_id'];
  await copy('delivery_event', others, { dedupe_key: `t.dedupe_key || n` });
  conversations = await sql(
    `select tenant_id as "tenantId", id, recipient_id as "recipientId", channel
     from delivery.conversation order by id limit ${ASKED}`,
  );
  accepted = await sql(
    `select tenant_id as "tenantId", dedupe_key as "dedupeKey" from delivery.delivery_event
     where type = 'ACCEPTED' limit ${ASKED}`,
  );
  const replied = await sql<{ id: string }>(
    `select distinct message_id as id from delivery.conversation_entry limit ${ASKED}`,
  );
  messageIds = replied.map((row) => row.id);
});
afterAll(() => desk.close());

test.each<[string, (tx: Transaction) => Promise<unknown>]>([
  [
    'those that are locked',
    (tx) =>
      lockConversations(
        tx,
        conversations.map((one) => ({ ...one, newId: desk.newUuid() })),
      ),
  ],
  ['what decides', (tx) => readStandings(tx, conversations)],
  [
    'where they stand',
    (tx) =>
      saveStands(
        tx,
        conversations.map((one) => ({ ...one, state: 'OPEN', since: 1, lastAt: 1 })),
      ),
  ],
  [
    'what was handed over last',
    (tx) =>
      findLastHandedOver(
        tx,
        conversations.map((one) => ({ ...one, since: 0, until: desk.people.clock.time })),
      ),
  ],
  ['when messages were accepted', (tx) => findOccurrences(tx, accepted)],
  [
    'conversations',
    (tx) => findConversations(tx, 'acme', { ids: conversations.map(({ id }) => id) }),
  ],
  [
    'conversations with people',
    (tx) =>
      findConversations(tx, 'acme', { recipientIds: conversations.map((one) => one.recipientId) }),
  ],
  ['replies', (tx) => findReplies(tx, 'acme', messageIds)],
  ['keys', (tx) => loadPersonKeys(tx, 'acme', [recipientId])],
])('%s: no rows but their own are read', async (_, statement) => {
  // A kept statement is planned for what is asked at first, and later once for all: neither may read more.
  for (const mode of ['force_custom_plan', 'force_generic_plan']) {
    const rows = await rowsOf(statement, mode);
    expect([rows > 0, rows <= FEW, rows]).toEqual([true, true, rows]);
  }
});

test.each<[string, (tx: Transaction) => Promise<unknown>]>([
  [
    'who waits longest',
    (tx) =>
      findConversationPage(tx, 'acme', {
        state: 'AWAITING_AGENT',
        channel: null,
        after: null,
        limit: ASKED,
      }),
  ],
  [
    'a page of all',
    (tx) =>
      findConversationPage(tx, 'acme', { state: null, channel: null, after: null, limit: ASKED }),
  ],
  [
    'what was said',
    (tx) =>
      findEntryPages(tx, 'acme', {
        conversationIds: conversations.map(({ id }) => id),
        after: null,
        limit: ASKED,
      }),
  ],
])('%s: no rows but those of the page are read', async (_, statement) => {
  // Planned anew each time: a plan for any size of page is dearer, so none is kept.
  const rows = await rowsOf(statement, 'auto');
  expect([rows > 0, rows <= FEW, rows]).toEqual([true, true, rows]);
});

const rowsOf = (statement: (tx: Transaction) => Promise<unknown>, mode: string): Promise<number> =>
  desk.deps.database.transaction('acme', async (tx) => {
    await tx.query(`select set_config('plan_cache_mode', $1, true)`, [mode]);
    return rowsRead(tx, () => statement(tx));
  });
