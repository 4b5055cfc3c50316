// Reports of delivery (RFC 3464) about mail that was taken, and how they are sent to the return address.
import { createTransport } from 'nodemailer';
import type { FailureCode } from '../schema/vocabulary.ts';
import type { Carry } from './callbacks.ts';
import type { Message, Receipt, ReceiptFormat } from './message-book.ts';

interface Told {
  readonly action: 'failed' | 'delivered';
  readonly status: string;
  readonly diagnosis: string;
}

/** Source: RFC 3463. */
const failures: Readonly<Partial<Record<FailureCode, readonly [status: string, reply: string]>>> = {
  INVALID_RECIPIENT: ['5.1.1', '550 5.1.1 No such user'],
  UNREACHABLE: ['5.2.2', '552 5.2.2 Mailbox full'],
  BLOCKED: ['5.7.1', '554 5.7.1 Blocked'],
  SENDER_REJECTED: ['5.7.26', '550 5.7.26 Not authenticated'],
  INVALID_CONTENT: ['5.6.0', '554 5.6.0 Not understood'],
  EXPIRED: ['4.4.7', '451 4.4.7 Tried for too long'],
};
const SOMETHING = ['5.0.0', '554 5.0.0 Failed'] as const;

/** Mail knows of no reading, and of a delivery only where the sender asked. A forgery has no proven address. */
export const smtpReports: ReceiptFormat = {
  receipt: (message, receipt) => {
    const told = toldBy(receipt);
    if (told === null || message.callbackUrl === null) return null;
    const wanted = new URL(message.callbackUrl).searchParams.get('notify')?.split(',') ?? [];
    if (!wanted.includes(told.action === 'failed' ? 'FAILURE' : 'SUCCESS')) return null;
    return {
      url: message.callbackUrl,
      headers: {},
      body: reportOf(message, told),
      eventId: `${message.ref}:${told.action}`,
    };
  },
  forgery: ({ callbackUrl, ...message }) => {
    if (callbackUrl === null) return null;
    const url = new URL(callbackUrl);
    url.pathname = url.pathname.replace(/\.[0-9a-f]{24}(?=%40)/i, `.${'0'.repeat(24)}`);
    const told: Told = { action: 'delivered', status: '2.0.0', diagnosis: '250 2.0.0 Ok' };
    return { url: url.href, headers: {}, body: reportOf({ ...message, callbackUrl }, told) };
  },
};

function toldBy({ kind, code }: Receipt): Told | null {
  switch (kind) {
    case 'delivered':
      return { action: 'delivered', status: '2.0.0', diagnosis: '250 2.0.0 Ok' };
    case 'failed':
    case 'expired': {
      const known = failures[kind === 'expired' ? 'EXPIRED' : (code as FailureCode)];
      const [status, diagnosis] = known ?? SOMETHING;
      return { action: 'failed', status, diagnosis };
    }
    case 'sent':
    case 'read':
    case 'none':
      return null;
  }
}

function reportOf({ ref, address, attempt }: Message, { action, status, diagnosis }: Told): string {
  return [
    'From: Mail Delivery System <MAILER-DAEMON@mx.simulator.invalid>',
    'Subject: Delivery Status Notification',
    `Date: ${new Date().toUTCString()}`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status; boundary="${ref}"`,
    '',
    `--${ref}`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    `Your mail ${action === 'failed' ? 'could not be' : 'was'} delivered.`,
    `--${ref}`,
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.simulator.invalid',
    ...(attempt === null ? [] : [`Original-Envelope-Id: ${attempt}`]),
    '',
    `Final-Recipient: rfc822; ${address}`,
    `Action: ${action}`,
    `Status: ${status}`,
    `Diagnostic-Code: smtp; ${diagnosis}`,
    '',
    `--${ref}--`,
    '',
  ].join('\r\n');
}

const ANSWER_TIMEOUT_MS = 10_000;

/** By SMTP, to the return address that stands in the callback's path. */
export function mailCarry(): Carry {
  return {
    method: 'MAIL',
    post: async ({ url, body }) => {
      const { hostname, port, pathname } = new URL(url);
      const transport = createTransport({
        host: hostname,
        port: Number(port),
        ignoreTLS: true,
        connectionTimeout: ANSWER_TIMEOUT_MS,
        socketTimeout: ANSWER_TIMEOUT_MS,
      });
      const to = decodeURIComponent(pathname.slice(1));
      try {
        await transport.sendMail({ envelope: { from: '', to }, raw: body });
        return { status: 250, taken: true, text: '' };
      } catch (error) {
        const { responseCode } = error as { responseCode?: number };
        return responseCode === undefined ? null : { status: responseCode, taken: false, text: '' };
      }
    },
    close: () => Promise.resolve(),
  };
}
