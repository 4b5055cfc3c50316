// The adapter of Apple Messages against the simulated service over real sockets: bubbles, refusals, reports, and words.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Outbound } from '../../providers/provider.ts';
import {
  DEADLINE_MS,
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
  harness.apple.send(outbound, deadlineMs);

/** Somebody who wrote to the business once. */
const somebody = (): string => {
  count += 1;
  return `urn:mbid:AQAA/parley+${count}=`;
};
const replies = ['help', 'fine'].map((id) => ({ label: id, postback: `msg_1:${id}` }));
const bubble = (to: string, text = 'It is on its way.'): Outbound =>
  outboundTo(to, { channel: 'IMESSAGE', text, replies });

describe('a message', () => {
  test('is shown with its answers, and reported as delivered', async () => {
    const to = somebody();
    const outbound = bubble(to, 'Déjà vu 你好');
    expect(await send(outbound)).toEqual({
      kind: 'accepted',
      providerMessageId: outbound.attemptId,
    });
    expect(await harness.eventsOf(outbound.attemptId, 1)).toMatchObject([{ type: 'DELIVERED' }]);
    expect(control().handset(to)).toMatchObject([
      {
        channel: 'IMESSAGE',
        text: 'Déjà vu 你好',
        suggestions: replies.map(({ label, postback }) => ({ label, postback, url: null })),
      },
    ]);
  });

  test('that is handed over twice is shown once', async () => {
    const to = somebody();
    control().setProfile(to, { imessage: { submit: ['cutAfter', 'ok'] } });
    const outbound = bubble(to);
    expect(await send(outbound)).toMatchObject({ kind: 'unknown' });
    expect(await send(outbound)).toMatchObject({ kind: 'accepted' });
    await harness.eventsOf(outbound.attemptId, 1);
    expect(control().handset(to)).toHaveLength(1);
  });

  test.each([
    ['INVALID_RECIPIENT', 'REJECTED_DESTINATION'],
    ['OPTED_OUT', 'REJECTED_DND'],
    ['SENDER_REJECTED', 'REJECTED_SENDER'],
    ['INVALID_CONTENT', 'REJECTED_MESSAGE_TOO_LONG'],
    ['AUTH', 'E401'],
    ['THROTTLED', 'E429'],
    ['PROVIDER_FAULT', 'E500'],
  ])('that is refused as %s is so at once', async (code, providerCode) => {
    const to = somebody();
    control().setProfile(to, { imessage: { submit: [`fail:${code}`] } });
    expect(await send(bubble(to))).toMatchObject({ kind: 'refused', code, providerCode });
  });

  test.each([
    ['UNREACHABLE', 'FAILED'],
    ['BLOCKED', 'FAILED'],
  ])('that fails later as %s is reported', async (failureCode, type) => {
    const to = somebody();
    control().setProfile(to, { imessage: { submit: [`fail:${failureCode}`] } });
    const outbound = bubble(to);
    await send(outbound);
    expect(await harness.eventsOf(outbound.attemptId, 1)).toMatchObject([{ type, failureCode }]);
  });

  test('that could not wait as long has expired', async () => {
    const to = somebody();
    control().setProfile(to, { imessage: { receipts: [] } });
    const outbound = { ...bubble(to), ttlSeconds: 1 };
    await send(outbound);
    const events = await harness.eventsOf(outbound.attemptId, 1);
    expect(events).toMatchObject([{ type: 'EXPIRED', failureCode: 'EXPIRED' }]);
  });
});

test('forged reports are refused', async () => {
  const to = somebody();
  control().setProfile(to, { badSignature: 2 });
  const outbound = bubble(to);
  await send(outbound);
  await harness.until(
    (taken) => taken.filter(({ raw }) => raw.url.includes(outbound.attemptId)).length === 3,
  );
  const forged = harness.taken.filter(({ raw, status }) => {
    return raw.url.includes(outbound.attemptId) && status === 403;
  });
  expect(forged).toHaveLength(2);
});

test('what a person writes is heard, and so is an answer that they tap', async () => {
  const from = somebody();
  control().inbound({ channel: 'IMESSAGE', from, text: 'STOP' });
  const outbound = bubble(from);
  await send(outbound);
  await harness.eventsOf(outbound.attemptId, 1);
  control().inbound({
    channel: 'IMESSAGE',
    from,
    ref: outbound.attemptId,
    postback: 'msg_1:help',
  });
  const events = await harness.eventsOf(outbound.attemptId, 2);
  expect(events[1]).toMatchObject({
    type: 'REPLIED',
    inbound: { from, text: null, tapped: 'msg_1:help' },
  });
  const heard = harness.taken.flatMap((one) => one.events).map(({ inbound }) => inbound?.text);
  expect(heard).toContain('STOP');
});
