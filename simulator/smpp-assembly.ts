// Puts long messages together again, as a phone does: parts that share a reference, in the order of their numbers.
import type { PDU } from 'smpp';

interface WholeMessage {
  /** The id of the part whose receipt is wanted; of the first that came where none is. */
  readonly ref: string;
  readonly text: string;
  readonly wantsReceipt: boolean;
}

export interface SmppAssembly {
  /** Takes one submission under its own id; answers the message once all of its parts are here. */
  take(submission: PDU, id: string): WholeMessage | null;
  reset(): void;
}

const RECEIPT_WANTED = 0x01;
/** Source: 3GPP TS 23.040, section 9.2.3.24.1. */
const CONCATENATION = { kind: 0, length: 3 } as const;

interface Parts {
  readonly texts: string[];
  ref: string;
  wantsReceipt: boolean;
}

export function createSmppAssembly(): SmppAssembly {
  const incomplete = new Map<string, Parts>();
  return {
    take: (submission, id) => {
      const { source_addr, destination_addr, registered_delivery = 0 } = submission;
      const wantsReceipt = (registered_delivery & RECEIPT_WANTED) !== 0;
      const text = textOf(submission);
      const { reference, count, number } = placeOf(submission);
      if (count === 1) return { ref: id, text, wantsReceipt };
      const key = [source_addr, destination_addr, reference, count].join(' ');
      const message = incomplete.get(key) ?? { texts: [], ref: id, wantsReceipt };
      incomplete.set(key, message);
      message.texts[number - 1] = text;
      if (wantsReceipt) Object.assign(message, { ref: id, wantsReceipt });
      if (Object.keys(message.texts).length < count) return null;
      incomplete.delete(key);
      return { ...message, text: message.texts.join('') };
    },
    reset: () => incomplete.clear(),
  };
}

export const textOf = (submission: PDU): string =>
  submission.short_message?.message?.toString() ?? '';

function placeOf({ short_message }: PDU): { reference: number; count: number; number: number } {
  const header = (short_message?.udh ?? []).find(
    ([kind, length]) => kind === CONCATENATION.kind && length === CONCATENATION.length,
  );
  const [, , reference = 0, count = 1, number = 1] = header ?? [];
  return { reference, count, number };
}
