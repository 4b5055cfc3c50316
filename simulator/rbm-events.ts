// Google's webhook: events in the shape of Pub/Sub, signed over the decoded data.
import { createHmac, randomUUID } from 'node:crypto';
import type { Callback } from './callbacks.ts';
import type { Message, Receipt, ReceiptFormat } from './message-book.ts';

export interface RbmWebhook {
  readonly agentId: string;
  readonly clientToken: string;
  /** Where the partner's webhook is; null while none is registered. */
  readonly url: () => string | null;
}

const SUBSCRIPTION = 'projects/simulator/subscriptions/rbm';

/** Reads "sent" and failures as Google does: it tells of neither. */
export function createRbmEvents(webhook: RbmWebhook): ReceiptFormat {
  // Equal for the repetition of a receipt, and forgotten with its message.
  const eventIds = new WeakMap<Message, Map<string, string>>();
  const eventIdOf = (message: Message, eventType: string): string => {
    const known = eventIds.get(message) ?? new Map<string, string>();
    eventIds.set(message, known);
    const eventId = known.get(eventType) ?? randomUUID();
    known.set(eventType, eventId);
    return eventId;
  };
  return {
    receipt: (message, receipt) => {
      const event = receiptEvent(message, receipt);
      if (event === null) return null;
      const eventId = eventIdOf(message, event.eventType);
      const callback = userEvent(webhook, { ...event, eventId });
      return callback === null ? null : { ...callback, eventId };
    },
    forgery: (message) => {
      const event = receiptEvent(message, { kind: 'read', code: null });
      const forger = { ...webhook, clientToken: randomUUID() };
      return userEvent(forger, { ...event, eventId: randomUUID() });
    },
  };
}

/** A signed webhook request with this event; null while no webhook is registered. */
export function userEvent(
  { agentId, clientToken, url }: RbmWebhook,
  event: Readonly<Record<string, unknown>>,
): Callback | null {
  const target = url();
  if (target === null) return null;
  const decoded = JSON.stringify({ ...event, agentId });
  const messageId = randomUUID();
  const publishTime = new Date().toISOString();
  const attributes = {
    business_id: agentId,
    product: 'RBM',
    project_number: '1',
    type: event['eventType'] === undefined ? 'message' : 'event',
  };
  const data = Buffer.from(decoded).toString('base64');
  return {
    url: target,
    headers: {
      'content-type': 'application/json',
      'x-goog-signature': createHmac('sha512', clientToken).update(decoded).digest('base64'),
    },
    body: JSON.stringify({
      message: {
        attributes,
        data,
        messageId,
        message_id: messageId,
        publishTime,
        publish_time: publishTime,
      },
      subscription: SUBSCRIPTION,
    }),
  };
}

/** The request by which Google asks whether a webhook belongs to the holder of the token. */
export function handshake({ clientToken, url }: RbmWebhook, secret: string): Callback | null {
  const target = url();
  if (target === null) return null;
  const headers = { 'content-type': 'application/json' };
  return { url: target, headers, body: JSON.stringify({ clientToken, secret }), once: true };
}

function receiptEvent({ ref, address }: Message, { kind }: Receipt) {
  const sendTime = new Date().toISOString();
  switch (kind) {
    case 'delivered':
    case 'read': {
      const eventType = kind.toUpperCase();
      return { senderPhoneNumber: address, eventType, messageId: ref, sendTime };
    }
    case 'expired':
      // Google's server names the phone differently from its user events.
      return {
        phoneNumber: address,
        eventType: 'TTL_EXPIRATION_REVOKED',
        messageId: ref,
        sendTime,
      };
    case 'sent':
    case 'failed':
    case 'none':
      return null;
  }
}
