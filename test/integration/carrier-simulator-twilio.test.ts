// The Twilio adapter, and Twilio's own library, against the simulated Twilio.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import twilio from 'twilio';
import type { Outbound } from '../../providers/provider.ts';
import {
  DEADLINE_MS,
  outboundTo,
  startHarness,
  type CarrierHarness,
} from '../support/carrier-harness.ts';

const TEXT = { channel: 'SMS', text: 'On its way.' } as const;

let harness: CarrierHarness;

beforeAll(async () => {
  harness = await startHarness();
});
beforeEach(() => harness.carrier.control.reset());
afterAll(() => harness.close());

const send = (outbound: Outbound) => harness.twilio.send(outbound, DEADLINE_MS);
const shownAt = (address: string) => harness.carrier.control.handset(address);

describe('a text', () => {
  test('is accepted, sent and delivered, and the phone shows it', async () => {
    const outbound = outboundTo('+14155550100', TEXT);
    const outcome = await send(outbound);
    const events = await harness.eventsOf(outbound.attemptId, 2);
    expect(events.map(({ type }) => type)).toEqual(['SENT', 'DELIVERED']);
    const providerMessageId = events[0]?.providerMessageId;
    expect(outcome).toEqual({ kind: 'accepted', providerMessageId });
    expect(shownAt('+14155550100')).toMatchObject([{ channel: 'SMS', text: 'On its way.' }]);
  });

  test.each([
    ['+14155550001', 'UNREACHABLE', '30003'],
    ['+14155550002', 'BLOCKED', '30007'],
  ])('to %s fails as %s', async (to, failureCode, providerCode) => {
    const outbound = outboundTo(to, TEXT);
    expect(await send(outbound)).toMatchObject({ kind: 'accepted' });
    const events = await harness.eventsOf(outbound.attemptId, 1);
    expect(events).toMatchObject([{ type: 'FAILED', failureCode, providerCode }]);
    expect(shownAt(to)).toEqual([]);
  });

  test('that is never delivered expires at the end of its validity', async () => {
    const outbound = outboundTo('+14155550003', TEXT, 2);
    await send(outbound);
    const events = await harness.eventsOf(outbound.attemptId, 1);
    expect(events).toMatchObject([{ type: 'EXPIRED', failureCode: 'EXPIRED' }]);
  });

  test('to a throttled number says three times how long to wait', async () => {
    const throttled = { kind: 'refused', code: 'THROTTLED', retryAfterMs: 1000 };
    for (let i = 0; i < 3; i += 1) {
      expect(await send(outboundTo('+14155550429', TEXT))).toMatchObject(throttled);
    }
    expect(await send(outboundTo('+14155550429', TEXT))).toMatchObject({ kind: 'accepted' });
  });

  test('whose answer was lost is unknown, and its callback names the attempt', async () => {
    harness.carrier.control.setProfile('+14155550142', { submit: ['cutAfter'] });
    const outbound = outboundTo('+14155550142', TEXT);
    expect(await send(outbound)).toMatchObject({ kind: 'unknown' });
    const events = await harness.eventsOf(outbound.attemptId, 2);
    expect(events.map(({ type }) => type)).toEqual(['SENT', 'DELIVERED']);
  });

  test.each([
    ['fail:INVALID_RECIPIENT', 'refused', 'INVALID_RECIPIENT'],
    ['fail:OPTED_OUT', 'refused', 'OPTED_OUT'],
    ['fail:AUTH', 'refused', 'AUTH'],
    ['500', 'refused', 'PROVIDER_FAULT'],
    ['502', 'unknown', undefined],
    ['cut', 'unknown', undefined],
  ])('answered with %s is %s', async (step, kind, code) => {
    harness.carrier.control.setProfile('+14155550142', { submit: [step] });
    const outcome = await send(outboundTo('+14155550142', TEXT));
    expect(outcome).toMatchObject(code === undefined ? { kind } : { kind, code });
  });

  test('can be told about again, and to the contrary', async () => {
    const outbound = outboundTo('+14155550100', TEXT);
    await send(outbound);
    const [sent] = await harness.eventsOf(outbound.attemptId, 2);
    const sid = sent?.providerMessageId ?? '';
    expect(harness.carrier.control.replay(sid)).toBe(true);
    expect(harness.carrier.control.replay(sid, 'failed:30005')).toBe(true);
    const events = await harness.eventsOf(outbound.attemptId, 5);
    expect(new Set(events.map(({ dedupeKey }) => dedupeKey)).size).toBe(3);
    expect(events.map(({ failureCode }) => failureCode)).toContain('INVALID_RECIPIENT');
    expect(harness.carrier.control.replay('SM-nobody')).toBe(false);
  });

  test('of a person comes in with its words', async () => {
    harness.carrier.control.inbound({ channel: 'SMS', from: '+14155550172', text: 'STOP' });
    const texts = () =>
      harness.taken.flatMap(({ events }) => events).flatMap(({ inbound }) => inbound ?? []);
    await harness.until(() => texts().some(({ from }) => from === '+14155550172'));
    const said = { from: '+14155550172', text: 'STOP', tapped: null, keyword: null };
    expect(texts()).toContainEqual(said);
  });
});

describe('the official library', () => {
  const client = (authToken?: string) => {
    const { ports, credentials } = harness.carrier;
    const { accountSid } = credentials.twilio;
    const httpClient = new LoopbackClient(`http://127.0.0.1:${ports.twilio}`);
    return twilio(accountSid, authToken ?? credentials.twilio.authToken, { httpClient });
  };

  test('sends through the simulator, and reads the state of the message', async () => {
    const statusCallback = doorUrl();
    const body = 'żółw';
    const message = { to: '+14155550100', from: '+14155550000', body, statusCallback };
    const created = await client().messages.create(message);
    expect(created).toMatchObject({ status: 'queued', body, numSegments: '1', errorCode: null });
    const about = () => harness.taken.filter(({ raw }) => raw.body.includes(created.sid));
    await harness.until(() => about().length >= 2);
    expect((await client().messages(created.sid).fetch()).status).toBe('delivered');
  });

  test.each([
    [{ to: 'nobody' }, 21211, 400],
    [{ body: '' }, 21602, 400],
    [{ statusCallback: 'https://example.com/' }, 21609, 400],
    [{ to: '+14155550429' }, 20429, 429],
  ])('reads the refusal of %j as %i', async (changed, code, status) => {
    const message = { to: '+14155550100', from: '+14155550000', body: 'a', ...changed };
    await expect(client().messages.create(message)).rejects.toMatchObject({ code, status });
  });

  test('with a wrong token is refused', async () => {
    const message = { to: '+14155550100', from: '+14155550000', body: 'a' };
    await expect(client('wrong').messages.create(message)).rejects.toMatchObject({ code: 20003 });
  });

  test('validates every callback that the adapter holds genuine, and refuses the forged', async () => {
    harness.carrier.control.setProfile('+14155550142', { badSignature: 1 });
    const outbound = outboundTo('+14155550142', TEXT);
    const before = harness.taken.length;
    await send(outbound);
    await harness.until((taken) => taken.length >= before + 4);
    const { authToken } = harness.carrier.credentials.twilio;
    const verdicts = harness.taken.slice(before).map(({ raw, verification }) => {
      const params = Object.fromEntries(new URLSearchParams(raw.body.toString()));
      const signature = raw.headers['x-twilio-signature'] ?? '';
      return [verification, twilio.validateRequest(authToken, signature, raw.url, params)];
    });
    expect(verdicts).toHaveLength(4);
    for (const [verification, valid] of verdicts) expect(valid).toBe(verification === 'genuine');
  });
});

const doorUrl = (): string => {
  const [text] = harness.taken.filter(({ provider }) => provider === 'twilio');
  return new URL(text?.raw.url ?? '').origin + '/twilio';
};

/** The library has no option for another host: its requests are pointed to the simulator. */
class LoopbackClient extends twilio.RequestClient {
  readonly #baseUrl: string;

  constructor(baseUrl: string) {
    super();
    this.#baseUrl = baseUrl;
  }

  override request<T>(options: Parameters<typeof twilio.RequestClient.prototype.request<T>>[0]) {
    const uri = options.uri.replace('https://api.twilio.com', this.#baseUrl);
    return super.request<T>({ ...options, uri });
  }
}
