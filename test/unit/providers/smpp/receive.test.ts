// Receipts in all their forms, and the texts of people, as PDUs that an SMSC might deliver.
import { describe, expect, test } from '@jest/globals';
import { PDU, type PduFields } from 'smpp';
import type { ProviderEvent, RawCallback } from '../../../../providers/provider.ts';
import { stateNames } from '../../../../providers/smpp/errors.ts';
import { canonicalAnswerId, type MessageIdForm } from '../../../../providers/smpp/message-id.ts';
import { events } from '../../../../providers/smpp/receive.ts';
import { sample } from '../../../support/samples.ts';

const { text: SAMPLE, states } = sample<{ text: string; states: Record<string, number> }>(
  'smpp/receipt',
);
const RECEIPT = 0x04;
const ISO_LATIN_1 = 3;

function read(fields: PduFields, form: MessageIdForm = 'same'): readonly ProviderEvent[] {
  const body = new PDU('deliver_sm', { data_coding: 0, ...fields }).toBuffer();
  const callback: RawCallback = { url: 'smpp://smsc', headers: { 'x-delivery-id': 'd-1' }, body };
  return events(callback, form);
}

const receipt = (text: string, more: PduFields = {}) =>
  read({ esm_class: RECEIPT, short_message: Buffer.from(text, 'latin1'), ...more });

describe('a receipt', () => {
  test('in text tells the id, the state and the error', () => {
    expect(receipt(SAMPLE)).toEqual([
      {
        dedupeKey: '00000002:UNDELIV',
        attemptId: null,
        providerMessageId: '00000002',
        providerEventId: null,
        type: 'FAILED',
        failureCode: 'UNREACHABLE',
        providerCode: 'UNDELIV 001',
        occurredAt: null,
      },
    ]);
  });

  test.each([
    ['ENROUTE', 'SENT', null],
    ['ACCEPTD', 'SENT', null],
    ['DELIVRD', 'DELIVERED', null],
    ['EXPIRED', 'EXPIRED', 'EXPIRED'],
    ['DELETED', 'REVOKED', null],
    ['UNDELIV', 'FAILED', 'UNREACHABLE'],
    ['REJECTD', 'FAILED', 'BLOCKED'],
    ['UNKNOWN', 'FAILED', 'UNKNOWN'],
    ['TELEPOR', null, null],
    ['constructor', null, null],
  ])('that says %s is %s', (state, type, failureCode) => {
    const text = SAMPLE.replace('UNDELIV', state).replace('err:001', 'err:000');
    expect(receipt(text)).toMatchObject([{ type, failureCode, providerCode: state }]);
  });

  test('numbers its states as the specification does', () => {
    expect(Object.fromEntries([...stateNames].map(([number, name]) => [name, number]))).toEqual(
      states,
    );
  });

  test('in TLVs needs no text', () => {
    const tlvs = {
      receipted_message_id: 'abc-1',
      message_state: 8,
      network_error_code: Buffer.from([3, 0, 13]),
    };
    expect(receipt('', tlvs)).toMatchObject([
      { providerMessageId: 'abc-1', type: 'FAILED', providerCode: 'REJECTD 013' },
    ]);
  });

  test('in both is read from the TLVs', () => {
    const tlvs = { receipted_message_id: 'abc-1', message_state: 2 };
    expect(receipt(SAMPLE, tlvs)).toMatchObject([
      { providerMessageId: 'abc-1', type: 'DELIVERED' },
    ]);
  });

  test('with a state that no specification numbers is kept without a type', () => {
    expect(receipt('', { receipted_message_id: 'abc-1', message_state: 77 })).toMatchObject([
      { type: null, providerCode: '77' },
    ]);
  });

  test('is not read from the words of the message that it quotes', () => {
    const [event] = receipt('id:7 stat:UNDELIV err:001 text:id:8 stat:DELIVRD');
    expect(event).toMatchObject({ providerMessageId: '7', type: 'FAILED' });
  });

  test('may write its fields in another order and in capitals', () => {
    expect(receipt('STAT:DELIVRD ID:7')).toMatchObject([
      { providerMessageId: '7', type: 'DELIVERED' },
    ]);
  });

  test.each([0, ISO_LATIN_1])(
    'is written in ASCII whatever alphabet it claims (%i)',
    (data_coding) => {
      const [event] = receipt('id:a_b$c@d stat:DELIVRD', { data_coding });
      expect(event?.providerMessageId).toBe('a_b$c@d');
    },
  );

  test.each([
    ['without an id', 'stat:DELIVRD'],
    ['without a state', 'id:7'],
    ['empty', ''],
  ])('%s is none', (_, text) => {
    expect(receipt(text)).toEqual([]);
  });

  test.each<[MessageIdForm, answered: string, receipted: string]>([
    ['same', '00ff', '00ff'],
    ['hex-decimal', '00FF', '255'],
    ['decimal-hex', '255', '000000ff'],
    ['hex-decimal', 'no-number', 'no-number'],
  ])('has the id of its answer where ids are written %s', (form, answered, receipted) => {
    const fields = { esm_class: RECEIPT, short_message: `id:${receipted} stat:DELIVRD` };
    const [event] = read(fields, form);
    expect(event?.providerMessageId).toBe(canonicalAnswerId(answered, form));
  });
});

describe('a text of a person', () => {
  const from = { source_addr_ton: 1, source_addr_npi: 1, source_addr: '14155550172' };

  test('comes in with its words, under the name of its delivery', () => {
    expect(read({ ...from, short_message: 'Stop it' })).toEqual([
      {
        dedupeKey: 'd-1',
        attemptId: null,
        providerMessageId: null,
        providerEventId: null,
        type: null,
        failureCode: null,
        providerCode: null,
        occurredAt: null,
        inbound: { from: '+14155550172', text: 'Stop it', tapped: null, keyword: null },
      },
    ]);
  });

  test.each([
    [8, 'Đừng gửi nữa'],
    [ISO_LATIN_1, 'Arrêt'],
    [0, 'Señor €'],
  ])('in the data coding %i is read as it was written', (data_coding, text) => {
    const [event] = read({ ...from, data_coding, short_message: text });
    expect(event?.inbound?.text).toBe(text);
  });

  test('may come as a payload instead', () => {
    const [event] = read({ ...from, message_payload: 'STOP' });
    expect(event?.inbound?.text).toBe('STOP');
  });

  test.each([
    [0, '14155550172', '+14155550172'],
    [1, '14155550172', '+14155550172'],
    [2, '4155550172', '4155550172'],
    [5, 'Acme', 'Acme'],
    [0, '12345', '12345'],
  ])('from a number of the kind %i, %s, is from %s', (source_addr_ton, source_addr, expected) => {
    const [event] = read({ source_addr_ton, source_addr, short_message: 'x' });
    expect(event?.inbound?.from).toBe(expected);
  });

  test('from nobody has no inbound', () => {
    expect(read({ short_message: 'x' })[0]).not.toHaveProperty('inbound');
  });

  test('that is long says which parts go on from another, for those begin with no keyword', () => {
    const part = (number: number, words: string) =>
      read({
        ...from,
        esm_class: 0x40,
        short_message: Buffer.from(
          `\u0005\u0000\u0003\u0007\u0002${String.fromCharCode(number)}${words}`,
        ),
      })[0]?.inbound;
    const said = { from: '+14155550172', tapped: null, keyword: null };
    expect(part(1, 'Please')).toEqual({ ...said, text: 'Please' });
    expect(part(2, 'STOP')).toEqual({ ...said, text: 'STOP', continues: true });
  });
});

test.each([0x08, 0x10, 0x18])(
  'a delivery of the kind %i is neither, and makes no event',
  (kind) => {
    expect(read({ esm_class: kind, short_message: SAMPLE })).toEqual([]);
  },
);
