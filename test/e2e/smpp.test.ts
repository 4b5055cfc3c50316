// SMS by SMPP through a running platform: receipts over the session find their message, and a STOP is heard.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { smppVariables } from '../../simulator/variables.ts';
import { startParley, type Json, type Parley, type Topology } from '../support/parley.ts';
import {
  approveTemplate,
  freshPhone,
  messageOnce,
  OFFER,
  recordConsent,
  registerRecipient,
  send,
} from '../support/story.ts';

const topologies: Topology[] = ['together', 'apart'];
const SMS_OFFER = { ...OFFER, channels: ['SMS'] };

describe.each(topologies)('SMS by SMPP, %s', (topology) => {
  let parley: Parley;

  beforeAll(async () => {
    parley = await startParley(topology, smppVariables);
    await approveTemplate(parley, SMS_OFFER);
  }, 60_000);
  afterEach(() => parley.carrier.control.reset());
  afterAll(() => parley.stop(), 30_000);

  const newPerson = async (lastFour?: string): Promise<[string, string]> => {
    const phone = freshPhone(lastFour);
    const id = await registerRecipient(parley, { phone, locale: 'en', region: 'US' });
    await recordConsent(parley, id, { purpose: 'MARKETING' });
    return [id, phone];
  };
  const offer = (recipientId: string) =>
    send(parley, recipientId, { template: OFFER.name, variables: [] });
  const offered = async (recipientId: string): Promise<string> => {
    const { message, errors } = await offer(recipientId);
    expect(errors).toEqual([]);
    return message.id as string;
  };

  /** Told by the provider on the timeline, and known to who sent it. */
  const isDelivered = ({ attempts, timeline }: Json): boolean =>
    attempts[0]?.state === 'DELIVERED' &&
    timeline.some(({ type }: { type: string }) => type === 'DELIVERED');

  it('is sent and delivered, as the receipts of the SMSC tell', async () => {
    const [id, phone] = await newPerson('0100');
    const messageId = await offered(id);
    const message = await messageOnce(parley, messageId, isDelivered);
    expect(message.attempts).toMatchObject([{ channel: 'SMS', provider: 'smpp', tries: 1 }]);
    expect(message.timeline).toContainEqual(
      expect.objectContaining({ type: 'DELIVERED', provider: 'smpp' }),
    );
    expect(parley.carrier.control.handset(phone)).toHaveLength(1);
  });

  it('finds the message of a receipt that overtakes the answer', async () => {
    const [id, phone] = await newPerson();
    parley.carrier.control.setFaults({ scope: 'smpp', latencyMs: { p50: 500, p99: 500 } });
    parley.carrier.control.setProfile(phone, { receipts: [['delivered', 0]] });
    const messageId = await offered(id);
    const message = await messageOnce(parley, messageId, isDelivered);
    expect(message.attempts).toMatchObject([{ state: 'DELIVERED', tries: 1 }]);
  });

  it('tells a failure by the code of the network', async () => {
    const [id] = await newPerson('0001');
    const messageId = await offered(id);
    const message = await messageOnce(parley, messageId, ({ endReason }) => endReason !== null);
    expect(message.attempts).toMatchObject([{ state: 'FAILED', failureCode: 'UNREACHABLE' }]);
  });

  it('takes nothing in the name of the SMSC that comes by HTTP', async () => {
    // In the other topology the gateway's process has no callbacks.
    const answer = await fetch(`${parley.url}/callbacks/smpp`, { method: 'POST', body: 'STOP' });
    expect(answer.status).toBe(topology === 'together' ? 403 : 404);
  });

  it('hears a STOP', async () => {
    const [id, from] = await newPerson();
    parley.carrier.control.inbound({ channel: 'SMS', wire: 'smpp', from, text: 'STOP' });
    for (;;) {
      const { errors } = await offer(id);
      if (errors.length > 0) {
        expect(errors).toMatchObject([{ code: 'CONSENT_REFUSED' }]);
        break;
      }
    }
  });
});
