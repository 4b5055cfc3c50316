// What people wrote, on a real PostgreSQL: who may read it, for how long, and that nothing keeps it in clear text.
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { uuidOf } from '../../schema/ids.ts';
import { eraseOutdatedRecords } from '../../subgraphs/delivery/jobs/erase-outdated.ts';
import { startConversations, type Conversations } from '../support/conversations.ts';
import { oneRound } from '../support/jobs.ts';
import type { Asker } from '../support/people.ts';
import { DAY_MS } from '../support/retention.ts';

let desk: Conversations;
beforeAll(async () => {
  desk = await startConversations();
});
afterAll(() => desk.close());

const shown: Conversations['shown'] = (...asked) => desk.shown(...asked);

describe('what a person wrote', () => {
  const accesses = async (recipientId: string, asker?: Asker) => {
    const { data } = await desk.ask(
      `query ($id: ID) { conversationAccesses(recipientId: $id) {
         edges { node { recipientId entryId actor reason } } } }`,
      { id: recipientId },
      asker,
    );
    return data.conversationAccesses.edges.map(({ node }: { node: object }) => node);
  };

  it('is shown to who may see personal data, and each look is on record', async () => {
    const [id, from] = await desk.newPerson();
    await desk.person({ channel: 'SMS', from, text: 'My card ends in 1234' });
    expect(await accesses(id)).toEqual([]);
    await shown(id);
    expect(await accesses(id)).toEqual([
      {
        recipientId: id,
        entryId: expect.stringMatching(/^cve_/),
        actor: 'service:test',
        reason: 'ticket 7',
      },
    ]);
    expect(await accesses(id, { tenantId: 'globex', scopes: ['audit:read'] })).toEqual([]);
    await expect(
      desk.people.sql(`update delivery.conversation_access set reason = 'another'`),
    ).rejects.toThrow(/append-only/);
  });

  it('is not shown without the scope or without a reason', async () => {
    const [id, from] = await desk.newPerson();
    const card = await desk.handedOver(id);
    await desk.person({ channel: 'RCS', from, text: 'Secret words' });
    const read = (reason: string, scopes: string[]) =>
      desk.ask(
        `query ($to: [_Any!]!, $reason: String!) { _entities(representations: $to) {
           ... on Message { replies { kind text(reason: $reason) } } } }`,
        { to: [{ __typename: 'Message', id: card.messageId }], reason },
        { scopes },
      );
    const pii = ['conversations:read', 'pii:read'];
    expect((await read('why', ['conversations:read'])).errors).toMatchObject([
      { message: 'This needs the scope pii:read.' },
    ]);
    expect((await read('why', ['pii:read'])).errors).toMatchObject([
      { message: 'This needs the scope conversations:read.' },
    ]);
    for (const reason of [' ', 'x'.repeat(201), '+14155550100']) {
      expect((await read(reason, pii)).errors).toMatchObject([
        { extensions: { code: 'BAD_USER_INPUT' } },
      ]);
    }
    const { data } = await read('why', pii);
    expect(data._entities[0].replies).toEqual([{ kind: 'TEXT', text: 'Secret words' }]);
  });

  it('cannot be read any more once the person was erased, by nobody', async () => {
    const [id, from] = await desk.newPerson();
    const card = await desk.handedOver(id);
    await desk.person({ channel: 'RCS', from, text: 'Forget me' });
    await desk.person(desk.tap(from, card, 'dispute'));
    const erased = await desk.people.ask(
      'recipients',
      `mutation ($id: ID!) { eraseRecipient(input: { recipientId: $id, reason: "asked" }) {
         errors { __typename } } }`,
      { id },
    );
    expect(erased.data.eraseRecipient.errors).toEqual([]);
    const [conversation] = await shown(id);
    expect(conversation.entries).toMatchObject([
      { kind: 'TEXT', text: null },
      { kind: 'TAP', actionId: 'dispute' },
    ]);
    // What comes in afterwards is nobody's.
    await desk.person({ channel: 'RCS', from, text: 'Still here?' });
    await desk.person(desk.tap(from, card, 'help'));
    expect((await shown(id))[0].entries).toHaveLength(2);
    const callbacks = () =>
      desk.people.sql(
        `select c.id from delivery.raw_callback c join (
           select callback_id from delivery.inbound where recipient_id = $1
           union select callback_id from delivery.delivery_event where recipient_id = $1
         ) told on c.id = told.callback_id`,
        [uuidOf('recipient', id)],
      );
    // The text and the two taps.
    expect(await callbacks()).toHaveLength(3);
    const [others] = await desk.people.sql<{ count: number }>(
      'select count(*)::int from delivery.raw_callback',
    );
    await desk.peopleFollowed();
    expect(await callbacks()).toEqual([]);
    expect(await desk.people.sql('select 1 from delivery.raw_callback')).toHaveLength(
      (others?.count ?? 0) - 3,
    );
    expect(await shown(id)).toMatchObject([
      { state: 'CLOSED', entries: [{}, {}, { kind: 'CLOSED', actor: null }] },
    ]);
    const kept = await desk.people.sql(
      `select 1 from delivery.conversation_entry e
       join delivery.conversation c on c.tenant_id = e.tenant_id and c.id = e.conversation_id
       where c.recipient_id = $1 and e.text_sealed is not null`,
      [uuidOf('recipient', id)],
    );
    expect(kept).toEqual([]);
  });

  it('stands in no table, no event and no log in clear text', async () => {
    const [row] = await desk.people.sql<{ everything: string }>(
      `select (select string_agg(e::text, ' ') from delivery.conversation_entry e)
         || (select string_agg(e::text, ' ') from delivery.event e)
         || (select string_agg(i::text, ' ') from delivery.inbound i)
         || (select string_agg(c::text, ' ') from delivery.raw_callback c) as everything`,
    );
    const everything = (row?.everything ?? '') + JSON.stringify(desk.lines());
    expect(everything).toContain('dispute');
    for (const words of ['My card ends', 'Secret words', 'Forget me', 'Still here']) {
      expect(everything).not.toContain(words);
      expect(everything).not.toContain(Buffer.from(words).toString('hex'));
    }
  });
});

test('what was said is erased when its time is over, and that is on record', async () => {
  const [id, from] = await desk.newPerson();
  await desk.person({ channel: 'SMS', from, text: 'An old story' });
  desk.people.clock.time += 365 * DAY_MS;
  await desk.closedSilent();
  await desk.person({ channel: 'SMS', from, text: 'A new one' });
  await oneRound(eraseOutdatedRecords(desk.deps));
  expect(await shown(id)).toMatchObject([
    { state: 'AWAITING_AGENT', entries: [{ kind: 'LAPSED' }, { text: 'A new one' }] },
  ]);
  const { data } = await desk.ask(
    '{ deliveryRetentionRuns { edges { node { recordClass erasedCount } } } }',
  );
  expect(data.deliveryRetentionRuns.edges).toContainEqual({
    node: { recordClass: 'CONVERSATION_ENTRY', erasedCount: expect.any(Number) },
  });
});

test('people who are found to be one have one conversation, in which both are read', async () => {
  const [kept, from] = await desk.newPerson();
  const [merged, other] = await desk.newPerson();
  await desk.person({ channel: 'SMS', from: other, text: 'From my second phone' });
  await desk.person({ channel: 'SMS', from, text: 'From my first' });
  await desk.person({ channel: 'RCS', from: other, text: 'By another channel' });
  const [, { id: emptied }] = await shown(merged);
  const { data } = await desk.people.ask(
    'recipients',
    `mutation ($kept: ID!, $merged: ID!) {
       mergeRecipients(input: { recipientId: $kept, mergedId: $merged }) { errors { __typename } } }`,
    { kept, merged },
  );
  expect(data.mergeRecipients.errors).toEqual([]);
  // What comes in before that was followed is the kept one's already.
  await desk.person({ channel: 'SMS', from: other, text: 'And once more' });
  await desk.peopleFollowed();
  const texts = (entries: { text: string }[]) => entries.map(({ text }) => text);
  const [rcs, sms] = await shown(kept);
  expect(texts(rcs.entries)).toEqual(['By another channel']);
  expect(texts(sms.entries)).toEqual(['From my second phone', 'From my first', 'And once more']);
  // They wait since the first word of both.
  expect([sms.state, sms.since]).toEqual(['AWAITING_AGENT', sms.entries[0].occurredAt]);
  expect(await shown(merged)).toMatchObject([
    { id: emptied, state: 'CLOSED', entries: [{ kind: 'CLOSED', actor: null }] },
  ]);
});
