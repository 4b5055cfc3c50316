// The platform's main job, in both topologies: a real message, a live receipt, and what happens when a channel fails.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyContent } from '../../crypto/envelope-content.ts';
import { envelopeDigest, openEnvelope } from '../../crypto/envelope.ts';
import { startParley, type Json, type Parley, type Topology } from '../support/parley.ts';
import {
  approveTemplate,
  capabilityKnown,
  eventsUntil,
  freshPhone,
  messageOnce,
  PAYMENT,
  recordConsent,
  registerDevice,
  registerRecipient,
  send,
  withdrawConsent,
} from '../support/story.ts';

const topologies: Topology[] = ['together', 'apart'];

describe.each(topologies)('the payment confirmation, %s', (topology) => {
  let parley: Parley;

  beforeAll(async () => {
    parley = await startParley(topology, { SEND_LEASE_MS: '2500' });
    await approveTemplate(parley);
  }, 60_000);

  afterAll(() => parley.stop(), 30_000);

  const reachable = async (lastFour?: string, externalId?: string): Promise<[string, string]> => {
    const phone = freshPhone(lastFour);
    const id = await registerRecipient(parley, { phone, externalId, locale: 'en' });
    await capabilityKnown(parley, id);
    await recordConsent(parley, id);
    return [id, phone];
  };

  it('reaches a registered device sealed, and its receipts stream live with the recipient joined', async () => {
    const [recipientId, phone] = await reachable('0200', 'maya');
    const device = await registerDevice(parley, recipientId);
    // Late enough that no receipt overtakes the answer to the hand-over, as it may on a busy machine.
    parley.carrier.control.setProfile(phone, {
      receipts: [
        ['delivered', 2_000],
        ['read', 2_500],
      ],
    });
    const events = eventsUntil(
      parley,
      { filter: { recipientIds: [recipientId] } },
      ({ type }) => type === 'READ',
    );
    const sent = await send(parley, recipientId);
    expect(sent).toMatchObject({ replayed: false, errors: [] });
    expect(sent.message.decision.candidates[0]).toMatchObject({
      channel: 'RCS',
      protection: 'ENVELOPE',
      rank: 1,
      reasons: [],
    });
    const seen = await events;
    expect(seen.map(({ type }) => type)).toEqual(['ACCEPTED', 'SENT', 'DELIVERED', 'READ']);
    expect(seen.map(({ status }) => status)).toEqual(['ACCEPTED', 'SENT', 'DELIVERED', 'READ']);
    for (const event of seen) {
      expect(event.message.id).toBe(sent.message.id);
      expect(event.recipient).toEqual({ id: recipientId, externalId: 'maya' });
    }
    // What the phone shows names no card; what the device opens does.
    const [card] = parley.carrier.control.handset(phone) as Json[];
    const shown = JSON.stringify(card);
    expect(shown).toContain('Acme Bank has a secure message for you.');
    expect(shown).not.toContain('4242');
    const link = /https?:[^"\\]+\/l\/[^"\\]+/.exec(shown)?.[0] ?? '';
    const fetched = await fetch(link, { headers: { accept: 'application/jose+json' } });
    const envelope = (await fetched.json()) as Json;
    const expected = { iss: 'acme', sub: recipientId, now: Date.now() };
    const opened = await openEnvelope(envelope, { jwk: device.jwk, expect: expected });
    expect(opened.header.jti).toBe(sent.message.id);
    const keys = await fetch(new URL('/tenants/acme/keys', link));
    expect(verifyContent(opened, (await keys.json()) as Json)).toMatchObject({
      body: 'You paid $12.50 with card 4242424242424242.',
    });
    // The attempts follow the timeline, a little later.
    const message = await messageOnce(
      parley,
      sent.message.id,
      ({ status, attempts }) => status === 'READ' && attempts[0].state === 'READ',
    );
    expect(message.attempts).toMatchObject([{ state: 'READ', tries: 1, provider: 'google-rbm' }]);
    expect(message.attempts[0].envelopeDigest).toBe(envelopeDigest(envelope));
  });

  it('goes by masked SMS to a phone without RCS', async () => {
    const [recipientId, phone] = await reachable('0404');
    const sent = await send(parley, recipientId);
    const rejected = sent.message.decision.candidates.filter(
      ({ channel }: Json) => channel === 'RCS',
    );
    for (const { reasons } of rejected) expect(reasons).toContain('NOT_CAPABLE');
    await messageOnce(parley, sent.message.id, ({ status }) => status === 'DELIVERED');
    const texts = JSON.stringify(parley.carrier.control.handset(phone));
    expect(texts).toContain('Payment of $12.50 with card ****4242 processed.');
    expect(texts).not.toContain('4242424242424242');
  });

  it('falls back to SMS at once when RCS fails for good', async () => {
    const [recipientId, phone] = await reachable();
    parley.carrier.control.setProfile(phone, {
      rcs: { reachable: true, submit: ['404'] },
      receipts: [['delivered', 20]],
    });
    const sent = await send(parley, recipientId);
    const message = await messageOnce(
      parley,
      sent.message.id,
      ({ attempts }) => attempts.at(-1).state === 'DELIVERED',
    );
    expect(message.attempts).toMatchObject([
      { number: 1, channel: 'RCS', state: 'FAILED', failureCode: 'UNSUPPORTED' },
      { number: 2, channel: 'SMS', state: 'DELIVERED', fallbackReason: 'PERMANENT_FAILURE' },
    ]);
  });

  it('revokes RCS and falls back to SMS when no receipt comes in the window', async () => {
    await approveTemplate(parley, { ...PAYMENT, name: 'impatient', receiptWindowSeconds: 10 });
    const [recipientId, phone] = await reachable();
    parley.carrier.control.setProfile(phone, {
      rcs: { reachable: true, receipts: [['none', 0]] },
      receipts: [['delivered', 20]],
    });
    const sent = await send(parley, recipientId, { template: 'impatient' });
    const message = await messageOnce(
      parley,
      sent.message.id,
      ({ attempts }) => attempts.at(-1).state === 'DELIVERED',
    );
    expect(message.attempts).toMatchObject([
      { channel: 'RCS', state: 'REVOKED' },
      { channel: 'SMS', state: 'DELIVERED', fallbackReason: 'NO_RECEIPT_IN_WINDOW' },
    ]);
  });

  it('is refused after the consent was withdrawn, with the decision, and writes nothing', async () => {
    const [recipientId] = await reachable();
    await withdrawConsent(parley, recipientId);
    const refused = await send(parley, recipientId);
    expect(refused.message).toBeNull();
    expect(refused.errors).toMatchObject([
      { __typename: 'ConsentRefused', code: 'CONSENT_REFUSED' },
    ]);
    const [{ decision }] = refused.errors;
    const sms = decision.candidates.find(({ channel }: Json) => channel === 'SMS');
    expect(sms.reasons).toContain('CONSENT_WITHDRAWN');
    const answer = await parley.ask(
      `query ($id: ID!) { recipient(id: $id) { recentMessages { id } } }`,
      { id: recipientId },
    );
    expect(answer.data.recipient.recentMessages).toEqual([]);
  });

  it('resumes a stream after any event, without a gap and without a repetition', async () => {
    const [recipientId, phone] = await reachable('0200');
    parley.carrier.control.setProfile(phone, {
      receipts: [
        ['delivered', 2_000],
        ['read', 2_500],
      ],
    });
    const filter = { recipientIds: [recipientId] };
    const first = eventsUntil(parley, { filter }, ({ type }) => type === 'SENT');
    const sent = await send(parley, recipientId);
    const seen = await first;
    await messageOnce(parley, sent.message.id, ({ status }) => status === 'READ');
    const after = seen.at(-1)?.cursor;
    const rest = await eventsUntil(parley, { filter, after }, ({ type }) => type === 'READ');
    expect(rest.map(({ type }) => type)).toEqual(['DELIVERED', 'READ']);
  });
});
