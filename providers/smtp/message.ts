// The mail of one attempt: its envelope, its headers, and its two bodies.
import type { SendMailOptions } from 'nodemailer';
import { assert } from '../../platform/assert.ts';
import type { Outbound } from '../provider.ts';
import { bounceAddress, type BounceDomain } from './bounce-address.ts';

export interface MailSender {
  /** As in the header From: `Acme <no-reply@acme.example>`, or the address alone. */
  readonly from: string;
  /** The domain of From: message ids are below it. */
  readonly domain: string;
  readonly bounces: BounceDomain;
  /** What reports are asked for, where the server knows DSN (RFC 3461). */
  readonly notify: readonly ('success' | 'failure' | 'delay')[];
}

/** The Message-ID of an attempt, without its brackets. */
export const messageIdOf = (attemptId: string, { domain }: MailSender): string =>
  `${attemptId}@${domain}`;

/** Content comes from the renderer alone, so no file and no URL is read for it. */
export function mailOf(outbound: Outbound, sender: MailSender): SendMailOptions {
  const { attemptId, messageId, content, to, primaryChannel = null } = outbound;
  assert(content.channel === 'EMAIL', 'an email provider is handed an email');
  const { unsubscribeUrl } = content;
  return {
    envelope: { from: bounceAddress(attemptId, sender.bounces), to },
    dsn: {
      id: attemptId,
      return: 'headers',
      notify: [...sender.notify],
      recipient: `rfc822;${to}`,
    },
    from: sender.from,
    to: { name: '', address: to },
    subject: content.subject,
    text: content.text,
    html: content.html,
    messageId: `<${messageIdOf(attemptId, sender)}>`,
    headers: {
      'X-Canonical-ID': messageId,
      ...(primaryChannel !== null && { 'X-Primary-Channel': primaryChannel }),
      // Keeps vacation notices from answering (RFC 3834).
      'Auto-Submitted': 'auto-generated',
      ...(unsubscribeUrl !== null && {
        'List-Unsubscribe': `<${unsubscribeUrl}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      }),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
