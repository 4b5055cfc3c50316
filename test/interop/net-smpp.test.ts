// The SMPP adapter against an SMSC that others wrote: Net::SMPP, which reads what we send and says what we read.
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Provider, ProviderEvent, RawCallback } from '../../providers/provider.ts';
import { configured, smppSettings, smsOutbound } from '../support/provider-fixtures.ts';
import { startNetSmpp, type NetSmpp } from './net-smpp.ts';

// Programs take their time to start on a machine that has much to do.
jest.setTimeout(60_000);
const DEADLINE_MS = 20_000;

let smsc: NetSmpp;
let provider: Provider;
let taken: RawCallback[];
let interruptions: string[];
let stopListening: () => Promise<void>;
const waiting = new Set<() => void>();

beforeEach(async () => {
  smsc = await startNetSmpp();
  connect(smppSettings(smsc.port));
});
afterEach(async () => {
  await disconnect();
  await smsc.kill();
});

function connect(settings: Record<string, string>): void {
  provider = configured(settings);
  taken = [];
  interruptions = [];
  const notice = (): void => {
    for (const look of waiting) look();
  };
  const stop = provider.listen?.({
    take: async (callback) => {
      taken.push(callback);
      notice();
    },
    interrupted: (reason) => {
      interruptions.push(reason);
      notice();
    },
  });
  stopListening = async () => stop?.();
}

async function disconnect(): Promise<void> {
  await stopListening();
  await provider.close();
}

const until = (enough: () => boolean): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (!enough()) return;
      waiting.delete(look);
      resolve();
    };
    waiting.add(look);
    look();
  });

const sendText = (text: string, deadlineMs = DEADLINE_MS) =>
  provider.send({ ...smsOutbound, content: { channel: 'SMS', text } }, deadlineMs);

async function acceptedId(text: string): Promise<string> {
  const outcome = await sendText(text);
  if (outcome.kind !== 'accepted') throw new Error(`the outcome is ${outcome.kind}`);
  return outcome.providerMessageId;
}

/** Delivers these fields to our receiver, and resolves with what the adapter makes of them. */
async function delivered(fields: Record<string, string | number>): Promise<ProviderEvent> {
  await smsc.reported('bind_receiver');
  await smsc.wish({
    deliver: { source_addr: '14155550100', destination_addr: '14155550000', ...fields },
  });
  expect(await smsc.reported('deliver_sm_resp')).toMatchObject({ status: 0 });
  const [event] = provider.events(taken.at(-1) as RawCallback);
  if (event === undefined) throw new Error('there is no event in it');
  return event;
}

const utf16 = (text: string): string => Buffer.from(text, 'utf16le').swap16().toString('latin1');

describe('a session', () => {
  test('is bound as a transmitter and as a receiver of version 3.4, and ends with a goodbye', async () => {
    await sendText('On its way.');
    const bound = { system_id: 'parley', interface_version: 0x34 };
    expect(await smsc.reported('bind_transmitter')).toMatchObject(bound);
    expect(await smsc.reported('bind_receiver')).toMatchObject(bound);
    await disconnect();
    await smsc.reported('hung up', 2);
    expect(smsc.reports('unbind')).toHaveLength(2);
  });

  test('that is refused for its password is the fault of the account', async () => {
    await disconnect();
    connect({ ...smppSettings(smsc.port), SMPP_PASSWORD: 'guess' });
    const refused = { kind: 'refused', code: 'AUTH', providerCode: 'ESME_RINVPASWD' };
    expect(await sendText('x')).toMatchObject(refused);
    await until(() => interruptions.includes('no session: ESME_RINVPASWD'));
  });

  test('says that it is there, and asks the same of an SMSC that leaves a submission unanswered', async () => {
    await sendText('first');
    await smsc.wish({ request: 'enquire_link', of: 'bind_transmitter' });
    expect(await smsc.reported('enquire_link_resp')).toMatchObject({ status: 0 });
    await smsc.wish({ answer: { silent: 1 } });
    const unanswered = sendText('second', 2_000);
    await smsc.reported('submit_sm', 2);
    expect(await unanswered).toMatchObject({ kind: 'unknown' });
    await smsc.reported('enquire_link');
  });

  test('that the SMSC ends is answered, and opened again', async () => {
    await sendText('first');
    await smsc.wish({ request: 'unbind', of: 'bind_transmitter' });
    expect(await smsc.reported('unbind_resp')).toMatchObject({ status: 0 });
    await smsc.reported('hung up');
    let outcome = await sendText('second');
    while (outcome.kind === 'refused') {
      await pause(50);
      outcome = await sendText('second');
    }
    expect(outcome).toMatchObject({ kind: 'accepted' });
    await smsc.reported('bind_transmitter', 2);
  });
});

describe('a text', () => {
  test.each([
    ['of plain letters', 'On its way.', 0, 11],
    ['of the GSM alphabet', '@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà', 0, 42],
    ['of its extension table', '^{}\\[~]|€', 0, 18],
    ['outside of it', 'Đừng gửi nữa, 你好 👋', 8, 38],
  ])('%s is read as it was written', async (_, text, dataCoding, octets) => {
    expect(await acceptedId(text)).toBe('00000001');
    expect(await smsc.reported('submit_sm')).toMatchObject({
      text,
      octets,
      data_coding: dataCoding,
      part: [],
      esm_class: 0,
      registered_delivery: 1,
      dest_addr_ton: 1,
      destination_addr: smsOutbound.to.slice(1),
    });
  });

  test.each([
    ['in the GSM alphabet', `${'Line € '.repeat(60)}end`, 0, 153, 4],
    ['in UCS-2', `${'你好，世界 👋 '.repeat(20)}end`, 8, 134, 3],
  ])('that is long goes in parts, %s', async (_, text, dataCoding, octetsMax, count) => {
    const id = await acceptedId(text);
    await smsc.reported('submit_sm', count);
    const parts = smsc.reports('submit_sm');
    expect(parts.map(({ text: words }) => words).join('')).toBe(text);
    const reference = parts[0]?.part?.[0];
    expect(parts.map(({ part }) => part)).toEqual(
      Array.from({ length: count }, (_part, index) => [reference, count, index + 1]),
    );
    for (const part of parts) {
      expect(part).toMatchObject({ data_coding: dataCoding, esm_class: 0x40 });
      expect(part.octets).toBeLessThanOrEqual(octetsMax);
    }
    // The first part's id is the message's.
    expect(id).toBe('00000001');
    expect(parts.map(({ registered_delivery }) => registered_delivery === 1)).toEqual(
      parts.map((_part, index) => index === 0),
    );
  });

  test.each([
    [0x0b, 'INVALID_RECIPIENT', 'ESME_RINVDSTADR'],
    [0x58, 'THROTTLED', 'ESME_RTHROTTLED'],
    [0x08, 'PROVIDER_FAULT', 'ESME_RSYSERR'],
  ])('that is answered with status %i is refused as %s', async (status, code, providerCode) => {
    await smsc.wish({ answer: { status } });
    expect(await sendText('x')).toMatchObject({ kind: 'refused', code, providerCode });
  });
});

describe('a receipt', () => {
  const words = (stat: string, err: string) =>
    `id:00000001 sub:001 dlvrd:001 submit date:2611211200 done date:2611211201 stat:${stat} err:${err} text:On its way.`;

  test.each([
    ['DELIVRD', '000', 'DELIVERED', null, 'DELIVRD'],
    ['UNDELIV', '027', 'FAILED', 'UNREACHABLE', 'UNDELIV 027'],
    ['EXPIRED', '000', 'EXPIRED', 'EXPIRED', 'EXPIRED'],
  ])('by text: %s err %s is %s', async (stat, err, type, failureCode, providerCode) => {
    const providerMessageId = await acceptedId('On its way.');
    const event = await delivered({ esm_class: 4, short_message: words(stat, err) });
    expect(event).toMatchObject({ providerMessageId, type, failureCode, providerCode });
  });

  test.each([
    [2, 'DELIVERED', null, 'DELIVRD'],
    [8, 'FAILED', 'BLOCKED', 'REJECTD 013'],
  ])('by TLV: state %i is %s', async (state, type, failureCode, providerCode) => {
    const providerMessageId = await acceptedId('On its way.');
    const event = await delivered({
      esm_class: 4,
      receipted_message_id: `${providerMessageId}\0`,
      message_state: String.fromCharCode(state),
      ...(failureCode !== null && { network_error_code: '\u0003\0\u000d' }),
    });
    expect(event).toMatchObject({ providerMessageId, type, failureCode, providerCode });
  });
});

describe('a person who writes', () => {
  test.each([
    ['STOP', { data_coding: 0, short_message: 'STOP' }],
    ['5 € [ok]', { data_coding: 0, short_message: '5 \u001be \u001b<ok\u001b>' }],
    ['Đừng gửi nữa', { data_coding: 8, short_message: utf16('Đừng gửi nữa') }],
    ['in a payload', { message_payload: 'in a payload' }],
  ])('%s is heard', async (text, fields) => {
    const event = await delivered({ source_addr_ton: 1, source_addr_npi: 1, ...fields });
    expect(event.inbound).toEqual({ from: '+14155550100', text, tapped: null, keyword: null });
  });
});

describe('an SMSC that goes away', () => {
  test('leaves what it has not answered unknown, and refuses the rest: nothing of it was sent', async () => {
    await sendText('first');
    await smsc.wish({ answer: { silent: 1 } });
    const open = sendText('second');
    await smsc.reported('submit_sm', 2);
    await smsc.kill();
    expect(await open).toMatchObject({ kind: 'unknown' });
    expect(await sendText('third')).toMatchObject({ kind: 'refused', code: 'PROVIDER_FAULT' });
    await until(() => interruptions.includes('the session is lost'));
  });
});
