// A person disputes a charge with a tap on the card: an agent sees who waits and for what, answers, and closes.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startParley, type Json, type Parley, type Topology } from '../support/parley.ts';
import {
  approveTemplate,
  capabilityKnown,
  eventsUntil,
  freshPhone,
  messageOnce,
  recordConsent,
  registerRecipient,
  send,
} from '../support/story.ts';

const topologies: Topology[] = ['together', 'apart'];
const COMMON = { purpose: 'TRANSACTIONAL', sensitivity: 'LOW', channels: ['RCS'], variables: [] };
const CHARGE = {
  ...COMMON,
  name: 'charge_alert',
  type: 'ALERT',
  locales: [
    {
      locale: 'en',
      title: 'Card payment',
      body: 'Your card was charged in a shop far away.',
      neutralText: 'Acme Bank has a secure message for you.',
      actions: [
        { id: 'dispute', label: 'Dispute charge' },
        { id: 'known', label: 'That was me' },
      ],
    },
  ],
};
const ANSWER = {
  ...COMMON,
  name: 'dispute_opened',
  type: 'SUPPORT',
  locales: [
    {
      locale: 'en',
      body: 'We have blocked the card and look into it.',
      neutralText: 'Acme Bank has a secure message for you.',
      actions: [],
    },
  ],
};

const CHANGES = `subscription ($filter: ConversationChangeFilter, $after: String) {
  conversationChanged(filter: $filter, after: $after) { ... on ConversationChange {
    cursor state conversation { id state recipient { id } }
    entry { kind actionId message { id } text(reason: "dispute") } } } }`;

describe.each(topologies)('a dispute, %s', (topology) => {
  let parley: Parley;

  beforeAll(async () => {
    parley = await startParley(topology);
    await approveTemplate(parley, CHARGE);
    await approveTemplate(parley, ANSWER);
  }, 60_000);
  afterAll(() => parley.stop(), 30_000);

  /** The next change with the person after the cursor. */
  const changeAfter = async (recipientId: string, after: string | undefined): Promise<Json> => {
    const client = await parley.sockets();
    const variables = { filter: { recipientIds: [recipientId] }, after };
    for await (const { data, errors } of client.iterate({ query: CHANGES, variables })) {
      if (errors !== undefined) throw new Error(JSON.stringify(errors));
      return data?.['conversationChanged'];
    }
    throw new Error('the stream ended');
  };

  it('is a tap that waits, an answer, and an end', async () => {
    const phone = freshPhone('0100');
    const recipientId = await registerRecipient(parley, { phone, locale: 'en', region: 'US' });
    await capabilityKnown(parley, recipientId);
    await recordConsent(parley, recipientId);

    const delivered = eventsUntil(
      parley,
      { filter: { recipientIds: [recipientId] } },
      ({ type }) => type === 'DELIVERED',
    );
    const alert = await send(parley, recipientId, { template: CHARGE.name, variables: [] });
    expect(alert.errors).toEqual([]);
    const canonicalId = alert.message.id as string;
    const { cursor } = (await delivered).at(-1) ?? {};

    // The person taps what the phone shows.
    const [card] = parley.carrier.control.handset(phone);
    const shown = card?.suggestions.find(({ label }) => label === 'Dispute charge');
    expect(shown?.postback).toContain(canonicalId);
    const suggestion = { postbackData: shown?.postback, text: shown?.label };
    parley.carrier.control.inbound({ channel: 'RCS', from: phone, suggestion });

    const tapped = await changeAfter(recipientId, cursor);
    expect(tapped).toMatchObject({
      state: 'AWAITING_AGENT',
      conversation: { recipient: { id: recipientId } },
      entry: { kind: 'TAP', actionId: 'dispute', message: { id: canonicalId }, text: null },
    });
    const replied = await messageOnce(parley, canonicalId, ({ timeline }) =>
      timeline.some(({ type }: Json) => type === 'REPLIED'),
    );
    expect(replied.status).toBe('READ');
    const { data } = await parley.ask(
      `query ($id: ID!) {
         conversations(filter: { state: AWAITING_AGENT }) { edges { node { recipient { id locale } } } }
         message(id: $id) { replies { actionId conversation { id } } } }`,
      { id: canonicalId },
    );
    expect(data.conversations.edges).toEqual([
      { node: { recipient: { id: recipientId, locale: 'en' } } },
    ]);
    const conversationId = tapped.conversation.id as string;
    expect(data.message.replies).toEqual([
      { actionId: 'dispute', conversation: { id: conversationId } },
    ]);

    const answer = await send(parley, recipientId, { template: ANSWER.name, variables: [] });
    expect(answer.errors).toEqual([]);
    const answered = await changeAfter(recipientId, tapped.cursor);
    expect(answered).toMatchObject({
      state: 'OPEN',
      entry: { kind: 'MESSAGE', message: { id: answer.message.id } },
    });

    const closed = await parley.ask(
      `mutation ($input: CloseConversationInput!) { closeConversation(input: $input) {
         conversation { state } errors { __typename } } }`,
      { input: { conversationId } },
    );
    expect(closed.data.closeConversation).toEqual({
      conversation: { state: 'CLOSED' },
      errors: [],
    });
    const ended = await changeAfter(recipientId, answered.cursor);
    expect(ended).toMatchObject({ state: 'CLOSED', entry: { kind: 'CLOSED' } });

    // The person writes once more, in their own words: only the process that may read them can.
    parley.carrier.control.inbound({ channel: 'RCS', from: phone, text: 'One more thing' });
    expect(await changeAfter(recipientId, ended.cursor)).toMatchObject({
      state: 'AWAITING_AGENT',
      conversation: { id: conversationId },
      entry: { kind: 'TEXT', message: { id: answer.message.id }, text: 'One more thing' },
    });
  }, 60_000);
});
