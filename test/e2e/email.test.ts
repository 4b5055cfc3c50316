// Email through a running platform: sent to the mail server, and what a bounce of it leads to.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { smtpVariables } from '../../simulator/variables.ts';
import { closedUrl } from '../support/answering-server.ts';
import { startParley, type Json, type Parley, type Topology } from '../support/parley.ts';
import {
  approveTemplate,
  freshPhone,
  messageOnce,
  OFFER,
  PAYMENT,
  recordConsent,
  registerRecipient,
  send,
} from '../support/story.ts';

const topologies: Topology[] = ['together', 'apart'];
const BOTH = { ...PAYMENT, channels: ['EMAIL', 'SMS'] };

describe.each(topologies)('email, %s', (topology) => {
  let parley: Parley;
  let count = 0;

  beforeAll(async () => {
    const { port } = new URL(await closedUrl());
    parley = await startParley(topology, (carrier) => smtpVariables(carrier, Number(port)));
    await parley.carrier.control.setWebhooks({ smtp: `smtp://127.0.0.1:${port}` });
    await approveTemplate(parley, BOTH);
    await approveTemplate(parley, { ...OFFER, channels: ['EMAIL'] });
  }, 60_000);
  afterEach(() => parley.carrier.control.reset());
  afterAll(() => parley.stop(), 30_000);

  const newPerson = async (): Promise<{ id: string; phone: string; email: string }> => {
    count += 1;
    const [phone, email] = [freshPhone('0100'), `ada${count}@example.com`];
    const id = await registerRecipient(parley, { phone, email, locale: 'en', region: 'US' });
    await recordConsent(parley, id, { channels: ['EMAIL', 'SMS'] });
    return { id, phone, email };
  };
  const sent = async (recipientId: string): Promise<Json> => {
    const { message, errors } = await send(parley, recipientId);
    expect(errors).toEqual([]);
    return message;
  };

  it('goes to the mail server, with what is sensitive masked', async () => {
    const { id, email, phone } = await newPerson();
    const { id: messageId } = await sent(id);
    // Two parts answer one question, each as of its own moment.
    const isSent = ({ status, attempts }: Json): boolean =>
      status === 'SENT' && attempts[0]?.state === 'SENT';
    const message = await messageOnce(parley, messageId, isSent);
    expect(message.attempts).toMatchObject([{ channel: 'EMAIL', provider: 'smtp', state: 'SENT' }]);
    while (parley.carrier.control.handset(email).length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(parley.carrier.control.handset(email)).toMatchObject([
      { title: 'Payment confirmed', text: expect.stringContaining('$12.50 with card ****4242') },
    ]);
    expect(parley.carrier.control.handset(phone)).toEqual([]);
  });

  it('that bounces goes on by SMS at once', async () => {
    const { id, email, phone } = await newPerson();
    parley.carrier.control.setProfile(email, { receipts: [['failed:INVALID_RECIPIENT', 20]] });
    const { id: messageId } = await sent(id);
    const delivered = ({ attempts }: Json): boolean => attempts[1]?.state === 'DELIVERED';
    const message = await messageOnce(parley, messageId, delivered);
    expect(message.attempts).toMatchObject([
      { channel: 'EMAIL', state: 'FAILED', failureCode: 'INVALID_RECIPIENT' },
      { channel: 'SMS', state: 'DELIVERED', fallbackReason: 'PERMANENT_FAILURE' },
    ]);
    expect(parley.carrier.control.handset(phone)).toHaveLength(1);
  });

  it('is not tried again at an address that bounced, until the address is proven', async () => {
    const { id, email } = await newPerson();
    parley.carrier.control.setProfile(email, { email: { submit: ['fail:INVALID_RECIPIENT'] } });
    const { id: messageId } = await sent(id);
    await messageOnce(parley, messageId, ({ status }) => status === 'DELIVERED');
    const address = await bouncedAddress(id);
    parley.carrier.control.removeProfile(email);

    const second = await sent(id);
    const { candidates } = second.decision as { candidates: Json[] };
    expect(candidates.find(({ channel }) => channel === 'EMAIL')).toMatchObject({
      rank: null,
      reasons: ['ADDRESS_BOUNCED'],
    });
    expect(candidates[0]).toMatchObject({ channel: 'SMS', rank: 1 });

    await parley.ask(
      `mutation ($input: VerifyAddressInput!) { verifyAddress(input: $input) { errors { __typename } } }`,
      { input: { addressId: address, method: 'LINK' } },
    );
    const third = await sent(id);
    expect(third.decision.candidates[0]).toMatchObject({ channel: 'EMAIL', rank: 1 });
  });

  it('ends with one click, and the next one is not sent', async () => {
    const { id, email } = await newPerson();
    await recordConsent(parley, id, { purpose: 'MARKETING', channels: ['EMAIL'] });
    const offer = { template: OFFER.name, variables: [] };
    const { errors } = await send(parley, id, offer);
    expect(errors).toEqual([]);
    const mail = await mailTo(email);
    const link =
      /List-Unsubscribe: *<([^>]+)>/.exec(mail.replaceAll(/\r\n[ \t]+/g, ' '))?.[1] ?? '';
    expect(mail).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
    const { pathname } = new URL(link);
    const clicked = await fetch(`${parley.urlOf('consent')}${pathname}`, {
      method: 'POST',
      body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
    });
    expect(clicked.status).toBe(200);
    const refused = await send(parley, id, offer);
    expect(refused.errors).toMatchObject([
      {
        decision: {
          candidates: expect.arrayContaining([
            expect.objectContaining({ channel: 'EMAIL', reasons: ['CONSENT_WITHDRAWN'] }),
          ]),
        },
      },
    ]);
  });

  async function bouncedAddress(recipientId: string): Promise<string> {
    for (;;) {
      const answer = await parley.ask(
        `query ($id: ID!) { recipient(id: $id) { addresses { id bouncedAt } } }`,
        { id: recipientId },
      );
      const { addresses } = answer.data.recipient as {
        addresses: { id: string; bouncedAt: string | null }[];
      };
      const bounced = addresses.find(({ bouncedAt }) => bouncedAt !== null);
      if (bounced !== undefined) return bounced.id;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }

  /** As it came to the mail server. */
  async function mailTo(email: string): Promise<string> {
    for (;;) {
      const entries = parley.carrier.control.journal();
      const mail = entries.find(({ method, path }) => method === 'DATA' && path === email);
      if (mail !== undefined) return mail.body;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
});
