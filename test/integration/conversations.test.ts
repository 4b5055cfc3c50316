// Conversations on a real PostgreSQL, over the carriers' wires: whose turn it is, and whose the words are.
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { PDU } from 'smpp';
import { uuidOf } from '../../schema/ids.ts';
import { CallbackVault } from '../../subgraphs/delivery/callback-vault.ts';
import { recordPartyEntries, type PartyEntry } from '../../subgraphs/delivery/record-entries.ts';
import { createTakeCallback } from '../../subgraphs/delivery/take-callback.ts';
import { startConversations, type Conversations } from '../support/conversations.ts';
import type { Asker } from '../support/people.ts';

let desk: Conversations;
beforeAll(async () => {
  desk = await startConversations();
});
afterAll(() => desk.close());

const HOUR_MS = 3_600_000;
const shown: Conversations['shown'] = (...asked) => desk.shown(...asked);
const close: Conversations['closed'] = (...asked) => desk.closed(...asked);

test('a tap on a card waits for an agent, with the canonical id and the action', async () => {
  const [id, from] = await desk.newPerson();
  const card = await desk.handedOver(id);
  await desk.person(desk.tap(from, card, 'dispute'));
  expect(await shown(id)).toMatchObject([
    {
      state: 'AWAITING_AGENT',
      channel: 'RCS',
      entries: [{ kind: 'TAP', message: { id: card.messageId }, actionId: 'dispute', text: null }],
    },
  ]);
});

test.each([
  ['RCS', {}],
  ['SMS', {}],
  ['SMS', { wire: 'smpp' }],
] as const)('what a person writes by %s %j answers what they got last', async (channel, wire) => {
  const [id, from] = await desk.newPerson();
  await desk.handedOver(id, { channel });
  const last = await desk.handedOver(id, { channel });
  await desk.handedOver(id, { channel: channel === 'RCS' ? 'SMS' : 'RCS' });
  await desk.handedOver(id, { channel, state: 'FAILED' });
  await desk.person({ channel, from, text: 'That was not me!', ...wire });
  expect(await shown(id)).toMatchObject([
    {
      state: 'AWAITING_AGENT',
      channel,
      entries: [{ kind: 'TEXT', message: { id: last.messageId }, text: 'That was not me!' }],
    },
  ]);
});

test('what was handed over too long ago is not guessed to be meant', async () => {
  const [id, from] = await desk.newPerson();
  await desk.handedOver(id, { channel: 'SMS' });
  desk.people.clock.time += 73 * HOUR_MS;
  await desk.person({ channel: 'SMS', from, text: 'Hello?' });
  expect(await shown(id)).toMatchObject([{ entries: [{ kind: 'TEXT', message: null }] }]);
});

test('an answer of support gives the turn to the person, other messages do not', async () => {
  const [id, from] = await desk.newPerson();
  await desk.person({ channel: 'SMS', from, text: 'Where is it?' });
  await desk.handedOver(id, { channel: 'SMS', type: 'RECEIPT' });
  await desk.handedOver(id, { channel: 'RCS', type: 'SUPPORT' });
  const states = async () =>
    (await shown(id)).map((one: { channel: string; state: string }) => [one.channel, one.state]);
  expect(await states()).toEqual([
    ['RCS', 'OPEN'],
    ['SMS', 'AWAITING_AGENT'],
  ]);
  const answer = await desk.handedOver(id, { channel: 'SMS', type: 'SUPPORT' });
  expect(await states()).toEqual([
    ['RCS', 'OPEN'],
    ['SMS', 'OPEN'],
  ]);
  expect((await shown(id))[1].entries).toMatchObject([
    { kind: 'TEXT' },
    { kind: 'MESSAGE', message: { id: answer.messageId } },
  ]);
});

test('an answer does not count for a word that came while it was under way', async () => {
  const [id, from] = await desk.newPerson();
  await desk.person({ channel: 'SMS', from, text: 'First question' });
  await desk.handedOver(id, {
    channel: 'SMS',
    type: 'SUPPORT',
    meanwhile: () => desk.person({ channel: 'SMS', from, text: 'Second question' }),
  });
  const [conversation] = await shown(id);
  const kinds = conversation.entries.map(({ kind }: { kind: string }) => kind);
  expect([conversation.state, kinds]).toEqual(['AWAITING_AGENT', ['TEXT', 'TEXT', 'MESSAGE']]);
  // They wait since the word that was not seen.
  expect(conversation.since).toEqual(conversation.entries[1].occurredAt);
});

test('keywords are no conversation', async () => {
  const [id, from] = await desk.newPerson();
  for (const text of ['HELP', 'STOP', 'start']) await desk.person({ channel: 'SMS', from, text });
  await desk.person({ channel: 'RCS', from, event: 'UNSUBSCRIBE' });
  expect(await shown(id)).toEqual([]);
});

test('a long text by SMPP is kept in all its parts, and no later part is a keyword', async () => {
  const [id, from] = await desk.newPerson();
  const { smpp, deps } = desk;
  // Not over the session: the simulated SMSC sends no text in parts.
  const genuine = { ...smpp, verify: () => ({ kind: 'genuine' }) as const };
  const take = createTakeCallback(deps, new CallbackVault(deps));
  const words = ['I never bought that, and when I called you I was told to', 'STOP'];
  for (const [index, part] of words.entries()) {
    const header = Buffer.from([5, 0, 3, 7, words.length, index + 1]);
    const body = new PDU('deliver_sm', {
      data_coding: 0,
      esm_class: 0x40,
      source_addr_ton: 1,
      source_addr: from.slice(1),
      short_message: Buffer.concat([header, Buffer.from(part)]),
    }).toBuffer();
    const headers = { 'x-delivery-id': `${from} ${index}` };
    await take(genuine, { url: 'smpp://smsc', headers, body });
    await desk.normalised();
    desk.people.clock.time += 1;
  }
  const [{ state, entries }] = await shown(id);
  expect(state).toBe('AWAITING_AGENT');
  expect(entries.map(({ text }: { text: string }) => text)).toEqual(words);
});

test('what is recorded at once is folded once each, and nobody waits for each other', async () => {
  const people = await Promise.all([desk.newPerson(), desk.newPerson(), desk.newPerson()]);
  const entry = (recipientId: string, number: number): PartyEntry => ({
    tenantId: 'acme',
    recipientId: uuidOf('recipient', recipientId) ?? '',
    channel: 'SMS',
    id: desk.newUuid(),
    kind: number % 2 === 0 ? 'TAP' : 'MESSAGE',
    messageId: null,
    actionId: null,
    textSealed: null,
    actor: null,
    dedupeKey: String(number),
    occurredAt: number,
    countedAt: number,
  });
  const numbers = Array.from({ length: 12 }, (_, number) => number);
  // Each twice, and every other time in another order: whoever locked as they came would lock each other out.
  const recorded = [...numbers, ...numbers.toReversed()].map((number, index) =>
    desk.deps.database.acrossTenants((tx) => {
      const order = index % 2 === 0 ? people : people.toReversed();
      return recordPartyEntries(
        tx,
        desk.deps,
        order.map(([id]) => entry(id, number)),
      );
    }),
  );
  await Promise.all(recorded);
  for (const [id] of people) {
    const [conversation] = await shown(id);
    expect(conversation).toMatchObject({ state: 'OPEN', since: new Date(11).toISOString() });
    expect(conversation.entries).toHaveLength(12);
    const told = await desk.people.sql(
      `select 1 from delivery.event where name = 'conversation.changed' and payload->>'recipientId' = $1`,
      [uuidOf('recipient', id)],
    );
    expect(told).toHaveLength(12);
  }
});

test('a callback that comes again changes nothing', async () => {
  const [id, from] = await desk.newPerson();
  const card = await desk.handedOver(id);
  for (const act of [desk.tap(from, card, 'dispute'), { channel: 'RCS', from, text: 'Twice' }]) {
    const callback = await desk.wired(act);
    await desk.taken(callback);
    await desk.taken(callback);
    await desk.normalised();
    await desk.taken(callback);
    await desk.normalised();
  }
  const [conversation] = await shown(id);
  expect(conversation.entries).toHaveLength(2);
  await close(conversation.id);
  desk.people.clock.time += 1_000;
  await desk.taken(await desk.wired(desk.tap(from, card, 'help')));
  await desk.normalised();
  expect(await shown(id)).toMatchObject([{ state: 'AWAITING_AGENT' }]);
  const told = await desk.people.sql(
    `select 1 from delivery.event where name = 'conversation.changed' and payload->>'recipientId' = $1`,
    [uuidOf('recipient', id)],
  );
  expect(told).toHaveLength(4);
});

test('a tap that comes before its attempt is known waits for it', async () => {
  const [id, from] = await desk.newPerson();
  const other = await desk.handedOver(id);
  const early = { ...other, attemptId: desk.newUuid() };
  const callback = await desk.wired(desk.tap(from, early, 'dispute'));
  await desk.taken(callback);
  await desk.people.sql(
    `insert into delivery.sent_attempt
       (tenant_id, attempt_id, message_id, recipient_id, channel, protection, provider)
     select tenant_id, $1, message_id, recipient_id, channel, protection, provider
     from delivery.sent_attempt where attempt_id = $2`,
    [early.attemptId, other.attemptId],
  );
  await desk.normalised();
  expect(await shown(id)).toMatchObject([{ entries: [{ message: { id: other.messageId } }] }]);
});

describe('closing', () => {
  it('is done once, by whoever closes, and the next word opens it anew', async () => {
    const [id, from] = await desk.newPerson();
    await desk.person({ channel: 'SMS', from, text: 'Thanks, solved' });
    const [{ id: conversationId }] = await shown(id);
    const closed = { conversation: { id: conversationId, state: 'CLOSED' }, errors: [] };
    expect(await close(conversationId)).toEqual(closed);
    expect(await close(conversationId)).toEqual(closed);
    expect(await shown(id)).toMatchObject([
      { entries: [{ kind: 'TEXT' }, { kind: 'CLOSED', actor: 'service:test' }] },
    ]);
    desk.people.clock.time += 1_000;
    await desk.person({ channel: 'SMS', from, text: 'Not solved at all' });
    expect(await shown(id)).toMatchObject([{ state: 'AWAITING_AGENT' }]);
  });

  it('is refused for what the tenant does not have, and without the scope', async () => {
    const [id, from] = await desk.newPerson();
    await desk.person({ channel: 'SMS', from, text: 'Mine' });
    const [{ id: conversationId }] = await shown(id);
    const refused = {
      conversation: null,
      errors: [{ code: 'NOT_FOUND', path: ['conversationId'] }],
    };
    expect(await close(conversationId, { tenantId: 'globex' })).toMatchObject(refused);
    expect(await close(id)).toMatchObject(refused);
    await expect(close(conversationId, { scopes: ['conversations:read'] })).rejects.toThrow(
      /scope/,
    );
    expect(await shown(id)).toMatchObject([{ state: 'AWAITING_AGENT' }]);
  });
});

describe('a number that several tenants reach', () => {
  const globex: Asker = { tenantId: 'globex' };

  it('gives what is written to the one who wrote last, and to nobody else', async () => {
    const [ours, from] = await desk.newPerson();
    const [theirs] = await desk.newPerson(from, globex);
    await desk.handedOver(ours, { channel: 'SMS' });
    const last = await desk.handedOver(theirs, { channel: 'SMS', tenantId: 'globex' });
    const callback = await desk.wired({ channel: 'SMS', from, text: 'For globex' });
    await desk.taken(callback);
    await desk.normalised();
    // We write after that, and the carrier says the same thing again.
    await desk.handedOver(ours, { channel: 'SMS' });
    await desk.taken(callback);
    await desk.normalised();
    expect(await shown(theirs, globex)).toMatchObject([
      { entries: [{ text: 'For globex', message: { id: last.messageId } }] },
    ]);
    expect(await shown(ours)).toEqual([]);
  });

  it('keeps it from who comes to know the number later', async () => {
    const [ours, from] = await desk.newPerson();
    const callback = await desk.wired({ channel: 'SMS', from, text: 'For us alone' });
    await desk.taken(callback);
    await desk.normalised();
    const [theirs] = await desk.newPerson(from, globex);
    await desk.handedOver(theirs, { channel: 'SMS', tenantId: 'globex' });
    await desk.taken(callback);
    await desk.normalised();
    expect(await shown(theirs, globex)).toEqual([]);
    expect(await shown(ours)).toMatchObject([{ entries: [{ text: 'For us alone' }] }]);
  });

  it('gives it to none of them where none has written', async () => {
    const [ours, from] = await desk.newPerson();
    const [theirs] = await desk.newPerson(from, globex);
    await desk.person({ channel: 'SMS', from, text: 'For whom?' });
    expect([await shown(ours), await shown(theirs, globex)]).toEqual([[], []]);
  });
});
