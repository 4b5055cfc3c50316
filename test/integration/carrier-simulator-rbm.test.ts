// The RBM adapter against the simulated Google: every step of a message's life, and every way it goes wrong.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Outbound } from '../../providers/provider.ts';
import { sample } from '../support/samples.ts';
import {
  DEADLINE_MS,
  outboundTo,
  startHarness,
  type CarrierHarness,
} from '../support/carrier-harness.ts';

const TEXT = { channel: 'RCS', title: null, body: 'On its way.', actions: [] } as const;
const CARD = {
  channel: 'RCS',
  title: 'Your order',
  body: 'It is on its way.',
  actions: [
    { kind: 'open-url', label: 'Track', url: 'https://parley.example/s/1', postback: 'track' },
    { kind: 'reply', label: 'Thanks', postback: 'thanks' },
  ],
} as const;

let harness: CarrierHarness;

beforeAll(async () => {
  harness = await startHarness();
});
beforeEach(() => harness.carrier.control.reset());
afterAll(() => harness.close());

const send = (outbound: Outbound) => harness.rbm.send(outbound, DEADLINE_MS);
const shownAt = (address: string) => harness.carrier.control.handset(address);

/** A message sent afterwards arrives afterwards: when it is there, a second copy would be there as well. */
async function expectDeliveredOnce(outbound: Outbound): Promise<void> {
  const marker = outboundTo(outbound.to, TEXT);
  await send(marker);
  await harness.eventsOf(marker.attemptId, 1);
  const refs = shownAt(outbound.to).map(({ ref }) => ref);
  expect(refs).toEqual([outbound.attemptId, marker.attemptId]);
  expect(await harness.eventsOf(outbound.attemptId, 1)).toHaveLength(1);
}

describe('a message', () => {
  test('is accepted under the attempt’s id, delivered and read, and the phone shows it once', async () => {
    const outbound = outboundTo('+14155550200', TEXT);
    const accepted = { kind: 'accepted', providerMessageId: outbound.attemptId };
    expect(await send(outbound)).toEqual(accepted);
    const events = await harness.eventsOf(outbound.attemptId, 2);
    expect(events.map(({ type }) => type)).toEqual(['DELIVERED', 'READ']);
    expect(events.every(({ occurredAt }) => occurredAt !== null)).toBe(true);
    expect(shownAt('+14155550200')).toMatchObject([{ channel: 'RCS', text: 'On its way.' }]);
  });

  test('as a card shows its actions, and a tap comes back to the attempt', async () => {
    const outbound = outboundTo('+14155550100', CARD);
    await send(outbound);
    await harness.eventsOf(outbound.attemptId, 1);
    const [card] = shownAt('+14155550100');
    expect(card).toMatchObject({
      title: 'Your order',
      text: 'It is on its way.',
      suggestions: [
        { label: 'Track', url: 'https://parley.example/s/1' },
        { label: 'Thanks', url: null },
      ],
    });
    const [link, thanks] = card?.suggestions ?? [];
    for (const tap of [link, thanks]) {
      const suggestion = { postbackData: tap?.postback, text: tap?.label };
      harness.carrier.control.inbound({ channel: 'RCS', from: '+14155550100', suggestion });
    }
    const events = await harness.eventsOf(outbound.attemptId, 3);
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set(['DELIVERED', 'CLICKED', 'REPLIED']),
    );
  });

  test('sent twice with one attempt is answered alike and delivered once', async () => {
    const outbound = outboundTo('+14155550100', TEXT);
    expect(await send(outbound)).toEqual(await send(outbound));
    await expectDeliveredOnce(outbound);
  });

  test('whose answer was lost is unknown, and sending it again delivers it once', async () => {
    harness.carrier.control.setProfile('+14155550142', { submit: ['cutAfter', 'ok'] });
    const outbound = outboundTo('+14155550142', TEXT);
    expect(await send(outbound)).toMatchObject({ kind: 'unknown' });
    expect(await send(outbound)).toMatchObject({ kind: 'accepted' });
    await expectDeliveredOnce(outbound);
  });

  test('that is never delivered expires at its time to live', async () => {
    const outbound = outboundTo('+14155550003', TEXT, 2);
    await send(outbound);
    const [event] = await harness.eventsOf(outbound.attemptId, 1);
    expect(event).toMatchObject({ type: 'EXPIRED', failureCode: 'EXPIRED' });
    expect(shownAt('+14155550003')).toEqual([]);
  });

  test('that is revoked is not delivered any more', async () => {
    harness.carrier.control.setProfile('+14155550142', { receipts: [['delivered', 2000]] });
    const [revoked, kept] = [outboundTo('+14155550142', TEXT), outboundTo('+14155550142', TEXT)];
    await send(revoked);
    await send(kept);
    expect(await harness.rbm.revoke?.(revoked, DEADLINE_MS)).toBe(true);
    await harness.eventsOf(kept.attemptId, 1);
    expect(shownAt('+14155550142')).toMatchObject([{ ref: kept.attemptId }]);
  });

  test('that Google does not know cannot be revoked', async () => {
    expect(await harness.rbm.revoke?.(outboundTo('+14155550100', TEXT), DEADLINE_MS)).toBe(false);
  });

  test('for a phone without RCS is refused as unsupported', async () => {
    const outcome = await send(outboundTo('+14155550404', TEXT));
    expect(outcome).toMatchObject({ kind: 'refused', code: 'UNSUPPORTED' });
  });

  test.each([
    ['400', 'INVALID_CONTENT'],
    ['403', 'SENDER_REJECTED'],
    ['429:3s', 'THROTTLED'],
    ['500', 'PROVIDER_FAULT'],
    ['503', 'PROVIDER_FAULT'],
  ])('answered %s is refused as %s', async (step, code) => {
    harness.carrier.control.setProfile('+14155550142', { submit: [step] });
    const retryAfterMs = step === '429:3s' ? 3000 : null;
    const outcome = await send(outboundTo('+14155550142', TEXT));
    expect(outcome).toMatchObject({ kind: 'refused', code, retryAfterMs });
  });

  test('that hangs is unknown at the deadline', async () => {
    const outcome = await harness.rbm.send(outboundTo('+14155550007', TEXT), 100);
    expect(outcome).toMatchObject({ kind: 'unknown' });
  });
});

describe('a phone', () => {
  test('says what it can do, and one without RCS says no', async () => {
    const reports = await harness.rbm.capabilities?.(['+14155550100', '+14155550404']);
    const { features } = sample<{ features: string[] }>('google-rbm/capabilities-response');
    expect(reports?.get('+14155550100')).toEqual({ supported: 'YES', features, carrier: null });
    expect(reports?.get('+14155550404')).toMatchObject({ supported: 'NO' });
  });

  test.each([[{ partition: true }], [{ errorRatio: 1 }], [{ rate: { perSecond: 0, burst: 0 } }]])(
    'of which Google cannot tell under %j is unknown, never without RCS',
    async (fault) => {
      harness.carrier.control.setFaults({ scope: 'rbm', ...fault });
      const reports = await harness.rbm.capabilities?.(['+14155550404']);
      expect(reports?.get('+14155550404')).toMatchObject({ supported: 'UNKNOWN' });
    },
  );
});

describe('a webhook', () => {
  test('proves itself by the handshake, and a stranger does not', async () => {
    const { control } = harness.carrier;
    const [mine] = harness.taken.slice(-1);
    expect(await control.setWebhooks({ rbm: mine?.raw.url ?? '' })).toEqual({ rbmVerified: true });
    const elsewhere = (mine?.raw.url ?? '').replace('google-rbm', 'nobody');
    expect(await control.setWebhooks({ rbm: elsewhere })).toEqual({ rbmVerified: false });
    await control.setWebhooks({ rbm: mine?.raw.url ?? '' });
  });

  test('gets repetitions with one key', async () => {
    const outbound = outboundTo('+14155550004', TEXT);
    await send(outbound);
    const events = await harness.eventsOf(outbound.attemptId, 3);
    expect(new Set(events.map(({ dedupeKey }) => dedupeKey)).size).toBe(1);
  });

  test('gets READ before DELIVERED', async () => {
    const outbound = outboundTo('+14155550005', TEXT);
    await send(outbound);
    const events = await harness.eventsOf(outbound.attemptId, 2);
    expect(events.map(({ type }) => type)).toEqual(['READ', 'DELIVERED']);
  });

  test('refuses forged events and takes the genuine ones among them', async () => {
    harness.carrier.control.setProfile('+14155550142', { badSignature: 2 });
    const before = harness.taken.length;
    const outbound = outboundTo('+14155550142', TEXT);
    await send(outbound);
    await harness.until((taken) => taken.length >= before + 3);
    const kinds = harness.taken.slice(before).map(({ verification }) => verification);
    expect(kinds.toSorted()).toEqual(['forged', 'forged', 'genuine']);
    const events = await harness.eventsOf(outbound.attemptId, 1);
    expect(events.map(({ type }) => type)).toEqual(['DELIVERED']);
  });

  test('that fails is asked again until it takes the event', async () => {
    harness.failWith = 503;
    const outbound = outboundTo('+14155550100', TEXT);
    await send(outbound);
    await harness.until((taken) => taken.filter(({ status }) => status === 503).length >= 2);
    harness.failWith = null;
    expect(await harness.eventsOf(outbound.attemptId, 1)).toMatchObject([{ type: 'DELIVERED' }]);
  });

  test('hears a person unsubscribe', async () => {
    const from = '+14155550171';
    harness.carrier.control.inbound({ channel: 'RCS', from, event: 'UNSUBSCRIBE' });
    const optOuts = () =>
      harness.taken.flatMap(({ events }) => events).filter(({ inbound }) => inbound?.from === from);
    await harness.until(() => optOuts().length === 1);
    expect(optOuts()).toMatchObject([{ failureCode: 'OPTED_OUT' }]);
  });
});
