// A person writes STOP: no marketing leaves the platform any more, and what they asked for still does.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startParley, type Parley, type Topology } from '../support/parley.ts';
import {
  approveTemplate,
  capabilityKnown,
  freshPhone,
  messageOnce,
  OFFER,
  recordConsent,
  registerRecipient,
  send,
} from '../support/story.ts';

const topologies: Topology[] = ['together', 'apart'];

describe.each(topologies)('a STOP, %s', (topology) => {
  let parley: Parley;

  beforeAll(async () => {
    parley = await startParley(topology);
    await approveTemplate(parley);
    await approveTemplate(parley, OFFER);
  }, 60_000);

  afterAll(() => parley.stop(), 30_000);

  const newPerson = async (): Promise<[string, string]> => {
    const phone = freshPhone('0100');
    const id = await registerRecipient(parley, { phone, locale: 'en', region: 'US' });
    await capabilityKnown(parley, id);
    await recordConsent(parley, id);
    await recordConsent(parley, id, { purpose: 'MARKETING' });
    return [id, phone];
  };

  const offer = (recipientId: string) =>
    send(parley, recipientId, { template: OFFER.name, variables: [] });

  /** Waits until the gate says so for marketing on every channel of the phone. */
  const marketing = async (recipientId: string, allowed: boolean): Promise<void> => {
    const batch = ['RCS', 'SMS'].map((channel) => {
      return { recipientId, purpose: 'MARKETING', channel };
    });
    for (;;) {
      const { data } = await parley.ask(
        'query ($batch: [ConsentQuestionInput!]!) { consentDecisions(batch: $batch) { allowed } }',
        { batch },
      );
      const answers = data.consentDecisions as { allowed: boolean }[];
      if (answers.every((answer) => answer.allowed === allowed)) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  it('refuses the next offer and lets the receipt of a payment through, until START', async () => {
    const [id, from] = await newPerson();
    const first = await offer(id);
    expect(first.errors).toEqual([]);
    await messageOnce(parley, first.message.id, ({ status }) => status === 'DELIVERED');

    parley.carrier.control.inbound({ channel: 'SMS', from, text: 'Stop!' });
    await marketing(id, false);
    const refused = await offer(id);
    expect(refused).toMatchObject({
      message: null,
      errors: [{ __typename: 'ConsentRefused', code: 'CONSENT_REFUSED' }],
    });
    const receipt = await send(parley, id);
    expect(receipt.errors).toEqual([]);
    await messageOnce(parley, receipt.message.id, ({ status }) => status === 'DELIVERED');

    parley.carrier.control.inbound({ channel: 'SMS', from, text: 'START' });
    await marketing(id, true);
    expect((await offer(id)).errors).toEqual([]);
  }, 60_000);

  it('stops an offer that was accepted before it and is not yet sent', async () => {
    const [id, from] = await newPerson();
    const { control } = parley.carrier;
    control.setProfile(from, { submit: ['503'] });
    const accepted = await offer(id);
    expect(accepted.errors).toEqual([]);
    control.inbound({ channel: 'RCS', from, event: 'UNSUBSCRIBE' });
    await marketing(id, false);
    control.setProfile(from, { submit: ['ok'] });
    const ended = await messageOnce(
      parley,
      accepted.message.id,
      ({ endReason }) => endReason !== null,
    );
    expect(ended).toMatchObject({ sentAt: null, deliveredAt: null });
    expect(control.handset(from)).toEqual([]);
  }, 60_000);
});
