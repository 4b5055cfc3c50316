// What Infobip tells its customers: reports at the URL that came with a message, and what people write at their webhook.
import { randomUUID } from 'node:crypto';
import type { FailureCode } from '../schema/vocabulary.ts';
import type { Callback } from './callbacks.ts';
import type { JsonObject } from './json.ts';
import type { Message, Receipt, ReceiptFormat } from './message-book.ts';

/** `error.id` of a report. Source: Infobip, "Response status and error codes". */
const errorIds: Readonly<Partial<Record<FailureCode, number>>> = {
  INVALID_RECIPIENT: 1,
  UNSUPPORTED: 7002,
  UNREACHABLE: 27,
  OPTED_OUT: 603,
  BLOCKED: 560,
  SENDER_REJECTED: 562,
  EXPIRED: 4101,
  PROVIDER_FAULT: 500,
};

/** Apple tells of no reading. */
export const appleReports: ReceiptFormat = {
  receipt: (message, receipt) => {
    const group = groupOf(receipt);
    if (group === null || message.callbackUrl === null) return null;
    const callback = reportOf(message, group, receipt.code);
    return { ...callback, url: message.callbackUrl, eventId: `${message.ref}:${group}` };
  },
  forgery: (message) => {
    if (message.callbackUrl === null) return null;
    const url = new URL(message.callbackUrl);
    url.searchParams.set('t', Buffer.alloc(16).toString('base64url'));
    return { ...reportOf(message, 'DELIVERED', null), url: url.href };
  },
};

export interface InfobipWebhook {
  /** Null: nowhere. */
  url(): string | null;
  /** `user:password` */
  readonly login: string;
  readonly sender: string;
}

/** Something that a person writes, or an answer that they tap; null where nobody listens. */
export function personWrites(
  { url, login, sender }: InfobipWebhook,
  person: { readonly from: string; readonly message: JsonObject },
): Callback | null {
  const address = url();
  if (address === null) return null;
  const context = { locale: 'en_US', capabilityList: ['QUICK_REPLY', 'LIST_PICKER'] };
  const result = {
    sender,
    to: person.from,
    integrationType: 'APPLE_BC',
    receivedAt: timeText(),
    messageId: randomUUID(),
    message: { context, ...person.message },
  };
  const authorization = `Basic ${Buffer.from(login).toString('base64')}`;
  return { ...callbackOf([result], { authorization }), url: address };
}

function groupOf({ kind }: Receipt): string | null {
  switch (kind) {
    case 'delivered':
      return 'DELIVERED';
    case 'failed':
      return 'UNDELIVERABLE';
    case 'expired':
      return 'EXPIRED';
    case 'sent':
    case 'read':
    case 'none':
      return null;
  }
}

function reportOf(
  { ref, address, shown }: Message,
  groupName: string,
  code: string | null,
): Omit<Callback, 'url'> {
  const failure = groupName === 'EXPIRED' ? 'EXPIRED' : (code as FailureCode | null);
  const id = failure === null ? 0 : (errorIds[failure] ?? 9_999);
  return callbackOf([
    {
      bulkId: ref,
      messageId: ref,
      status: { groupName, name: groupName },
      error: { id, permanent: id !== 0 },
      to: shown.from,
      sender: address,
      sentAt: timeText(),
      doneAt: timeText(),
      messageCount: 1,
    },
  ]);
}

const callbackOf = (
  results: readonly object[],
  headers: Readonly<Record<string, string>> = {},
): Omit<Callback, 'url'> => ({
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ results, messageCount: results.length, pendingMessageCount: 0 }),
});

const timeText = (): string => new Date().toISOString().replace('Z', '+0000');
