// Messages that go several ways at once, on a real database: tasks of their own, one delivery, fallbacks, twins and races.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Outbound, SendOutcome } from '../../providers/provider.ts';
import type { Channel } from '../../schema/vocabulary.ts';
import { placeOf, report } from '../support/follow-ups.ts';
import {
  ACCEPTED,
  keyOf,
  scripted,
  startSending,
  type ScriptedProvider,
  type Sending,
} from '../support/sending.ts';

const UNSUPPORTED: SendOutcome = {
  kind: 'refused',
  code: 'UNSUPPORTED',
  providerCode: '404',
  retryAfterMs: null,
};
const handed: Outbound[] = [];
const carrier = (id: string, channel: Channel, reportsDeliveries = true): ScriptedProvider => {
  const provider: ScriptedProvider = {
    ...scripted(id, channel),
    reportsDeliveries,
    send: (outbound) => {
      handed.push(outbound);
      return Promise.resolve(provider.answer);
    },
  };
  return provider;
};
const rcs = carrier('rcs-carrier', 'RCS');
const mail = carrier('mail-server', 'EMAIL', false);
const sms = carrier('sms-carrier', 'SMS');
const all = [rcs, mail, sms];

let sending: Sending;
beforeAll(async () => {
  sending = await startSending(all);
  const { createTemplate } = await sending.ask(
    `mutation ($input: CreateTemplateInput!) { createTemplate(input: $input) {
       template { id strategy parallelChannels } errors { __typename } } }`,
    {
      input: {
        name: 'fraud',
        type: 'ALERT',
        purpose: 'TRANSACTIONAL',
        sensitivity: 'LOW',
        channels: ['RCS', 'EMAIL', 'SMS'],
        strategy: 'PARALLEL',
        locales: [{ locale: 'en', body: 'Was this you?', neutralText: 'A message.' }],
      },
    },
  );
  for (const move of ['submitTemplate', 'approveTemplate']) {
    await sending.ask(
      `mutation ($input: MoveTemplateInput!) { ${move}(input: $input) { errors { __typename } } }`,
      { input: { templateId: createTemplate.template.id } },
    );
  }
});
afterAll(() => sending.close());
beforeEach(async () => {
  handed.length = 0;
  for (const provider of all) provider.answer = ACCEPTED;
  await sending.people.sql('delete from messages.task');
  await sending.people.sql('delete from messages.lane');
});

const attemptsOf = async (id: string): Promise<string[]> => {
  const { message } = await sending.ask(
    `query ($id: ID!) { message(id: $id) { attempts { line channel state } } }`,
    { id },
  );
  return message.attempts.map(
    ({ line, channel, state }: Record<string, unknown>) => `${line} ${channel} ${state}`,
  );
};
const tasks = () =>
  sending.people.sql<{ key: string; lane: string }>(
    'select key, lane from messages.task order by key',
  );
const alert = async (): Promise<string> => (await sending.send('fraud', 1))[0] ?? '';
/** Rounds of fresh workers, side by side. */
const work = (...providers: ScriptedProvider[]) =>
  Promise.all(providers.map((provider) => sending.worker().round(provider)));

describe('an alert', () => {
  it('goes out by its two best channels at once, under one id, with the primary one named', async () => {
    const id = await alert();
    expect(await tasks()).toEqual([
      { key: keyOf(id), lane: rcs.id },
      { key: `${keyOf(id)}/2`, lane: mail.id },
    ]);
    const { message } = await sending.ask(
      `query ($id: ID!) { message(id: $id) { template { strategy parallelChannels } decision {
         strategy lineCount primaryChannel candidates { channel rank } } } }`,
      { id },
    );
    expect(message.template).toEqual({ strategy: 'PARALLEL', parallelChannels: null });
    expect(message.decision).toMatchObject({
      strategy: 'PARALLEL',
      lineCount: 2,
      primaryChannel: 'RCS',
    });
    await work(rcs, mail, sms);
    expect(await attemptsOf(id)).toEqual(['1 RCS SENT', '2 EMAIL SENT']);
    expect(handed.map(({ messageId, primaryChannel }) => [messageId, primaryChannel])).toEqual([
      [id, 'RCS'],
      [id, 'RCS'],
    ]);
  });

  it('falls back by SMS when one way fails, and the other goes on', async () => {
    rcs.answer = UNSUPPORTED;
    const id = await alert();
    await work(rcs, mail);
    await work(sms);
    expect(await attemptsOf(id)).toEqual(['1 RCS FAILED', '2 EMAIL SENT', '1 SMS SENT']);
    await report(sending, id, 'DELIVERED');
    expect(await attemptsOf(id)).toEqual(['1 RCS FAILED', '2 EMAIL SENT', '1 SMS DELIVERED']);
    expect((await sending.message(id)).endReason).toBeNull();
  });

  it('is over when it is delivered: what has not begun is skipped, and its task settles itself', async () => {
    const id = await alert();
    await work(rcs);
    const [{ id: first } = { id: '' }] = await sending.people.sql<{ id: string }>(
      `select id from messages.attempt where message_id = $1 and line = 1`,
      [keyOf(id)],
    );
    await report(sending, id, 'READ', first);
    expect(await attemptsOf(id)).toEqual(['1 RCS READ', '2 EMAIL SKIPPED']);
    expect(await tasks()).toEqual([{ key: `${keyOf(id)}/2`, lane: mail.id }]);
    await work(mail);
    expect(await tasks()).toEqual([]);
    expect(handed).toHaveLength(1);
  });

  it('comes onto the follow-up list when no way is left, once', async () => {
    for (const provider of all) provider.answer = UNSUPPORTED;
    const id = await alert();
    await work(rcs, mail);
    await work(sms);
    // The line that fails first takes the way that is left.
    const last = expect.stringMatching(/^[12] SMS FAILED$/);
    expect(await attemptsOf(id)).toEqual(['1 RCS FAILED', '2 EMAIL FAILED', last]);
    expect(await placeOf(sending, id)).toMatchObject({
      endReason: 'PERMANENT_FAILURE',
      followUp: { state: 'OPEN', reason: 'PERMANENT_FAILURE' },
    });
    expect(await tasks()).toEqual([]);
  });

  it('is cancelled as a whole before it begins, and not after', async () => {
    const cancel = async (id: string) => {
      const { cancelMessage } = await sending.ask(
        `mutation ($id: ID!) { cancelMessage(input: { messageId: $id }) { errors { __typename } } }`,
        { id },
      );
      return cancelMessage.errors.length === 0;
    };
    const id = await alert();
    expect(await cancel(id)).toBe(true);
    expect(await attemptsOf(id)).toEqual(['1 RCS SKIPPED', '2 EMAIL SKIPPED']);
    await work(mail);
    expect(handed).toEqual([]);
    const begun = await alert();
    await work(mail);
    expect(await cancel(begun)).toBe(false);
  });

  it('is one message for twins', async () => {
    const input = {
      idempotencyKey: randomUUID(),
      recipientId: await sending.newRecipient(),
      template: 'fraud',
    };
    const send = () =>
      sending.ask(
        `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }`,
        { input },
      );
    const twins = await Promise.all(Array.from({ length: 20 }, send));
    expect(new Set(twins.map(({ sendMessage }) => sendMessage.message.id)).size).toBe(1);
    await work(rcs, mail, sms);
    expect(handed).toHaveLength(2);
  });

  it('is handed over again by another worker when the first one dies, on that line alone', async () => {
    const id = await alert();
    await work(mail);
    const died = sending.worker();
    rcs.answer = new Promise<SendOutcome>(() => undefined);
    void died.round(rcs);
    while (handed.length < 2) await new Promise((resume) => setTimeout(resume, 5));
    rcs.answer = ACCEPTED;
    await sending.people.sql('update messages.task set due_at = now() where lane = $1', [rcs.id]);
    await work(rcs, mail);
    const ofRcs = handed.filter(({ content }) => content.channel === 'RCS');
    expect(new Set(ofRcs.map(({ attemptId }) => attemptId)).size).toBe(1);
    expect(handed.map(({ content }) => content.channel)).toEqual(['EMAIL', 'RCS', 'RCS']);
    expect(await attemptsOf(id)).toEqual(['1 RCS SENT', '2 EMAIL SENT']);
  });

  it('races its own lines without waiting in a circle', async () => {
    const ids = await sending.send('fraud', 20);
    for (const provider of [rcs, mail]) provider.answer = UNSUPPORTED;
    await work(rcs, mail, rcs, mail, sms);
    await work(sms);
    for (const id of ids) expect((await attemptsOf(id)).at(-1)).toMatch(/^[12] SMS SENT$/);
    expect(handed).toHaveLength(60);
    expect(sending.lines().filter(({ msg }) => msg === 'outcome not recorded')).toEqual([]);
  });
});
