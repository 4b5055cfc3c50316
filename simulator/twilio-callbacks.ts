// Twilio's webhooks: forms, signed over the URL and all fields.
import { createHmac, randomBytes } from 'node:crypto';
import type { FailureCode } from '../schema/vocabulary.ts';
import type { Callback } from './callbacks.ts';
import type { Message, Receipt, ReceiptFormat } from './message-book.ts';

export interface TwilioAccount {
  readonly accountSid: string;
  readonly authToken: string;
  /** The account's number. */
  readonly from: string;
}

/** The code in a status callback for each failure. Source: twilio.com/docs/api/errors. */
export const asyncFailures: Readonly<Record<FailureCode, number>> = {
  INVALID_RECIPIENT: 30005,
  UNSUPPORTED: 30006,
  UNREACHABLE: 30003,
  OPTED_OUT: 21610,
  BLOCKED: 30007,
  INVALID_CONTENT: 30019,
  SENDER_REJECTED: 30034,
  AUTH: 30002,
  THROTTLED: 30022,
  EXPIRED: 30036,
  PROVIDER_FAULT: 30410,
  UNKNOWN: 30008,
};

const API_VERSION = '2010-04-01';

/** There is no "read" for a text message. */
export function createTwilioCallbacks(account: TwilioAccount): ReceiptFormat {
  return {
    receipt: (message, receipt) => {
      const told = statusOf(receipt);
      if (told === null || message.callbackUrl === null) return null;
      const form = statusForm(account, message, told.status);
      if (told.errorCode !== null) form.set('ErrorCode', told.errorCode);
      const callback = signedForm(account, message.callbackUrl, form);
      return { ...callback, eventId: `${message.ref}:${told.status}` };
    },
    forgery: (message) => {
      if (message.callbackUrl === null) return null;
      const forger = { ...account, authToken: randomBytes(16).toString('hex') };
      return signedForm(forger, message.callbackUrl, statusForm(account, message, 'read'));
    },
  };
}

/** A text that a person sends to the account's number. */
export function incomingText(
  account: TwilioAccount,
  url: string,
  text: { readonly from: string; readonly body: string },
): Callback {
  const sid = `SM${randomBytes(16).toString('hex')}`;
  const form = new URLSearchParams({
    ToCountry: 'US',
    SmsMessageSid: sid,
    NumMedia: '0',
    SmsSid: sid,
    SmsStatus: 'received',
    Body: text.body,
    To: account.from,
    NumSegments: '1',
    MessageSid: sid,
    AccountSid: account.accountSid,
    From: text.from,
    ApiVersion: API_VERSION,
  });
  return signedForm(account, url, form);
}

function statusForm(
  { accountSid }: TwilioAccount,
  message: Message,
  status: string,
): URLSearchParams {
  return new URLSearchParams({
    SmsSid: message.ref,
    SmsStatus: status,
    MessageStatus: status,
    To: message.address,
    MessageSid: message.ref,
    AccountSid: accountSid,
    From: message.shown.from,
    ApiVersion: API_VERSION,
  });
}

function statusOf({ kind, code }: Receipt): { status: string; errorCode: string | null } | null {
  switch (kind) {
    case 'sent':
    case 'delivered':
      return { status: kind, errorCode: null };
    case 'failed':
      return { status: 'undelivered', errorCode: codeOf(code) };
    case 'expired':
      return { status: 'failed', errorCode: String(asyncFailures.EXPIRED) };
    case 'read':
    case 'none':
      return null;
  }
}

/** A profile names a failure by its canonical code, or by Twilio's own. */
export function codeOf(code: string | null): string {
  const named = Object.entries(asyncFailures).find(([failure]) => failure === code);
  return String(named?.[1] ?? code ?? '');
}

function signedForm({ authToken }: TwilioAccount, url: string, form: URLSearchParams): Callback {
  const sorted = new URLSearchParams(form);
  sorted.sort();
  const fields = [...sorted].map(([name, value]) => name + value).join('');
  const signature = createHmac('sha1', authToken)
    .update(url + fields)
    .digest('base64');
  return {
    url,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signature,
    },
    body: form.toString(),
  };
}
