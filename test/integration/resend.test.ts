// Sending a message of the follow-up list again, on a real database: one new message, decided anew, or a typed refusal.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Outbound, SendOutcome } from '../../providers/provider.ts';
import { placeOf, report, resend, resolve } from '../support/follow-ups.ts';
import type { Answer } from '../support/people.ts';
import { ACCEPTED, scripted, startSending, type Sending } from '../support/sending.ts';

const UNSUPPORTED: SendOutcome = {
  kind: 'refused',
  code: 'UNSUPPORTED',
  providerCode: '404',
  retryAfterMs: null,
};
const handed: Outbound[] = [];
const rcs = {
  ...scripted('rcs-carrier', 'RCS'),
  send: (outbound: Outbound): Promise<SendOutcome> => {
    handed.push(outbound);
    return Promise.resolve(rcs.answer);
  },
};

let sending: Sending;
beforeAll(async () => {
  sending = await startSending([rcs]);
  await approved('Your table is {{table}}.');
});
afterAll(() => sending.close());
beforeEach(async () => {
  rcs.answer = ACCEPTED;
  handed.length = 0;
  await sending.people.sql('delete from messages.task');
  await sending.people.sql('delete from messages.lane');
});

async function approved(body: string, more: object = {}): Promise<string> {
  const { createTemplate } = await sending.ask(
    `mutation ($input: CreateTemplateInput!) { createTemplate(input: $input) { template { id } } }`,
    {
      input: {
        name: 'table',
        type: 'RECEIPT',
        purpose: 'TRANSACTIONAL',
        sensitivity: 'LOW',
        channels: ['RCS'],
        variables: [{ name: 'table' }],
        locales: [{ locale: 'en', body, neutralText: 'News.' }],
        ...more,
      },
    },
  );
  const { id } = createTemplate.template;
  for (const move of ['submitTemplate', 'approveTemplate']) await moved(move, id);
  return id as string;
}
const moved = (move: string, id: string, more: object = {}) =>
  sending.ask(
    `mutation ($input: MoveTemplateInput!) { ${move}(input: $input) { errors { __typename } } }`,
    { input: { templateId: id, ...more } },
  );

/** A message that no route could deliver. */
async function failed(template = 'table'): Promise<{ id: string; recipientId: string }> {
  rcs.answer = UNSUPPORTED;
  const [other = ''] = await sending.send('only', 1);
  const recipientId = await recipientOf(other);
  const { sendMessage } = await sending.ask(
    `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }`,
    {
      input: {
        idempotencyKey: randomUUID(),
        recipientId,
        template,
        variables: [{ name: 'table', value: '7' }],
        reference: 'booking:1',
        locale: 'de',
      },
    },
  );
  await sending.worker().round(rcs);
  rcs.answer = ACCEPTED;
  handed.length = 0;
  return { id: sendMessage.message.id, recipientId };
}
async function recipientOf(id: string): Promise<string> {
  const { message } = await sending.ask(
    `query ($id: ID!) { message(id: $id) { recipient { id } } }`,
    { id },
  );
  return message.recipient.id as string;
}
const codes = (answer: Answer['data']): string[] =>
  answer.errors.map(({ code }: { code: string }) => code);

describe('a message that is sent again', () => {
  it('is a new one with the same version, values, reference and locale, and resolves its item', async () => {
    const { id } = await failed();
    await approved('Table {{table}} it is.');
    const { message, replayed, errors } = await resend(sending, id);
    expect({ replayed, errors }).toEqual({ replayed: false, errors: [] });
    expect(message).toMatchObject({ reference: 'booking:1', resendOf: { id } });
    expect(message.id).not.toBe(id);
    expect(await placeOf(sending, message.id)).toMatchObject({
      locale: 'de',
      template: { name: 'table', version: 1 },
      followUp: null,
      resentAs: null,
    });
    expect(await placeOf(sending, id)).toMatchObject({
      resentAs: { id: message.id },
      resendOf: null,
      followUp: { state: 'RESOLVED', resolution: 'RESENT', resolvedBy: 'service:test' },
    });
    await sending.worker().round(rcs);
    expect(handed.map(({ messageId }) => messageId)).toEqual([message.id]);
    expect(JSON.stringify(handed[0]?.content)).toContain('Your table is 7.');
  });

  it('is one message for one key, also of twins, and one message for many keys', async () => {
    const { id } = await failed();
    const twins = await Promise.all(Array.from({ length: 10 }, () => resend(sending, id, 'again')));
    expect(new Set(twins.map(({ message }) => message.id)).size).toBe(1);
    expect(twins.filter(({ replayed }) => !replayed)).toHaveLength(1);
    const { id: second } = await failed();
    const many = await Promise.all(Array.from({ length: 10 }, () => resend(sending, second)));
    expect(many.filter(({ message }) => message !== null)).toHaveLength(1);
    const refused = many.filter(({ message }) => message === null);
    expect(new Set(refused.flatMap(codes))).toEqual(new Set(['WRONG_STATE']));
  });

  it('is refused under a key that named something else', async () => {
    const { id } = await failed();
    await resend(sending, id, 'mine');
    const { id: second } = await failed();
    expect(codes(await resend(sending, second, 'mine'))).toEqual(['IDEMPOTENCY_KEY_REUSED']);
    expect(codes(await resend(sending, second, ''))).toEqual(['INVALID_INPUT']);
    expect((await placeOf(sending, second)).followUp.state).toBe('OPEN');
  });
});

describe('a message is not sent again', () => {
  it('that has not ended, or ended as it was meant to', async () => {
    const [active = ''] = await sending.send('only', 1);
    expect(codes(await resend(sending, active))).toEqual(['WRONG_STATE']);
    await sending.ask(
      `mutation ($id: ID!) { cancelMessage(input: { messageId: $id }) { errors { __typename } } }`,
      { id: active },
    );
    expect(codes(await resend(sending, active))).toEqual(['WRONG_STATE']);
  });

  it('that arrived after all, or that somebody dealt with', async () => {
    const { id } = await failed();
    await report(sending, id, 'DELIVERED');
    expect(codes(await resend(sending, id))).toEqual(['WRONG_STATE']);
    const { id: handled } = await failed();
    const { followUp } = await placeOf(sending, handled);
    await resolve(sending, { ids: [followUp.id] });
    expect(codes(await resend(sending, handled))).toEqual(['WRONG_STATE']);
  });

  it('that another tenant owns, or nobody', async () => {
    const { id } = await failed();
    const other = { tenantId: 'other', scopes: ['followups:write', 'messages:send'] };
    expect(codes(await resend(sending, id, 'k', other))).toEqual(['NOT_FOUND']);
    expect(codes(await resend(sending, 'no id'))).toEqual(['NOT_FOUND']);
    expect((await placeOf(sending, id)).followUp.state).toBe('OPEN');
  });

  it('to somebody who permits it no more; it stays on the list', async () => {
    const { id, recipientId } = await failed();
    await sending.people.ask(
      'consent',
      `mutation ($input: WithdrawConsentInput!) { withdrawConsent(input: $input) { errors { __typename } } }`,
      {
        input: {
          recipientId,
          purpose: 'TRANSACTIONAL',
          channels: ['RCS'],
          jurisdiction: 'US',
          method: 'FORM',
          policyVersion: '1',
          source: 'WEB',
        },
      },
    );
    const refused = await resend(sending, id);
    expect(refused.errors).toMatchObject([{ code: 'CONSENT_REFUSED', path: ['messageId'] }]);
    expect((await placeOf(sending, id)).followUp.state).toBe('OPEN');
    expect(handed).toEqual([]);
  });

  it('to somebody who was erased', async () => {
    const { id, recipientId } = await failed();
    const { errors } = await sending.people.ask(
      'recipients',
      `mutation ($id: ID!) { eraseRecipient(input: { recipientId: $id, reason: "asked" }) { errors { __typename } } }`,
      { id: recipientId },
    );
    expect(errors).toBeUndefined();
    expect(codes(await resend(sending, id))).toEqual(['NOT_FOUND']);
  });

  it('by a version that is retired', async () => {
    const templateId = await approved('Table {{table}}.', { name: 'old_table' });
    const { id } = await failed('old_table');
    await moved('retireTemplate', templateId, { reason: 'Rewritten.' });
    expect(codes(await resend(sending, id))).toEqual(['TEMPLATE_NOT_APPROVED']);
  });

  it('when it carried a code: codes are issued anew', async () => {
    await approved('{{table}} is the code.', { name: 'code_table', type: 'OTP' });
    const { id } = await failed('code_table');
    expect(codes(await resend(sending, id))).toEqual(['WRONG_STATE']);
  });
});
