// Reads what an SMSC delivers: receipts, as TLVs or as text, and the texts that people write.
import { createHash } from 'node:crypto';
import smpp, { PDU, type DecodedMessage } from 'smpp';
import type { ProviderEvent, RawCallback } from '../provider.ts';
import { e164Of } from './address.ts';
import { reportedStates, stateNames } from './errors.ts';
import { canonicalReceiptId, type MessageIdForm } from './message-id.ts';

/** The kind of a deliver_sm. Source: SMPP 3.4, section 5.2.12. */
const KIND_BITS = 0x3c;
const Kind = { TEXT: 0, RECEIPT: 0x04, INTERMEDIATE: 0x20 } as const;

/** Names a delivery among all others: an SMSC gives a text no id. */
export const DELIVERY_HEADER = 'x-delivery-id';

/** One event a PDU, or none for junk. */
export function events(callback: RawCallback, messageIds: MessageIdForm): readonly ProviderEvent[] {
  const pdu = deliverSm(callback.body);
  if (pdu === null) return [];
  const delivery = callback.headers[DELIVERY_HEADER] ?? digestOf(callback.body);
  switch ((pdu.esm_class ?? 0) & KIND_BITS) {
    case Kind.TEXT:
      return [incomingText(pdu, delivery)];
    case Kind.RECEIPT:
    case Kind.INTERMEDIATE:
      return receipt(pdu, messageIds);
    default:
      return [];
  }
}

function deliverSm(bytes: Buffer): PDU | null {
  try {
    const whole = bytes.length >= 16 && bytes.readUInt32BE(0) === bytes.length;
    const pdu = whole ? new PDU(bytes) : null;
    return pdu?.command === 'deliver_sm' && pdu.short_message !== undefined ? pdu : null;
  } catch {
    return null;
  }
}

const NOTHING = { attemptId: null, providerEventId: null, occurredAt: null } as const;

/** TLVs before text, where both are there. The times in a text are of no known zone, so they are not read. */
function receipt(pdu: PDU, messageIds: MessageIdForm): readonly ProviderEvent[] {
  const text = asciiOf(pdu);
  const id = pdu.receipted_message_id ?? field(text, 'id');
  const state =
    pdu.message_state === undefined
      ? field(text, 'stat')
      : (stateNames.get(pdu.message_state) ?? String(pdu.message_state));
  if (id === null || id === '' || state === null) return [];
  const providerMessageId = canonicalReceiptId(id, messageIds);
  const reported = reportedStates.get(state);
  const error = networkError(pdu.network_error_code) ?? field(text, 'err');
  const named = error !== null && !/^0*$/.test(error) ? `${state} ${error}` : state;
  return [
    {
      ...NOTHING,
      dedupeKey: `${providerMessageId}:${state}`,
      providerMessageId,
      type: reported?.type ?? null,
      failureCode: reported?.failureCode ?? null,
      providerCode: named,
    },
  ];
}

/** `id:... sub:... dlvrd:... submit date:... done date:... stat:... err:... text:...`, in any order and any case. What
 *  follows `text:` is the person's message, and not looked at. */
function field(text: string, name: 'id' | 'stat' | 'err'): string | null {
  const [told = ''] = text.split(/\btext:/i);
  return new RegExp(String.raw`(?:^|\s)${name}:(\S+)`, 'i').exec(told)?.[1] ?? null;
}

/** A receipt is written in ASCII even where it claims the GSM alphabet, in which `_` and `$` would be other signs. */
function asciiOf(pdu: PDU): string {
  const text = textOf(pdu) ?? '';
  return (pdu.data_coding ?? 0) <= 1 ? smpp.encodings.ASCII.encode(text).toString('latin1') : text;
}

/** One octet says which network's, two which error. */
const networkError = (tlv: Buffer | undefined): string | null =>
  tlv?.length === 3 ? String(tlv.readUInt16BE(1)).padStart(3, '0') : null;

/** A long text comes in parts, each for itself. Keywords stand at the beginning: what the later ones begin with is none. */
function incomingText(pdu: PDU, delivery: string): ProviderEvent {
  const from = e164Of(pdu.source_addr_ton ?? 0, pdu.source_addr ?? '');
  const continues = isLaterPart(pdu.short_message);
  return {
    ...NOTHING,
    dedupeKey: delivery,
    providerMessageId: null,
    type: null,
    failureCode: null,
    providerCode: null,
    ...(from !== '' && {
      inbound: {
        from,
        text: textOf(pdu),
        tapped: null,
        keyword: null,
        ...(continues && { continues }),
      },
    }),
  };
}

/** The concatenation headers of 3GPP TS 23.040: reference of one octet or two, count, number. */
function isLaterPart(message: DecodedMessage | undefined): boolean {
  return (message?.udh ?? []).some((element) => {
    const [kind, length] = element;
    const concatenation = (kind === 0 && length === 3) || (kind === 8 && length === 4);
    return concatenation && (element.at(-1) ?? 1) > 1;
  });
}

function textOf({ short_message, message_payload }: PDU): string | null {
  const texts = [short_message?.message, message_payload?.message];
  return texts.find((text) => typeof text === 'string' && text !== '')?.toString() ?? null;
}

const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
