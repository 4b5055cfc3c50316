// Messages for later, messages by the hundred, and messages that are taken back: through the door, with real carriers.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startParley, type Json, type Parley } from '../support/parley.ts';
import {
  approveTemplate,
  capabilityKnown,
  ERRORS,
  freshPhone,
  messageOnce,
  PAYMENT,
  recordConsent,
  registerRecipient,
  send,
} from '../support/story.ts';

const HOUR = 3_600_000;
const later = (ms: number): string => new Date(Date.now() + ms).toISOString();

describe('the engine', () => {
  let parley: Parley;
  let recipientId: string;

  beforeAll(async () => {
    parley = await startParley('together');
    await approveTemplate(parley);
    recipientId = await registerRecipient(parley, { phone: freshPhone(), timeZone: null });
    await capabilityKnown(parley, recipientId);
    await recordConsent(parley, recipientId);
  }, 60_000);

  afterAll(() => parley.stop(), 30_000);

  const cancel = async (messageId: string, token?: string): Promise<Json> => {
    const mutation = `mutation ($input: CancelMessageInput!) { cancelMessage(input: $input) {
      message { id status } replayed ${ERRORS} } }`;
    return (await parley.ask(mutation, { input: { messageId } }, token)).data.cancelMessage;
  };
  const accepted = async (): Promise<readonly Json[]> => {
    const lines = (await readFile(parley.historyPath, 'utf8')).split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line)).filter(({ k }) => k === 'accept');
  };

  it('sends a scheduled message not before its time', async () => {
    const sendAt = Date.now() + 1_500;
    const { message, errors } = await send(parley, recipientId, {
      sendAt: new Date(sendAt).toISOString(),
    });
    expect(errors).toEqual([]);
    await messageOnce(parley, message.id, ({ status }) => ['DELIVERED', 'READ'].includes(status));
    const [first] = (await accepted()).filter(({ t }) => t >= sendAt - 1_500);
    expect(first.t).toBeGreaterThanOrEqual(sendAt);
  });

  it('takes a time of day where the recipient lives, and refuses it where nobody knows where', async () => {
    const zoned = await registerRecipient(parley, {
      phone: freshPhone(),
      timeZone: 'Asia/Kathmandu',
    });
    await recordConsent(parley, zoned);
    await capabilityKnown(parley, zoned);
    const day = new Date(Date.now() + 48 * HOUR).toISOString().slice(0, 10);
    const { message } = await send(parley, zoned, { sendAtLocal: `${day}T09:00` });
    const query = 'query ($id: ID!) { message(id: $id) { sendAt status } }';
    const answer = await parley.ask(query, { id: message.id });
    expect(answer.data.message).toEqual({ sendAt: `${day}T03:15:00.000Z`, status: 'ACCEPTED' });
    const unknown = await send(parley, recipientId, { sendAtLocal: `${day}T09:00` });
    expect(unknown.errors).toMatchObject([{ code: 'INVALID_INPUT', path: ['sendAtLocal'] }]);
  });

  it('cancels what nobody has begun to send, once', async () => {
    const before = (await accepted()).length;
    const { message } = await send(parley, recipientId, { sendAt: later(HOUR) });
    const first = await cancel(message.id);
    expect(first).toMatchObject({ replayed: false, errors: [], message: { id: message.id } });
    const ended = await messageOnce(parley, message.id, ({ status }) => status === 'CANCELLED');
    expect(ended).toMatchObject({ endReason: 'CANCELLED', attempts: [{ state: 'SKIPPED' }] });
    expect(await cancel(message.id)).toMatchObject({ replayed: true, errors: [] });
    expect(await accepted()).toHaveLength(before);
  });

  it('does not cancel what a provider has, what there is not, and what is another tenant’s', async () => {
    const { message } = await send(parley, recipientId);
    await messageOnce(parley, message.id, ({ status }) => ['DELIVERED', 'READ'].includes(status));
    expect((await cancel(message.id)).errors).toMatchObject([{ code: 'WRONG_STATE' }]);
    const waiting = await send(parley, recipientId, { sendAt: later(HOUR) });
    const stranger = await parley.token({ tenant: 'globex' });
    const notFound = [{ code: 'NOT_FOUND', path: ['messageId'] }];
    expect((await cancel(waiting.message.id, stranger)).errors).toMatchObject(notFound);
    expect((await cancel('msg_nothing')).errors).toMatchObject(notFound);
    expect((await cancel(waiting.message.id)).errors).toEqual([]);
  });

  it('takes many messages at once, each with its own result', async () => {
    const variables = [
      { name: 'amount', value: '$1' },
      { name: 'card', value: '4242' },
    ];
    const one = { recipientId, template: PAYMENT.name, variables, sendAt: later(HOUR) };
    const messages = Array.from({ length: 300 }, (_, index) => ({
      ...one,
      idempotencyKey: `batch-${index >= 100 && index < 110 ? index - 100 : index}`,
      ...(index === 7 ? { template: 'nothing' } : {}),
      ...(index === 11 ? { recipientId: 'rcp_nothing' } : {}),
      ...(index === 13 ? { variables: [] } : {}),
    }));
    const mutation = `mutation ($input: SendMessagesInput!) { sendMessages(input: $input) {
      results { replayed message { id } errors { __typename ... on UserError { code path } } } ${ERRORS} } }`;
    const { sendMessages } = (await parley.ask(mutation, { input: { messages } })).data;
    expect(sendMessages.errors).toEqual([]);
    const codes = sendMessages.results.map((result: Json) => result.errors[0]?.code ?? null);
    expect(codes).toHaveLength(300);
    expect([codes[7], codes[11], codes[13]]).toEqual([
      'TEMPLATE_NOT_APPROVED',
      'NOT_FOUND',
      'VARIABLES_INVALID',
    ]);
    expect(codes.filter((code: string | null) => code !== null)).toHaveLength(3);
    const ids = sendMessages.results.map((result: Json) => result.message?.id ?? null);
    // Keys 0 to 9 come twice in one turn; the one that was refused the first time is new the second time.
    expect(new Set(ids.filter(Boolean)).size).toBe(290 - 2);
    expect(sendMessages.results.filter((result: Json) => result.replayed)).toHaveLength(9);
    const none = (await parley.ask(mutation, { input: { messages: [] } })).data.sendMessages;
    expect(none).toMatchObject({ results: [], errors: [{ code: 'INVALID_INPUT' }] });
  });
});
