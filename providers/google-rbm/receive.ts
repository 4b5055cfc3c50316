// Reads Google's webhook: proves who sent it, and turns user and server events into ours.
import { createHmac } from 'node:crypto';
import { DeliveryEventType, type Keyword } from '../../schema/vocabulary.ts';
import type { ProviderEvent, RawCallback, Verification } from '../provider.ts';
import {
  attemptIdOrNull,
  jsonObject,
  objectOrNull,
  sameSecret,
  textOrNull,
  type JsonObject,
} from '../wire.ts';
import { eventFailures } from './errors.ts';
import { readPostback } from './postback.ts';

/** `X-Goog-Signature` is base64(HMAC-SHA512(clientToken, decoded message.data)): over the decoded bytes, not the body.
 *  The one-time handshake carries the token itself and is answered with its secret.
 *  Source: RCS for Business guide, "Webhooks". */
export function verify(callback: RawCallback, clientTokens: readonly string[]): Verification {
  const body = jsonObject(callback.body);
  if (body === null) return { kind: 'forged', reason: 'the body is no JSON object' };
  const data = messageData(body);
  if (data === null) return verifyHandshake(body, clientTokens);
  const signature = callback.headers['x-goog-signature'];
  if (signature === undefined) return { kind: 'forged', reason: 'no signature' };
  const signed = (token: string) => createHmac('sha512', token).update(data).digest('base64');
  const genuine = clientTokens.filter((token) => sameSecret(signed(token), signature)).length > 0;
  return genuine ? { kind: 'genuine' } : { kind: 'forged', reason: 'the signature does not fit' };
}

function verifyHandshake(body: JsonObject, clientTokens: readonly string[]): Verification {
  const given = textOrNull(body['clientToken']);
  const answer = textOrNull(body['secret']);
  if (given === null || answer === null)
    return { kind: 'forged', reason: 'no event and no handshake' };
  const known = clientTokens.filter((token) => sameSecret(token, given)).length > 0;
  return known ? { kind: 'handshake', answer } : { kind: 'forged', reason: 'unknown client token' };
}

/** One event a callback, or none for junk. An event's own id, or a person's message id, tells repetitions. */
export function events(callback: RawCallback): readonly ProviderEvent[] {
  const data = messageData(jsonObject(callback.body) ?? {});
  const event = data === null ? null : jsonObject(data);
  if (event === null) return [];
  const dedupeKey = textOrNull(event['eventId']) ?? textOrNull(event['messageId']);
  if (dedupeKey === null) return [];
  const sendTime = Date.parse(textOrNull(event['sendTime']) ?? '');
  return [
    {
      dedupeKey,
      providerEventId: textOrNull(event['eventId']),
      occurredAt: Number.isNaN(sendTime) ? null : sendTime,
      ...(textOrNull(event['eventType']) === null ? personsMessage(event) : namedEvent(event)),
    },
  ];
}

type EventMeaning = Omit<ProviderEvent, 'dedupeKey' | 'providerEventId' | 'occurredAt'>;

const eventTypes: ReadonlyMap<string, DeliveryEventType> = new Map([
  ['DELIVERED', DeliveryEventType.DELIVERED],
  ['READ', DeliveryEventType.READ],
  ['TTL_EXPIRATION_REVOKED', DeliveryEventType.EXPIRED],
]);

/** The switch in the messages app, which needs no words. */
const keywords: ReadonlyMap<string, Keyword> = new Map([
  ['UNSUBSCRIBE', 'STOP'],
  ['SUBSCRIBE', 'START'],
]);

function namedEvent(event: JsonObject): EventMeaning {
  const name = textOrNull(event['eventType']) ?? '';
  const messageId = textOrNull(event['messageId']);
  const from = textOrNull(event['senderPhoneNumber']);
  return {
    attemptId: attemptIdOrNull(messageId),
    providerMessageId: messageId,
    type: eventTypes.get(name) ?? null,
    failureCode: eventFailures.get(name) ?? null,
    providerCode: name,
    ...(messageId === null &&
      from !== null && {
        inbound: { from, text: null, tapped: null, keyword: keywords.get(name) ?? null },
      }),
  };
}

// What a person wrote or tapped. A text is about no message of ours; a tap names its attempt in the postback.
function personsMessage(event: JsonObject): EventMeaning {
  const response = objectOrNull(event['suggestionResponse']);
  const tap = readPostback(textOrNull(response?.['postbackData']) ?? '');
  const from = textOrNull(event['senderPhoneNumber']);
  const text = textOrNull(event['text']);
  const tapped = tap?.type === DeliveryEventType.REPLIED ? tap.postback : null;
  return {
    attemptId: tap?.attemptId ?? null,
    providerMessageId: tap?.attemptId ?? null,
    type: tap?.type ?? null,
    failureCode: null,
    providerCode: null,
    ...(from !== null && { inbound: { from, text, tapped, keyword: null } }),
  };
}

function messageData(body: JsonObject): Buffer | null {
  const data = textOrNull(objectOrNull(body['message'])?.['data']);
  return data === null ? null : Buffer.from(data, 'base64');
}
