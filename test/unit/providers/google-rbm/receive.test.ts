// Google's webhook: its handshake, its signature, and every event that it publishes.
import { describe, expect, test } from '@jest/globals';
import { postbackOf, readPostback } from '../../../../providers/google-rbm/postback.ts';
import { events, verify } from '../../../../providers/google-rbm/receive.ts';
import type { RawCallback } from '../../../../providers/provider.ts';
import { sample } from '../../../support/samples.ts';

const ATTEMPT = '0192b1c8-0000-7000-8000-000000000001';

function callbackOf(body: unknown, headers: RawCallback['headers'] = {}): RawCallback {
  const url = 'https://parley.example/callbacks/google-rbm';
  return { url, headers, body: Buffer.from(JSON.stringify(body)) };
}

function eventOf(event: object) {
  const data = Buffer.from(JSON.stringify(event)).toString('base64');
  return events(callbackOf({ message: { data } }));
}

describe('the webhook', () => {
  const { handshake, vector } = sample<{
    handshake: { request: { clientToken: string; secret: string }; response: { body: string } };
    vector: { clientToken: string; 'message.data': string; 'x-goog-signature': string };
  }>('google-rbm/webhook-signature');
  const { clientToken } = handshake.request;

  test('answers the handshake with the bare secret', () => {
    const answer = { kind: 'handshake', answer: handshake.response.body };
    expect(verify(callbackOf(handshake.request), [clientToken])).toEqual(answer);
    expect(verify(callbackOf(handshake.request), ['newer', clientToken])).toEqual(answer);
  });

  test('refuses a handshake with a token that is not ours', () => {
    expect(verify(callbackOf(handshake.request), ['another'])).toMatchObject({ kind: 'forged' });
  });

  test('is signed over the decoded data', () => {
    const headers = { 'x-goog-signature': vector['x-goog-signature'] };
    const signed = callbackOf({ message: { data: vector['message.data'] } }, headers);
    expect(verify(signed, [vector.clientToken])).toEqual({ kind: 'genuine' });
    expect(verify(signed, ['another'])).toMatchObject({ kind: 'forged' });
  });
});

describe('an event', () => {
  const official = sample<Record<string, object>>('google-rbm/events');

  test.each([
    ['delivered', 'DELIVERED', null],
    ['read', 'READ', null],
    ['ttl_revoked', 'EXPIRED', 'EXPIRED'],
    ['ttl_revoke_failed', null, 'UNKNOWN'],
  ])('%s of the samples is %s', (name, type, failureCode) => {
    const event = eventOf({ ...official[name], messageId: ATTEMPT });
    expect(event).toMatchObject([
      { type, failureCode, attemptId: ATTEMPT, providerMessageId: ATTEMPT },
    ]);
    expect(event[0]?.inbound).toBeUndefined();
  });

  test('without a message, as typing, is kept without a type', () => {
    expect(eventOf(official['is_typing'] ?? {})).toMatchObject([{ type: null, attemptId: null }]);
  });

  test('of unsubscribing is an opt-out and says whose', () => {
    expect(eventOf(official['unsubscribe'] ?? {})).toMatchObject([
      { failureCode: 'OPTED_OUT', inbound: { from: 'PHONE_NUMBER', text: null, keyword: 'STOP' } },
    ]);
  });

  test('of subscribing is a START, and typing is no keyword', () => {
    const subscribed = { ...official['unsubscribe'], eventType: 'SUBSCRIBE' };
    expect(eventOf(subscribed)).toMatchObject([{ inbound: { keyword: 'START' } }]);
    expect(eventOf(official['is_typing'] ?? {})).toMatchObject([{ inbound: { keyword: null } }]);
  });

  test('of the server has the time that Google gives', () => {
    const sendTime = '2026-01-01T00:00:01.5Z';
    expect(eventOf({ ...official['ttl_revoked'], sendTime })).toMatchObject([
      { occurredAt: Date.parse(sendTime) },
    ]);
  });

  test('of a launch is nobody’s message', () => {
    const { decoded } = sample<{ decoded: object }>('google-rbm/agent-launch-event');
    expect(eventOf(decoded)).toMatchObject([{ type: null, attemptId: null, failureCode: null }]);
  });

  test('about a message that is not one of ours names no attempt', () => {
    expect(eventOf(official['delivered'] ?? {})).toMatchObject([
      { type: 'DELIVERED', attemptId: null, providerMessageId: 'MESSAGE_ID' },
    ]);
  });

  test('is known again by its event id', () => {
    const again = () => eventOf(official['read'] ?? {})[0]?.dedupeKey;
    expect(again()).toBe('EVENT_ID');
  });
});

describe('a person', () => {
  const from = '+14155550100';

  test('who writes is heard, and about no message of ours', () => {
    const text = { senderPhoneNumber: from, messageId: 'Mx', text: 'STOP' };
    expect(eventOf(text)).toMatchObject([
      { dedupeKey: 'Mx', type: null, attemptId: null, inbound: { from, text: 'STOP' } },
    ]);
  });

  test.each([
    ['reply', 'REPLIED'],
    ['open-url', 'CLICKED'],
  ] as const)('who taps a suggestion of kind %s has %s', (kind, type) => {
    const action = { kind, label: 'Yes', url: 'https://parley.example', postback: 'a:b\nc' };
    const postbackData = postbackOf(action, ATTEMPT);
    expect(readPostback(postbackData)).toEqual({ attemptId: ATTEMPT, type, postback: 'a:b\nc' });
    const tap = { senderPhoneNumber: from, eventId: 'e', suggestionResponse: { postbackData } };
    expect(eventOf(tap)).toMatchObject([
      { type, attemptId: ATTEMPT, inbound: { from, text: null } },
    ]);
  });

  test('who taps a suggestion of somebody else is heard without a message', () => {
    const { suggestion_action: tap } = sample<{ suggestion_action: object }>('google-rbm/events');
    expect(eventOf(tap)).toMatchObject([{ type: null, attemptId: null }]);
  });
});
