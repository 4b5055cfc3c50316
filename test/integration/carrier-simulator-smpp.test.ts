// The SMPP adapter against the simulated SMSC over real sockets: submissions, receipts, texts, and lost connections.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Outbound } from '../../providers/provider.ts';
import {
  DEADLINE_MS,
  eventually,
  outboundTo,
  startHarness,
  type CarrierHarness,
} from '../support/carrier-harness.ts';

const TEXT = { channel: 'SMS', text: 'On its way.' } as const;
const SOMEBODY = '+14155550142';

let harness: CarrierHarness;

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
  harness.smpp.send(outbound, deadlineMs);
const sendText = (text: string) => send(outboundTo(SOMEBODY, { channel: 'SMS', text }));

async function acceptedId(outbound: Outbound): Promise<string> {
  const outcome = await send(outbound);
  if (outcome.kind !== 'accepted') throw new Error(`the outcome is ${outcome.kind}`);
  return outcome.providerMessageId;
}

/** The first `count` events about this message, in order of arrival. */
async function eventsOf(id: string, count: number) {
  const about = () =>
    harness.taken
      .flatMap(({ events }) => events)
      .filter(({ providerMessageId }) => providerMessageId === id);
  await harness.until(() => about().length >= count);
  return about();
}

const submissions = () =>
  control()
    .journal()
    .filter(({ method }) => method === 'submit_sm');

describe('a text', () => {
  test('is accepted, sent and delivered, and the phone shows it', async () => {
    const id = await acceptedId(outboundTo('+14155550100', TEXT));
    const events = await eventsOf(id, 2);
    expect(events.map(({ type }) => type)).toEqual(['SENT', 'DELIVERED']);
    expect(control().handset('+14155550100')).toMatchObject([
      { channel: 'SMS', from: '14155550000', text: 'On its way.' },
    ]);
  });

  test.each([
    ['+14155550001', 'UNREACHABLE', 'UNDELIV 027'],
    ['+14155550002', 'BLOCKED', 'REJECTD 013'],
  ])('to %s fails as %s', async (to, failureCode, providerCode) => {
    const id = await acceptedId(outboundTo(to, TEXT));
    const events = await eventsOf(id, 1);
    expect(events).toMatchObject([{ type: 'FAILED', failureCode, providerCode }]);
    expect(control().handset(to)).toEqual([]);
  });

  test('that is never delivered expires at the end of its validity', async () => {
    const id = await acceptedId(outboundTo('+14155550003', TEXT, 2));
    expect(await eventsOf(id, 1)).toMatchObject([{ type: 'EXPIRED', failureCode: 'EXPIRED' }]);
  });

  test('to a throttled number is told to wait', async () => {
    const throttled = { kind: 'refused', code: 'THROTTLED', providerCode: 'ESME_RTHROTTLED' };
    for (let i = 0; i < 3; i += 1) {
      const outcome = await send(outboundTo('+14155550429', TEXT));
      expect(outcome).toEqual({ ...throttled, retryAfterMs: 1000 });
    }
    expect(await send(outboundTo('+14155550429', TEXT))).toMatchObject({ kind: 'accepted' });
  });

  test.each([
    ['fail:INVALID_RECIPIENT', 'INVALID_RECIPIENT', 'ESME_RINVDSTADR'],
    ['fail:SENDER_REJECTED', 'SENDER_REJECTED', 'ESME_RINVSRCADR'],
    ['fail:INVALID_CONTENT', 'INVALID_CONTENT', 'ESME_RINVMSGLEN'],
    ['503', 'PROVIDER_FAULT', 'ESME_RSYSERR'],
  ])('answered with %s is refused as %s', async (step, code, providerCode) => {
    control().setProfile(SOMEBODY, { submit: [step] });
    expect(await sendText('x')).toMatchObject({ kind: 'refused', code, providerCode });
  });

  test.each([
    ['plain letters', 'On its way.'],
    ['every sign of the GSM alphabet', '@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà^{}\\[~]|€'],
    ['a letter outside the GSM alphabet', 'déjà vu, fête'],
    ['Chinese and an emoji', '你好 👋🏽'],
  ])('with %s arrives as it was written', async (_, text) => {
    await acceptedId(outboundTo(SOMEBODY, { channel: 'SMS', text }));
    await eventually(() => control().handset(SOMEBODY).length > 0);
    expect(control().handset(SOMEBODY)).toMatchObject([{ text }]);
  });
});

describe('a long text', () => {
  test.each([
    ['in the GSM alphabet', `${'Line € '.repeat(60)}end`, 4],
    ['in UCS-2', `${'你好，世界 👋 '.repeat(20)}end`, 3],
  ])('%s goes in parts and is put together again', async (_, text, partCount) => {
    const id = await acceptedId(outboundTo(SOMEBODY, { channel: 'SMS', text }));
    const events = await eventsOf(id, 2);
    expect(events.map(({ type }) => type)).toEqual(['SENT', 'DELIVERED']);
    expect(control().handset(SOMEBODY)).toMatchObject([{ text, ref: id }]);
    expect(submissions()).toHaveLength(partCount);
  });

  test('is refused with its first part, and then no other is sent', async () => {
    control().setProfile(SOMEBODY, { submit: ['fail:INVALID_RECIPIENT', 'ok'] });
    expect(await sendText('x'.repeat(400))).toMatchObject({ code: 'INVALID_RECIPIENT' });
    expect(submissions()).toHaveLength(1);
  });

  test('waits out a rate limit in its middle', async () => {
    control().setProfile(SOMEBODY, { submit: ['ok', '429:1s', 'ok'] });
    expect(await sendText('x'.repeat(200))).toMatchObject({ kind: 'accepted' });
    await eventually(() => control().handset(SOMEBODY).length > 0);
  });

  test('is refused when a later part is, and never shown', async () => {
    control().setProfile(SOMEBODY, { submit: ['ok', 'fail:INVALID_CONTENT'] });
    expect(await sendText('x'.repeat(200))).toMatchObject({ code: 'INVALID_CONTENT' });
    expect(control().handset(SOMEBODY)).toEqual([]);
  });
});

describe('a connection', () => {
  test.each(['cut', 'cutAfter'])(
    'that is lost at a submission (%s) leaves it unknown, and the next one has a new connection',
    async (step) => {
      control().setProfile(SOMEBODY, { submit: [step, 'ok'] });
      expect(await sendText('first')).toMatchObject({ kind: 'unknown' });
      let outcome = await sendText('second');
      while (outcome.kind === 'refused') outcome = await sendText('second');
      expect(outcome).toMatchObject({ kind: 'accepted' });
    },
  );

  test('that hangs leaves a submission unknown at its deadline, and carries others', async () => {
    control().setProfile(SOMEBODY, { submit: ['hang', 'ok'] });
    expect(await send(outboundTo(SOMEBODY, TEXT), 100)).toMatchObject({ kind: 'unknown' });
    expect(await sendText('second')).toMatchObject({ kind: 'accepted' });
  });

  test('carries no more at once than its window, and everything in the end', async () => {
    control().setFaults({ scope: 'smpp', latencyMs: { p50: 20, p99: 20 } });
    const outcomes = await Promise.all(Array.from({ length: 35 }, (_, i) => sendText(`no. ${i}`)));
    expect(outcomes.every(({ kind }) => kind === 'accepted')).toBe(true);
  });

  test('that cannot be had refuses at once, and is had again when the SMSC is back', async () => {
    control().setFaults({ scope: 'smpp', partition: true });
    let outcome = await sendText('lost');
    while (outcome.kind === 'unknown') outcome = await sendText('lost');
    expect(outcome).toMatchObject({ kind: 'refused', code: 'PROVIDER_FAULT' });
    control().setFaults({ scope: 'smpp' });
    while (outcome.kind === 'refused') outcome = await sendText('found');
    expect(outcome).toMatchObject({ kind: 'accepted' });
  });
});

describe('a receipt', () => {
  test('may overtake the answer to its submission', async () => {
    control().setFaults({ scope: 'smpp', latencyMs: { p50: 300, p99: 300 } });
    control().setProfile(SOMEBODY, { receipts: [['delivered', 0]] });
    const before = harness.taken.length;
    const providerMessageId = await acceptedId(outboundTo(SOMEBODY, TEXT));
    // What had come when the answer came; receipts of other messages may be among it.
    const early = harness.taken.slice(before).flatMap(({ events }) => events);
    expect(early).toContainEqual(
      expect.objectContaining({ type: 'DELIVERED', attemptId: null, providerMessageId }),
    );
  });

  test('that cannot be kept is not acknowledged, and comes again', async () => {
    harness.failWith = 503;
    const before = harness.taken.length;
    const id = await acceptedId(outboundTo('+14155550100', TEXT));
    await harness.until((taken) => taken.length >= before + 2);
    harness.failWith = null;
    const events = await eventsOf(id, 2);
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['SENT', 'DELIVERED']));
    const refusals = control()
      .journal()
      .filter(({ method }) => method === 'deliver_sm');
    expect(refusals.map(({ status }) => status)).toContain(0x64);
  });

  test('told again has the same key', async () => {
    const id = await acceptedId(outboundTo('+14155550100', TEXT));
    await eventsOf(id, 2);
    expect(control().replay(id)).toBe(true);
    const events = await eventsOf(id, 4);
    expect(new Set(events.map(({ dedupeKey }) => dedupeKey)).size).toBe(2);
  });

  test('is genuine because it came over the session, and forged from anywhere else', async () => {
    const id = await acceptedId(outboundTo('+14155550100', TEXT));
    await eventsOf(id, 1);
    const genuine = harness.taken.findLast(({ provider }) => provider === 'smpp');
    if (genuine === undefined) throw new Error('there is no receipt');
    expect(harness.smpp.verify(genuine.raw)).toEqual({ kind: 'genuine' });
    expect(harness.smpp.verify({ ...genuine.raw })).toMatchObject({ kind: 'forged' });
  });
});

test.each(['STOP', 'Đừng gửi nữa'])('a person who writes %s is heard', async (text) => {
  control().inbound({ channel: 'SMS', wire: 'smpp', from: '+14155550172', text });
  const heard = () =>
    harness.taken.flatMap(({ events }) => events).flatMap(({ inbound }) => inbound ?? []);
  await harness.until(() => heard().some((inbound) => inbound.text === text));
  expect(heard()).toContainEqual({ from: '+14155550172', text, tapped: null, keyword: null });
});
