// Message ids: some SMSCs write them in hexadecimal in one place and in decimal in the other.

/** How ids are written in the answer to a submission, and in a receipt. `same`: alike, so they are left as they are. */
export const MESSAGE_ID_FORMS = ['same', 'hex-decimal', 'decimal-hex'] as const;
export type MessageIdForm = (typeof MESSAGE_ID_FORMS)[number];

/** The id by which a message is known, from an answer. */
export const canonicalAnswerId = (id: string, form: MessageIdForm): string =>
  form === 'same' ? id : decimal(id, form === 'hex-decimal');

/** The same, from a receipt. */
export const canonicalReceiptId = (id: string, form: MessageIdForm): string =>
  form === 'same' ? id : decimal(id, form === 'decimal-hex');

/** Without leading zeros; what is no number is left as it is. */
function decimal(id: string, isHex: boolean): string {
  if (isHex) return /^[0-9a-f]+$/i.test(id) ? BigInt(`0x${id}`).toString() : id;
  return /^\d+$/.test(id) ? BigInt(id).toString() : id;
}
