// Apple Messages through a running platform: to whom wrote once, around whom cannot be reached, and STOP.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { appleVariables } from '../../simulator/variables.ts';
import { addAppleId } from '../support/reach.ts';
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
const BOTH = { ...PAYMENT, sensitivity: 'LOW', channels: ['IMESSAGE', 'SMS'] };

describe.each(topologies)('iMessage, %s', (topology) => {
  let parley: Parley;
  let count = 0;

  beforeAll(async () => {
    parley = await startParley(topology, appleVariables);
    const apple = `${parley.urlOf('delivery')}/callbacks/apple-messages`;
    await parley.carrier.control.setWebhooks({ apple });
    await approveTemplate(parley, BOTH);
    await approveTemplate(parley, { ...OFFER, channels: ['IMESSAGE'] });
  }, 60_000);
  afterEach(() => parley.carrier.control.reset());
  afterAll(() => parley.stop(), 30_000);

  const newPerson = async (): Promise<{ id: string; phone: string; appleId: string }> => {
    count += 1;
    const phone = freshPhone('0100');
    const appleId = `urn:mbid:AQAA/${topology}+${count}=`;
    const id = await registerRecipient(parley, { phone, locale: 'en', region: 'US' });
    await addAppleId(parley, id, appleId);
    await recordConsent(parley, id, { channels: ['IMESSAGE', 'SMS'] });
    return { id, phone, appleId };
  };
  const sent = async (recipientId: string): Promise<Json> => {
    const { message, errors } = await send(parley, recipientId);
    expect(errors).toEqual([]);
    return message;
  };
  const delivered = ({ status, attempts }: Json): boolean =>
    status === 'DELIVERED' && attempts.at(-1).state === 'DELIVERED';

  it('reaches a person who wrote once, with what is sensitive masked', async () => {
    const { id, appleId, phone } = await newPerson();
    const { id: messageId } = await sent(id);
    const message = await messageOnce(parley, messageId, delivered);
    expect(message.attempts).toMatchObject([{ channel: 'IMESSAGE', provider: 'apple-messages' }]);
    const [shown] = parley.carrier.control.handset(appleId);
    expect(shown?.text).toContain('You paid $12.50 with card ****4242.');
    expect(parley.carrier.control.handset(phone)).toEqual([]);
  });

  it('goes on by SMS where the person ended the conversation', async () => {
    const { id, appleId } = await newPerson();
    parley.carrier.control.setProfile(appleId, {
      imessage: { submit: ['fail:INVALID_RECIPIENT'] },
    });
    const { id: messageId } = await sent(id);
    const message = await messageOnce(parley, messageId, delivered);
    expect(message.attempts).toMatchObject([
      { channel: 'IMESSAGE', state: 'FAILED', failureCode: 'INVALID_RECIPIENT' },
      { channel: 'SMS', state: 'DELIVERED', fallbackReason: 'PERMANENT_FAILURE' },
    ]);
  });

  it('ends with STOP, and the next offer is not sent', async () => {
    const { id, appleId } = await newPerson();
    await recordConsent(parley, id, { purpose: 'MARKETING', channels: ['IMESSAGE'] });
    const offer = { template: OFFER.name, variables: [] };
    const first = await send(parley, id, offer);
    expect(first.errors).toEqual([]);
    await messageOnce(parley, first.message.id, delivered);
    parley.carrier.control.inbound({ channel: 'IMESSAGE', from: appleId, text: 'STOP' });
    let refused: Json = await send(parley, id, offer);
    while (refused.message !== null) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      refused = await send(parley, id, offer);
    }
    const [{ decision }] = refused.errors as Json[];
    const apple = (decision.candidates as Json[]).find(({ channel }) => channel === 'IMESSAGE');
    expect(apple?.reasons).toEqual(['CONSENT_WITHDRAWN']);
  });
});
