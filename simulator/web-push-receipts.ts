// What an app tells of a push that came to it: a word, posted to the URL that the push itself brought.
import type { Callback } from './callbacks.ts';
import type { Message, ReceiptFormat } from './message-book.ts';

/** A push service tells of nothing else: not of what failed, nor of what was too late. */
export const webPushReceipts: ReceiptFormat = {
  receipt: (message, { kind }) => {
    if (kind !== 'delivered' && kind !== 'read') return null;
    const callback = appReceipt(message, kind);
    return callback && { ...callback, eventId: `${message.ref}:${kind}` };
  },
  forgery: (message) => {
    const genuine = appReceipt(message, 'read');
    if (genuine === null) return null;
    const url = new URL(genuine.url);
    url.searchParams.set('t', Buffer.alloc(16).toString('base64url'));
    return { ...genuine, url: url.href };
  },
};

/** As a service worker posts it, which asks no other site for permission. */
export function appReceipt({ callbackUrl }: Message, type: string): Callback | null {
  if (callbackUrl === null) return null;
  const headers = { 'content-type': 'text/plain;charset=UTF-8' };
  return { url: callbackUrl, headers, body: JSON.stringify({ type }) };
}
