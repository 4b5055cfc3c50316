// Push through a running platform: an envelope for a device, the way around a subscription that is over, and receipts.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyContent } from '../../crypto/envelope-content.ts';
import { envelopeDigest, openEnvelope } from '../../crypto/envelope.ts';
import { webPushVariables } from '../../simulator/variables.ts';
import { subscribeToPush } from '../support/reach.ts';
import { startParley, type Json, type Parley, type Topology } from '../support/parley.ts';
import {
  approveTemplate,
  freshPhone,
  messageOnce,
  PAYMENT,
  recordConsent,
  registerDevice,
  registerRecipient,
  send,
} from '../support/story.ts';

const topologies: Topology[] = ['together', 'apart'];
const SECRET = { ...PAYMENT, sensitivity: 'HIGH', channels: ['PUSH', 'SMS'] };

describe.each(topologies)('push, %s', (topology) => {
  let parley: Parley;
  let count = 0;

  beforeAll(async () => {
    parley = await startParley(topology, webPushVariables);
    await approveTemplate(parley, SECRET);
  }, 60_000);
  afterEach(() => parley.carrier.control.reset());
  afterAll(() => parley.stop(), 30_000);

  const control = () => parley.carrier.control;

  const subscribe = (recipientId: string): Promise<string> => {
    count += 1;
    return subscribeToPush(parley, recipientId, `browser-${topology}-${count}`);
  };
  const newPerson = async (): Promise<{ id: string; phone: string; browser: string }> => {
    const phone = freshPhone('0100');
    const id = await registerRecipient(parley, { phone, locale: 'en', region: 'US' });
    await recordConsent(parley, id, { channels: ['PUSH', 'SMS'] });
    return { id, phone, browser: await subscribe(id) };
  };
  const sent = async (recipientId: string): Promise<Json> => {
    const { message, errors } = await send(parley, recipientId);
    expect(errors).toEqual([]);
    return message;
  };
  const delivered = ({ status, attempts }: Json): boolean =>
    status === 'DELIVERED' && attempts.at(-1).state === 'DELIVERED';

  it('leads the person’s device to an envelope that nobody else opens', async () => {
    const { id, phone, browser } = await newPerson();
    const device = await registerDevice(parley, id);
    const { id: messageId } = await sent(id);
    const message = await messageOnce(parley, messageId, delivered);
    expect(message.attempts).toMatchObject([
      { channel: 'PUSH', protection: 'ENVELOPE', provider: 'web-push', tries: 1 },
    ]);
    const [shown] = control().handset(browser);
    expect(shown).toMatchObject({ title: null, text: 'Acme Bank has a secure message for you.' });
    expect(JSON.stringify(control().journal())).not.toContain('4242424242424242');

    const link = shown?.suggestions[0]?.url ?? '';
    const fetched = await fetch(link, { headers: { accept: 'application/jose+json' } });
    // A page of the tenant’s own may read it, and the keys that it verifies with.
    expect(fetched.headers.get('access-control-allow-origin')).toBe('*');
    const envelope = (await fetched.json()) as Parameters<typeof openEnvelope>[0];
    const expected = { iss: 'acme', sub: id, now: Date.now() };
    const opened = await openEnvelope(envelope, { jwk: device.jwk, expect: expected });
    const keys = await fetch(new URL('/tenants/acme/keys', link));
    expect(keys.headers.get('access-control-allow-origin')).toBe('*');
    expect(verifyContent(opened, (await keys.json()) as Json)).toMatchObject({
      body: 'You paid $12.50 with card 4242424242424242.',
    });
    expect(message.attempts[0].envelopeDigest).toBe(envelopeDigest(envelope));
    expect(control().handset(phone)).toEqual([]);
  });

  it('leads to the secure page where the person has no device, and never says it in clear', async () => {
    const { id, browser } = await newPerson();
    const { id: messageId } = await sent(id);
    const message = await messageOnce(parley, messageId, delivered);
    expect(message.attempts).toMatchObject([{ channel: 'PUSH', protection: 'LINK_ONLY' }]);
    expect(control().handset(browser)).toMatchObject([
      { text: 'Acme Bank has a secure message for you.', suggestions: [{ label: 'Open' }] },
    ]);
  });

  it('goes on by SMS at once where the subscription is over, which is not tried again until it is registered anew', async () => {
    const { id, phone, browser } = await newPerson();
    control().unsubscribe(browser);
    const { id: messageId } = await sent(id);
    const message = await messageOnce(parley, messageId, delivered);
    expect(message.attempts).toMatchObject([
      { channel: 'PUSH', state: 'FAILED', failureCode: 'INVALID_RECIPIENT', tries: 1 },
      { channel: 'SMS', state: 'DELIVERED', fallbackReason: 'PERMANENT_FAILURE' },
    ]);
    expect(control().handset(phone)).toHaveLength(1);

    await bounced(id);
    const { decision } = await sent(id);
    const push = (decision.candidates as Json[]).find(({ channel }) => channel === 'PUSH');
    expect(push).toMatchObject({ rank: null, reasons: ['ADDRESS_BOUNCED'] });

    await subscribe(id);
    const third = await sent(id);
    expect(third.decision.candidates[0]).toMatchObject({ channel: 'PUSH', rank: 1 });
  });

  it('is sent again after a lost answer, by the same attempt', async () => {
    const { id, browser } = await newPerson();
    control().setProfile(browser, {
      push: { submit: ['cutAfter', 'ok'], receipts: [['delivered', 5_000]] },
    });
    const { id: messageId } = await sent(id);
    const message = await messageOnce(parley, messageId, delivered);
    expect(message.attempts).toMatchObject([{ channel: 'PUSH', tries: 2 }]);
    expect(control().handset(browser)).toHaveLength(1);
  });

  it('is not read because somebody says so who never had it', async () => {
    const { id, browser } = await newPerson();
    control().setProfile(browser, { badSignature: 2 });
    const { id: messageId } = await sent(id);
    const message = await messageOnce(parley, messageId, delivered);
    const answeredWith = (wanted: number) =>
      control()
        .journal()
        .filter(({ wire, direction, status }) => {
          return wire === 'push' && direction === 'out' && status === wanted;
        });
    expect(answeredWith(200)).toHaveLength(1);
    while (answeredWith(403).length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(message.status).toBe('DELIVERED');
    expect(message.readAt).toBeNull();
  });

  async function bounced(recipientId: string): Promise<void> {
    for (;;) {
      const answer = await parley.ask(
        `query ($id: ID!) { recipient(id: $id) { addresses { kind bouncedAt } } }`,
        { id: recipientId },
      );
      const addresses = answer.data.recipient.addresses as Json[];
      if (addresses.some(({ kind, bouncedAt }) => kind === 'PUSH_SUBSCRIPTION' && bouncedAt))
        return;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
});
