// What a channel provider over a session of its own promises of sending, against an SMSC that is told what to answer.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ConfigurationError } from '../../platform/config.ts';
import type { Provider } from '../../providers/provider.ts';
import { closedUrl } from '../support/answering-server.ts';
import {
  startAnsweringSmsc,
  type AnsweringSmsc,
  type SmscAnswer,
} from '../support/answering-smsc.ts';
import { configured, createAll, smppSettings, smsOutbound } from '../support/provider-fixtures.ts';
import { sample } from '../support/samples.ts';

const DEADLINE_MS = 5000;
const statuses =
  sample<Record<string, { value: number; failure: string }>>('smpp/command-statuses');

let smsc: AnsweringSmsc;
let provider: Provider;

beforeEach(async () => {
  smsc = await startAnsweringSmsc();
  provider = configured(smppSettings(smsc.port));
});
afterEach(async () => {
  await provider.close();
  await smsc.close();
});

const sendAgainst = (answer: SmscAnswer, deadlineMs = DEADLINE_MS) => {
  smsc.answer = answer;
  return provider.send(smsOutbound, deadlineMs);
};

const text = (words: string) =>
  ({ ...smsOutbound, content: { channel: 'SMS', text: words } }) as const;

describe('configuration', () => {
  test('without its variables there is no such provider', () => {
    expect(createAll({})).toEqual([]);
  });

  test.each(['SMPP_SYSTEM_ID', 'SMPP_PASSWORD', 'SMPP_SOURCE_ADDRESS'])(
    'without %s it is refused by that name',
    (name) => {
      const { [name]: _, ...half } = smppSettings(smsc.port);
      expect(() => createAll(half)).toThrow(ConfigurationError);
      expect(() => createAll(half)).toThrow(name);
    },
  );

  test.each(['a name that is too long', '0044 20', 'Ünïcode'])('%s sends nothing', (from) => {
    const settings = { ...smppSettings(smsc.port), SMPP_SOURCE_ADDRESS: from };
    expect(() => createAll(settings)).toThrow('SMPP_SOURCE_ADDRESS');
  });

  test.each([
    ['+14155550000', 1, 1, '14155550000'],
    ['12345', 3, 0, '12345'],
    ['Acme Bank', 5, 0, 'Acme Bank'],
  ])('%s sends as what it is', async (from, ton, npi, digits) => {
    await provider.close();
    provider = configured({ ...smppSettings(smsc.port), SMPP_SOURCE_ADDRESS: from });
    await provider.send(smsOutbound, DEADLINE_MS);
    expect(smsc.submissions).toMatchObject([
      { source_addr_ton: ton, source_addr_npi: npi, source_addr: digits },
    ]);
  });
});

describe('sending', () => {
  test('an acceptance is accepted, under the id of the SMSC', async () => {
    const outcome = await sendAgainst({ status: 0, messageId: '0a1B' });
    expect(outcome).toEqual({ kind: 'accepted', providerMessageId: '0a1B' });
  });

  test('a submission says to whom, what, for how long, and that a receipt is wanted', async () => {
    await provider.send({ ...smsOutbound, ttlSeconds: 90_061 }, DEADLINE_MS);
    const [submission] = smsc.submissions;
    expect(submission).toMatchObject({
      dest_addr_ton: 1,
      dest_addr_npi: 1,
      destination_addr: '14155550100',
      data_coding: 0,
      esm_class: 0,
      registered_delivery: 1,
      short_message: { message: 'On its way.' },
    });
    const until = submission?.validity_period;
    const validMs = until instanceof Date ? until.getTime() - Date.now() : 0;
    expect(validMs).toBeGreaterThan(90_000_000);
    expect(validMs).toBeLessThan(90_062_000);
  });

  test('a receipt is wanted for the first part alone, whose id is that of the message', async () => {
    const outcome = await provider.send(text('x'.repeat(400)), DEADLINE_MS);
    expect(outcome).toEqual({ kind: 'accepted', providerMessageId: 'id-1' });
    expect(smsc.submissions.map((each) => each.registered_delivery)).toEqual([1, 0, 0]);
  });

  const GARBAGE = Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n');
  test.each<[string, SmscAnswer]>([
    ['a connection that is cut before the answer', 'cut'],
    ['an acceptance without an id', { status: 0 }],
    ['an answer in another protocol', GARBAGE],
    ['an answer that never ends', Buffer.from([0, 0, 0, 200, 0x80, 0, 0, 4])],
  ])('%s is unknown', async (_, answer) => {
    expect(await sendAgainst(answer, 300)).toMatchObject({ kind: 'unknown' });
  });

  test('an answer that does not come within the deadline is unknown', async () => {
    expect(await sendAgainst('hang', 100)).toMatchObject({ kind: 'unknown' });
  });

  test('every command status of the samples has its canonical code', async () => {
    for (const [name, { value, failure }] of Object.entries(statuses)) {
      const outcome = await sendAgainst({ status: value });
      expect(outcome).toMatchObject({ kind: 'refused', code: failure, providerCode: name });
    }
    expect(Object.keys(statuses).length).toBeGreaterThan(25);
  });

  test("an operator's own status is refused as UNKNOWN, by its number", async () => {
    const outcome = await sendAgainst({ status: 0x404 });
    expect(outcome).toMatchObject({ code: 'UNKNOWN', providerCode: '0x00000404' });
  });

  test('content over a limit is refused before anything is sent', async () => {
    const outcome = await provider.send(text('x'.repeat(1601)), DEADLINE_MS);
    expect(outcome).toMatchObject({ kind: 'refused', code: 'INVALID_CONTENT' });
    expect(smsc.submissions).toEqual([]);
  });

  test('no more submissions are open at once than the window has places', async () => {
    await provider.close();
    provider = configured({ ...smppSettings(smsc.port), SMPP_WINDOW: '3' });
    smsc.hold = true;
    const sent = Array.from({ length: 12 }, () => provider.send(smsOutbound, DEADLINE_MS));
    const outcomes = await Promise.all(sent);
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array.from({ length: 12 }, () => 'accepted'));
    expect(smsc.openMax).toBe(3);
  });

  test('what found no place in the window before its deadline is refused: it was not sent', async () => {
    await provider.close();
    provider = configured({ ...smppSettings(smsc.port), SMPP_WINDOW: '1' });
    smsc.answer = 'hang';
    const [first, second] = await Promise.all([
      provider.send(smsOutbound, 500),
      provider.send(smsOutbound, 100),
    ]);
    expect(first).toMatchObject({ kind: 'unknown' });
    expect(second).toMatchObject({ kind: 'refused', code: 'PROVIDER_FAULT' });
    expect(smsc.submissions).toHaveLength(1);
  });
});

describe('a session', () => {
  test('that nobody answers is refused: nothing was sent', async () => {
    const { port } = new URL(await closedUrl());
    const nobody = configured(smppSettings(Number(port)));
    const outcome = await nobody.send(smsOutbound, DEADLINE_MS);
    await nobody.close();
    expect(outcome).toMatchObject({ kind: 'refused', code: 'PROVIDER_FAULT' });
  });

  test('that is not answered within the deadline is refused: nothing was sent', async () => {
    smsc.bindAnswer = 'hang';
    const outcome = await provider.send(smsOutbound, 100);
    expect(outcome).toMatchObject({ kind: 'refused', code: 'PROVIDER_FAULT' });
    expect(smsc.submissions).toEqual([]);
  });

  test.each(['ESME_RINVPASWD', 'ESME_RINVSYSID', 'ESME_RBINDFAIL'])(
    'that is refused with %s is the fault of the account, and not asked for again at once',
    async (name) => {
      smsc.bindAnswer = { status: statuses[name]?.value ?? 0 };
      const refused = { kind: 'refused', code: 'AUTH', providerCode: name };
      expect(await provider.send(smsOutbound, DEADLINE_MS)).toMatchObject(refused);
      expect(await provider.send(smsOutbound, DEADLINE_MS)).toMatchObject(refused);
      expect(smsc.goings).toEqual(['bind_transmitter']);
    },
  );

  test('is opened once for all that is sent, and ends with a goodbye', async () => {
    await Promise.all([
      sendAgainst({ status: 0, messageId: 'a' }),
      provider.send(smsOutbound, 5000),
    ]);
    await provider.close();
    expect(smsc.goings).toEqual(['bind_transmitter', 'unbind']);
  });

  test('that leaves a submission without an answer is asked whether it is there at all', async () => {
    await sendAgainst('hang', 100);
    expect(await sendAgainst({ status: 0, messageId: 'b' })).toMatchObject({ kind: 'accepted' });
    expect(smsc.goings).toEqual(['bind_transmitter', 'enquire_link']);
  });

  test('says that it is there when it is asked', async () => {
    await provider.send(smsOutbound, DEADLINE_MS);
    expect(await smsc.enquire()).toBe(0);
  });
});
