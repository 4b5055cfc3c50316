// The push adapter against the simulated push service over real sockets: what browsers show, refusals, and receipts.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Outbound } from '../../providers/provider.ts';
import {
  DEADLINE_MS,
  eventually,
  outboundTo,
  startHarness,
  type CarrierHarness,
} from '../support/carrier-harness.ts';

let harness: CarrierHarness;
let count = 0;

beforeAll(async () => {
  harness = await startHarness();
});
beforeEach(() => {
  harness.failWith = null;
  harness.carrier.control.reset();
});
afterAll(() => harness.close());

const control = () => harness.carrier.control;
const send = (outbound: Outbound, deadlineMs = DEADLINE_MS) =>
  harness.push.send(outbound, deadlineMs);

/** A browser that just subscribed: its name at the simulator, and its subscription. */
function browser(more: object = {}): { id: string; to: string } {
  count += 1;
  const { id, endpoint, keys } = control().subscribe({ id: `browser-${count}`, ...more });
  return { id, to: JSON.stringify({ endpoint, keys }) };
}

const push = (to: string, body = 'It is on its way.', ttlSeconds?: number): Outbound =>
  outboundTo(
    to,
    {
      channel: 'PUSH',
      title: 'Your order',
      body,
      url: 'https://shop.example/o/1',
      isSealed: false,
      actions: [{ id: 'help', label: 'Help', url: null }],
    },
    ttlSeconds,
  );

describe('a push', () => {
  test('is opened by the browser, shown, and told of by the app', async () => {
    const { id, to } = browser();
    control().setProfile(id, {
      push: {
        receipts: [
          ['delivered', 20],
          ['read', 100],
        ],
      },
    });
    const outbound = push(to, 'Déjà vu 你好 👋🏽');
    expect(await send(outbound)).toMatchObject({ kind: 'accepted' });
    const events = await harness.eventsOf(outbound.attemptId, 2);
    expect(events.map(({ type }) => type)).toEqual(['DELIVERED', 'READ']);
    expect(control().handset(id)).toMatchObject([
      {
        channel: 'PUSH',
        title: 'Your order',
        text: 'Déjà vu 你好 👋🏽',
        suggestions: [
          { label: 'Open', url: 'https://shop.example/o/1' },
          { label: 'Help', url: null, postback: 'help' },
        ],
      },
    ]);
  });

  test('that is tapped is told of as clicked, or as answered', async () => {
    const { id, to } = browser();
    const outbound = push(to);
    await send(outbound);
    await harness.eventsOf(outbound.attemptId, 1);
    const [shown] = control().handset(id);
    control().inbound({ channel: 'PUSH', ref: shown?.ref, event: 'clicked' });
    await harness.eventsOf(outbound.attemptId, 2);
    control().inbound({ channel: 'PUSH', ref: shown?.ref, event: 'replied' });
    const events = await harness.eventsOf(outbound.attemptId, 3);
    expect(events.map(({ type }) => type)).toEqual(['DELIVERED', 'CLICKED', 'REPLIED']);
  });

  test.each([
    ['INVALID_RECIPIENT', 'http 410'],
    ['INVALID_CONTENT', 'http 413'],
    ['AUTH', 'http 401'],
    ['SENDER_REJECTED', 'http 403'],
    ['THROTTLED', 'http 429'],
    ['PROVIDER_FAULT', 'http 500'],
  ])('that is refused as %s is so at once', async (code, providerCode) => {
    const { id, to } = browser();
    control().setProfile(id, { push: { submit: [`fail:${code}`] } });
    expect(await send(push(to))).toMatchObject({ kind: 'refused', code, providerCode });
  });

  test('that is throttled says for how long', async () => {
    const { id, to } = browser();
    control().setProfile(id, { push: { submit: ['429:3s', 'ok'] } });
    expect(await send(push(to))).toMatchObject({ code: 'THROTTLED', retryAfterMs: 3_000 });
    expect(await send(push(to))).toMatchObject({ kind: 'accepted' });
  });

  test.each(['cut', 'cutAfter', 'hang', 'hangAfter'])(
    'whose answer is lost by %s is unknown',
    async (step) => {
      const { id, to } = browser();
      control().setProfile(id, { push: { submit: [step] } });
      expect(await send(push(to), 300)).toMatchObject({ kind: 'unknown' });
    },
  );

  test('that is handed over again takes the place of the one that still waits', async () => {
    const { id, to } = browser();
    control().setProfile(id, {
      push: { submit: ['cutAfter', 'ok'], receipts: [['delivered', 4_000]] },
    });
    const outbound = push(to);
    expect(await send(outbound)).toMatchObject({ kind: 'unknown' });
    expect(await send(outbound)).toMatchObject({ kind: 'accepted' });
    await harness.eventsOf(outbound.attemptId, 1);
    expect(control().handset(id)).toHaveLength(1);
  });

  test('that could not wait as long is never shown', async () => {
    const { id, to } = browser();
    control().setProfile(id, { push: { receipts: [['delivered', 4_000]] } });
    const [late, patient] = [push(to, 'late', 1), push(to, 'patient', 600)];
    await send(late);
    await send(patient);
    await harness.eventsOf(patient.attemptId, 1);
    expect(control().handset(id)).toMatchObject([{ text: 'patient' }]);
  });
});

describe('the service refuses', () => {
  test('whom a browser subscribed to somebody else for', async () => {
    const { to } = browser({ applicationServerKey: 'BOtherKey' });
    expect(await send(push(to))).toMatchObject({
      code: 'SENDER_REJECTED',
      providerCode: 'http 403',
    });
  });

  test('what goes to a person who took the permission back', async () => {
    const { id, to } = browser();
    control().unsubscribe(id);
    expect(await send(push(to))).toMatchObject({ code: 'INVALID_RECIPIENT' });
  });
});

test('a push that the browser cannot open is shown to nobody, and nobody tells of it', async () => {
  const [one, other] = [browser(), browser()];
  const { endpoint } = JSON.parse(one.to) as { endpoint: string };
  const { keys } = JSON.parse(other.to) as { keys: object };
  const [lost, found] = [push(JSON.stringify({ endpoint, keys })), push(one.to, 'found')];
  expect(await send(lost)).toMatchObject({ kind: 'accepted' });
  await send(found);
  await harness.eventsOf(found.attemptId, 1);
  expect(control().handset(one.id)).toMatchObject([{ text: 'found' }]);
});

test('a forged receipt is refused, and one that comes again is the same', async () => {
  const { id, to } = browser();
  control().setProfile(id, { badSignature: 1, duplicate: 1 });
  const outbound = push(to);
  await send(outbound);
  const events = await harness.eventsOf(outbound.attemptId, 2);
  expect(new Set(events.map(({ dedupeKey }) => dedupeKey)).size).toBe(1);
  const answeredWith = (wanted: number) =>
    harness.taken.filter(({ raw, status }) => {
      return raw.url.includes(outbound.attemptId) && status === wanted;
    });
  await eventually(() => answeredWith(403).length === 1 && answeredWith(200).length === 2);
});

test('a receipt that could not be taken comes again', async () => {
  const { to } = browser();
  harness.failWith = 503;
  const outbound = push(to);
  await send(outbound);
  await eventually(() => harness.taken.some(({ status }) => status === 503));
  harness.failWith = null;
  expect(await harness.eventsOf(outbound.attemptId, 1)).toMatchObject([{ type: 'DELIVERED' }]);
});

test('what stands in the journal is what the browser read', async () => {
  const { to } = browser();
  await send(push(to, 'for the journal'));
  const entry = control()
    .journal()
    .find(({ wire, direction }) => wire === 'push' && direction === 'in');
  expect(entry).toMatchObject({ status: 201, method: 'POST' });
  expect(JSON.parse(entry?.body ?? '')).toMatchObject({ body: 'for the journal' });
});
