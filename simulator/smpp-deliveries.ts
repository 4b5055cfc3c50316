// What an SMSC delivers to its customer: receipts, in text and in TLVs, and what people write.
import type { FailureCode } from '../schema/vocabulary.ts';
import type { Callback } from './callbacks.ts';
import type { Message, Receipt, ReceiptFormat } from './message-book.ts';

/** Whichever session of the customer's. */
export const CUSTOMER_URL = 'smpp://customer/';

const INTERNATIONAL = { ton: 1, npi: 1 } as const;
const RECEIPT = 0x04;
const GSM = 0;
const UCS2 = 8;
const NUMBER = '14155550000';
/** The network, GSM, and the error in two octets. Source: SMPP 3.4, section 5.3.2.31. */
const GSM_NETWORK = 3;

/** Source: SMPP 3.4, section 5.2.28. */
const messageStates = {
  ENROUTE: 1,
  DELIVRD: 2,
  EXPIRED: 3,
  UNDELIV: 5,
  UNKNOWN: 7,
  REJECTD: 8,
} as const;
type State = keyof typeof messageStates;

/** How a failure is reported that is known after the hand-over only, with a number as mobile networks use them. */
const reportedFailures: Readonly<Partial<Record<FailureCode, readonly [State, number]>>> = {
  INVALID_RECIPIENT: ['UNDELIV', 1],
  UNREACHABLE: ['UNDELIV', 27],
  BLOCKED: ['REJECTD', 13],
  OPTED_OUT: ['REJECTD', 13],
  EXPIRED: ['EXPIRED', 0],
  UNKNOWN: ['UNKNOWN', 0],
};

/** An SMSC knows of no reading, and its session needs no signature: who would forge has no session. */
export const smppReceipts: ReceiptFormat = {
  receipt: (message, receipt) => {
    const told = stateOf(receipt);
    if (told === null || message.callbackUrl === null) return null;
    const [state, error] = told;
    const callback = delivery({
      ...addresses(message.address),
      esm_class: RECEIPT,
      data_coding: GSM,
      short_message: receiptText(message, state, error),
      receipted_message_id: message.ref,
      message_state: messageStates[state],
      ...(error > 0 && { network_error_code: networkError(error) }),
    });
    return { ...callback, eventId: `${message.ref}:${state}` };
  },
  forgery: () => null,
};

/** A text that a person sends. */
export function deliveredText({ from, body }: { from: string; body: string }): Callback {
  const plain = /^[ -~]*$/.test(body);
  return delivery({
    ...addresses(from),
    esm_class: 0,
    data_coding: plain ? GSM : UCS2,
    short_message: body,
  });
}

const addresses = (person: string) => ({
  source_addr_ton: INTERNATIONAL.ton,
  source_addr_npi: INTERNATIONAL.npi,
  source_addr: person.replace(/^\+/, ''),
  dest_addr_ton: INTERNATIONAL.ton,
  dest_addr_npi: INTERNATIONAL.npi,
  destination_addr: NUMBER,
});

const delivery = (fields: object): Callback => ({
  url: CUSTOMER_URL,
  headers: {},
  body: JSON.stringify(fields),
});

function stateOf({ kind, code }: Receipt): readonly [State, number] | null {
  switch (kind) {
    case 'sent':
      return ['ENROUTE', 0];
    case 'delivered':
      return ['DELIVRD', 0];
    case 'expired':
      return ['EXPIRED', 0];
    case 'failed': {
      const named = reportedFailures[code as FailureCode];
      return named ?? ['UNDELIV', Number(code) || 0];
    }
    case 'read':
    case 'none':
      return null;
  }
}

/** Source: SMPP 3.4, appendix B. */
function receiptText({ ref, shown }: Message, state: State, error: number): string {
  const date = new Date().toISOString().replaceAll(/\D/g, '').slice(2, 12);
  const count = state === 'DELIVRD' ? '001' : '000';
  const err = String(error).padStart(3, '0');
  const text = shown.text.replaceAll(/[^ -~]/g, '?').slice(0, 20);
  return `id:${ref} sub:001 dlvrd:${count} submit date:${date} done date:${date} stat:${state} err:${err} text:${text}`;
}

/** As text, because JSON holds no bytes; each character is one octet. */
const networkError = (error: number): string =>
  String.fromCharCode(GSM_NETWORK, error >> 8, error & 0xff);
