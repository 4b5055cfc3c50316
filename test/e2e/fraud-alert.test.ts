// A fraud alert: by RCS and email at once, by SMS where one fails, and onto the follow-up list where all do.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { smtpVariables } from '../../simulator/variables.ts';
import { closedUrl } from '../support/answering-server.ts';
import { startParley, type Json, type Parley } from '../support/parley.ts';
import {
  approveTemplate,
  capabilityKnown,
  freshPhone,
  messageOnce,
  PAYMENT,
  recordConsent,
  registerRecipient,
  send,
} from '../support/story.ts';

const FRAUD = {
  ...PAYMENT,
  name: 'fraud_alert',
  type: 'ALERT',
  channels: ['RCS', 'EMAIL', 'SMS'],
  strategy: 'PARALLEL',
};
/** Long enough that both are handed over before one of them is delivered. */
const LATE = { receipts: [['delivered', 3_000]] };

interface Person {
  readonly phone: string;
  readonly email: string;
}

describe('a fraud alert', () => {
  let parley: Parley;
  let count = 0;

  beforeAll(async () => {
    const { port } = new URL(await closedUrl());
    parley = await startParley('apart', (carrier) => ({
      ...smtpVariables(carrier, Number(port)),
      SEND_LEASE_MS: '2500',
    }));
    await parley.carrier.control.setWebhooks({ smtp: `smtp://127.0.0.1:${port}` });
    await approveTemplate(parley, FRAUD);
  }, 60_000);
  afterAll(() => parley.stop(), 30_000);

  const alert = async (profile: Record<string, unknown>): Promise<Person & { id: string }> => {
    count += 1;
    const [phone, email] = [freshPhone(), `eve${count}@example.com`];
    const recipientId = await registerRecipient(parley, { phone, email, region: 'US' });
    await capabilityKnown(parley, recipientId);
    await recordConsent(parley, recipientId, { channels: ['RCS', 'EMAIL', 'SMS'] });
    for (const address of [phone, email]) parley.carrier.control.setProfile(address, profile);
    const { message, errors } = await send(parley, recipientId, { template: FRAUD.name });
    expect(errors).toEqual([]);
    return { id: message.id, phone, email };
  };
  /** What carriers took for this person, as their history tells it. */
  const accepted = async ({ phone, email }: Person): Promise<string[]> => {
    const lines = (await readFile(parley.historyPath, 'utf8').catch(() => '')).trim().split('\n');
    return lines
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Json)
      .filter(({ k, recipient }) => k === 'accept' && [phone, email].includes(recipient))
      .map(({ channel }) => channel as string)
      .toSorted();
  };
  const mailTo = async (email: string): Promise<string> => {
    for (;;) {
      const entries = parley.carrier.control.journal();
      const mail = entries.find(({ method, path }) => method === 'DATA' && path === email);
      if (mail !== undefined) return mail.body;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  };

  it('arrives by RCS and by email under one id, and the email names the primary channel', async () => {
    const { id, phone, email } = await alert({ rcs: LATE });
    const mail = await mailTo(email);
    expect(mail).toContain(`X-Canonical-ID: ${id}`);
    expect(mail).toContain('X-Primary-Channel: RCS');
    // Two parts answer one question, each as of its own moment.
    const message = await messageOnce(
      parley,
      id,
      ({ status, attempts }) => status === 'DELIVERED' && attempts[0].state === 'DELIVERED',
    );
    expect(message.attempts).toMatchObject([
      { channel: 'RCS', state: 'DELIVERED' },
      { channel: 'EMAIL', state: 'SENT' },
    ]);
    expect(parley.carrier.control.handset(phone)).toHaveLength(1);
    expect(await accepted({ phone, email })).toEqual(['EMAIL', 'RCS']);
  }, 30_000);

  it('goes on by SMS where RCS fails, beside the email', async () => {
    const { id, phone, email } = await alert({ rcs: { submit: ['fail:UNSUPPORTED'] }, sms: LATE });
    await mailTo(email);
    const message = await messageOnce(
      parley,
      id,
      ({ attempts }) => attempts[2]?.state === 'DELIVERED',
    );
    expect(message.attempts).toMatchObject([
      { channel: 'RCS', state: 'FAILED' },
      { channel: 'EMAIL', state: 'SENT' },
      { channel: 'SMS', state: 'DELIVERED', fallbackReason: 'PERMANENT_FAILURE' },
    ]);
    expect(parley.carrier.control.handset(phone)).toHaveLength(1);
    expect(await accepted({ phone, email })).toEqual(['EMAIL', 'SMS']);
  }, 30_000);

  it('is handed over by the next worker where one is killed between, and doubled on no way', async () => {
    const rcs = { submit: ['hangAfter', 'ok'], receipts: [['delivered', 6_000]] };
    const { id, phone, email } = await alert({ rcs });
    await mailTo(email);
    while (!(await accepted({ phone, email })).includes('RCS')) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await messageOnce(parley, id, ({ attempts }) => attempts[1]?.state === 'SENT');
    for (const worker of parley.workers()) await parley.kill(worker);
    await parley.run('workers');
    const message = await messageOnce(parley, id, ({ status }) => status === 'DELIVERED');
    expect(message.attempts).toMatchObject([{ channel: 'RCS', tries: 2 }, { channel: 'EMAIL' }]);
    expect(await accepted({ phone, email })).toEqual(['EMAIL', 'RCS']);
  }, 30_000);

  it('stands on the follow-up list when no way delivers, and arrives when it is sent again', async () => {
    const refusing = { submit: ['fail:INVALID_RECIPIENT'] };
    const { id, phone, email } = await alert({ rcs: refusing, sms: refusing, email: refusing });
    await messageOnce(parley, id, ({ status }) => status === 'UNDELIVERABLE');
    const listed = async (state: string): Promise<Json[]> => {
      const answer = await parley.ask(
        `query ($state: FollowUpState) { followUps(filter: { state: $state, template: "fraud_alert" }) {
           edges { node { reason resolution message { id attempts { channel state } resentAs { id } } } } } }`,
        { state },
      );
      return answer.data.followUps.edges.map(({ node }: Json) => node);
    };
    expect(await listed('OPEN')).toMatchObject([
      { reason: 'PERMANENT_FAILURE', message: { id, attempts: [{}, {}, { channel: 'SMS' }] } },
    ]);
    for (const address of [phone, email]) parley.carrier.control.removeProfile(address);
    const answer = await parley.ask(
      `mutation ($id: ID!) { resendMessage(input: { messageId: $id, idempotencyKey: "again" }) {
         message { id } errors { __typename ... on UserError { code message } } } }`,
      { id },
    );
    expect(answer.data.resendMessage.errors).toEqual([]);
    const again = answer.data.resendMessage.message.id as string;
    await messageOnce(parley, again, ({ status }) => status === 'DELIVERED');
    expect(await listed('OPEN')).toEqual([]);
    expect(await listed('RESOLVED')).toMatchObject([
      { resolution: 'RESENT', message: { id, resentAs: { id: again } } },
    ]);
  }, 30_000);
});
