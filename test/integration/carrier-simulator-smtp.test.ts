// The email adapter against the simulated mail server over real sockets: mails, refusals, lost answers, and reports.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Outbound } from '../../providers/provider.ts';
import {
  DEADLINE_MS,
  eventually,
  outboundTo,
  startHarness,
  type CarrierHarness,
} from '../support/carrier-harness.ts';

const SOMEBODY = 'ada@example.com';
const email = (text: string, subject = 'On its way') =>
  ({ channel: 'EMAIL', subject, text, html: `<p>${text}</p>`, unsubscribeUrl: null }) as const;

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
  harness.smtp.send(outbound, deadlineMs);
const mailTo = (to: string): Outbound => outboundTo(to, email('Your order is on its way.'));

describe('a mail', () => {
  test.each([
    ['plain letters', 'Your order is on its way.', 'On its way'],
    ['other letters and an emoji', 'déjà vu 你好 👋🏽 = ok', 'Größe → 你好'],
    ['long lines', 'long '.repeat(300).trim(), 'x'.repeat(150)],
    ['a line that is a dot', 'one\n.\ntwo', 'Dots'],
  ])('with %s is accepted, and the person sees it as it was written', async (_, text, subject) => {
    const outbound = outboundTo(SOMEBODY, email(text, subject));
    expect(await send(outbound)).toMatchObject({ kind: 'accepted' });
    await eventually(() => control().handset(SOMEBODY).length > 0);
    expect(control().handset(SOMEBODY)).toMatchObject([{ channel: 'EMAIL', title: subject, text }]);
  });

  test.each([
    ['INVALID_RECIPIENT', '550 5.1.1'],
    ['UNREACHABLE', '552 5.2.2'],
    ['BLOCKED', '554 5.7.1'],
    ['INVALID_CONTENT', '554 5.6.0'],
    ['SENDER_REJECTED', '550 5.7.26'],
    ['THROTTLED', '452 4.5.3'],
    ['PROVIDER_FAULT', '451 4.3.0'],
    ['EXPIRED', '550 5.4.7'],
  ])('that is refused as %s is so at once', async (code, providerCode) => {
    control().setProfile(SOMEBODY, { email: { submit: [`fail:${code}`] } });
    const refused = { kind: 'refused', code, providerCode };
    expect(await send(mailTo(SOMEBODY))).toMatchObject(refused);
  });

  test.each(['cut', 'cutAfter', 'hang', 'hangAfter'])(
    'whose answer is lost (%s) is unknown',
    async (step) => {
      control().setProfile(SOMEBODY, { submit: [step] });
      expect(await send(mailTo(SOMEBODY), 400)).toMatchObject({ kind: 'unknown' });
    },
  );

  test('to a server that is out of service is refused', async () => {
    control().setFaults({ scope: 'smtp', errorRatio: 1 });
    expect(await send(mailTo(SOMEBODY))).toMatchObject({ code: 'PROVIDER_FAULT' });
  });

  test('names its attempt in the history', async () => {
    const outbound = mailTo(SOMEBODY);
    await send(outbound);
    await eventually(() => readFileSync(harness.historyPath, 'utf8').includes(outbound.attemptId));
    const lines = readFileSync(harness.historyPath, 'utf8').trim().split('\n');
    const told = lines.map((line) => JSON.parse(line) as object).filter((line) => 'ref' in line);
    expect(told).toContainEqual(
      expect.objectContaining({ k: 'accept', attempt: outbound.attemptId, channel: 'EMAIL' }),
    );
  });
});

describe('a bounce', () => {
  test.each([
    ['INVALID_RECIPIENT', 'failed 5.1.1'],
    ['UNREACHABLE', 'failed 5.2.2'],
    ['BLOCKED', 'failed 5.7.1'],
  ])('after the acceptance tells %s', async (failureCode, providerCode) => {
    control().setProfile(SOMEBODY, { receipts: [[`failed:${failureCode}`, 20]] });
    const outbound = mailTo(SOMEBODY);
    expect(await send(outbound)).toMatchObject({ kind: 'accepted' });
    expect(await harness.eventsOf(outbound.attemptId, 1)).toMatchObject([
      { type: 'FAILED', failureCode, providerCode },
    ]);
  });

  test('that could not be kept comes again', async () => {
    harness.failWith = 503;
    control().setProfile(SOMEBODY, { receipts: [['failed:INVALID_RECIPIENT', 20]] });
    const outbound = mailTo(SOMEBODY);
    await send(outbound);
    await harness.until((taken) => taken.some(({ status }) => status === 503));
    harness.failWith = null;
    expect(await harness.eventsOf(outbound.attemptId, 1)).toMatchObject([{ type: 'FAILED' }]);
  });

  test('that is forged is not taken, and the genuine one after it is', async () => {
    control().setProfile(SOMEBODY, {
      receipts: [['failed:INVALID_RECIPIENT', 20]],
      badSignature: 1,
    });
    const outbound = mailTo(SOMEBODY);
    await send(outbound);
    await harness.eventsOf(outbound.attemptId, 1);
    await eventually(() =>
      control()
        .journal()
        .some(({ status }) => status === 550),
    );
    const about = harness.taken.flatMap(({ events }) => events);
    expect(about.filter(({ attemptId }) => attemptId === outbound.attemptId)).toMatchObject([
      { type: 'FAILED' },
    ]);
  });
});

test('a delivery is not reported to who did not ask', async () => {
  const outbound = mailTo(SOMEBODY);
  await send(outbound);
  await eventually(() => control().handset(SOMEBODY).length > 0);
  const told = control()
    .journal()
    .filter(({ direction, body }) => direction === 'out' && body.includes(outbound.attemptId));
  expect(told).toEqual([]);
});
