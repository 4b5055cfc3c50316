// What a channel provider over a session of its own promises of callbacks: proof, keeping before acknowledging, and coming back.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Provider, RawCallback } from '../../providers/provider.ts';
import { startAnsweringSmsc, type AnsweringSmsc } from '../support/answering-smsc.ts';
import { configured, smppSettings } from '../support/provider-fixtures.ts';
import { sample } from '../support/samples.ts';

const RECEIPT = 0x04;
const WRONG_PASSWORD = 0x0e;
const TRY_AGAIN = 0x64;

let smsc: AnsweringSmsc;
let provider: Provider;
const stops: (() => Promise<void>)[] = [];

beforeEach(async () => {
  smsc = await startAnsweringSmsc();
  provider = configured(smppSettings(smsc.port));
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await provider.close();
  await smsc.close();
});

/** Listens, and collects what is handed in; `keep` stands for storing it. */
function listening(keep: () => Promise<void> = () => Promise.resolve()) {
  const taken: RawCallback[] = [];
  const reasons: string[] = [];
  const stop = provider.listen?.({
    take: async (callback) => {
      taken.push(callback);
      await keep();
    },
    interrupted: (reason) => reasons.push(reason),
  });
  if (stop === undefined) throw new Error('there is no session to listen to');
  stops.push(stop);
  return { taken, reasons, stop };
}

const receiptText = (state: string) =>
  sample<{ text: string }>('smpp/receipt').text.replace('UNDELIV', state);
const receipt = (state: string) => ({ esm_class: RECEIPT, short_message: receiptText(state) });

/** The raw callbacks that these deliveries are. */
async function delivered(...pdus: Parameters<AnsweringSmsc['deliver']>[0][]) {
  const { taken } = listening();
  for (const fields of pdus) expect(await smsc.deliver(fields)).toBe(0);
  return taken;
}
const eventOf = (callback: RawCallback | undefined) =>
  callback === undefined ? undefined : provider.events(callback)[0];

test('callbacks that come over the session are genuine, and from nowhere else', async () => {
  const [callback] = await delivered(receipt('DELIVRD'));
  if (callback === undefined) throw new Error('nothing was handed in');
  expect(provider.verify(callback)).toEqual({ kind: 'genuine' });
  expect(provider.verify({ ...callback })).toMatchObject({ kind: 'forged' });
});

test('callbacks are acknowledged only when they are kept', async () => {
  let kept: () => void = () => undefined;
  const keeping = new Promise<void>((resolve) => {
    kept = resolve;
  });
  listening(() => keeping);
  const order: string[] = [];
  const answered = smsc.deliver(receipt('DELIVRD')).then(() => order.push('acknowledged'));
  await smsc.enquire();
  order.push('kept');
  kept();
  await answered;
  expect(order).toEqual(['kept', 'acknowledged']);
});

test('callbacks that cannot be kept are to come again', async () => {
  listening(() => Promise.reject(new Error('the disk is full')));
  expect(await smsc.deliver(receipt('DELIVRD'))).toBe(TRY_AGAIN);
});

test('callbacks come again after the session was lost', async () => {
  const { taken, reasons } = listening();
  await smsc.deliver(receipt('DELIVRD'));
  smsc.hangUp();
  expect(await smsc.deliver(receipt('UNDELIV'))).toBe(0);
  expect(taken.map((callback) => eventOf(callback)?.type)).toEqual(['DELIVERED', 'FAILED']);
  expect(reasons).toEqual(['the session is lost']);
});

test('callbacks that are refused for the account are told of, without its secrets', async () => {
  smsc.bindAnswer = { status: WRONG_PASSWORD };
  const { reasons, stop } = listening();
  while (reasons.length === 0) await new Promise(setImmediate);
  await stop();
  expect(reasons[0]).toBe('no session: ESME_RINVPASWD');
});

test('callbacks end with a goodbye, after what is in hand is kept', async () => {
  let kept: () => void = () => undefined;
  const { stop } = listening(
    () =>
      new Promise((resolve) => {
        kept = resolve;
      }),
  );
  const answered = smsc.deliver(receipt('DELIVRD'));
  await smsc.enquire();
  const stopped = stop();
  kept();
  expect(await answered).toBe(0);
  await stopped;
  expect(smsc.goings).toEqual(['bind_receiver', 'unbind']);
});

test('callbacks that repeat an event have its key, and another event another', async () => {
  const [first, again, other] = await delivered(
    receipt('DELIVRD'),
    receipt('DELIVRD'),
    receipt('EXPIRED'),
  );
  expect(eventOf(again)?.dedupeKey).toBe(eventOf(first)?.dedupeKey);
  expect(eventOf(other)?.dedupeKey).not.toBe(eventOf(first)?.dedupeKey);
});

test('callbacks of a person who writes the same twice are two', async () => {
  const stop = { source_addr_ton: 1, source_addr: '14155550100', short_message: 'STOP' };
  const [first, second] = await delivered(stop, stop);
  expect(eventOf(first)?.dedupeKey).not.toBe(eventOf(second)?.dedupeKey);
});

test('callbacks of junk are forged, and make no event', () => {
  const junk = fc.oneof(
    fc.uint8Array(),
    fc.uint8Array({ minLength: 16, maxLength: 64 }).map(asDelivery),
  );
  fc.assert(
    fc.property(junk, (bytes) => {
      const callback = { url: 'smpp://x', headers: {}, body: Buffer.from(bytes) };
      expect(provider.verify(callback)).toMatchObject({ kind: 'forged' });
      expect(provider.events(callback).every(({ type }) => type === null)).toBe(true);
    }),
  );
});

/** The bytes with the header of a deliver_sm. */
function asDelivery(bytes: Uint8Array): Uint8Array {
  const pdu = Buffer.from(bytes);
  pdu.writeUInt32BE(pdu.length, 0);
  pdu.writeUInt32BE(5, 4);
  return pdu;
}
