// Twilio's webhooks: the published signatures, what the official library signs, and every status.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import twilio from 'twilio';
import type { RawCallback } from '../../../../providers/provider.ts';
import { events, verify } from '../../../../providers/twilio/receive.ts';
import { sample } from '../../../support/samples.ts';

const ATTEMPT = '0192b1c8-0000-7000-8000-000000000001';
const URL_WITH_ATTEMPT = `https://parley.example/callbacks/twilio?a=${ATTEMPT}`;

function callbackOf(url: string, form: URLSearchParams, signature?: string): RawCallback {
  const headers = { 'x-twilio-signature': signature };
  return { url, headers, body: Buffer.from(form.toString()) };
}

describe('a signature', () => {
  const vectors = sample<
    {
      authToken: string;
      url: string;
      params: Record<string, string>;
      'x-twilio-signature': string;
    }[]
  >('twilio/signature-vectors');

  test.each(vectors)(
    'that Twilio publishes is genuine',
    ({ authToken, url, params, ...vector }) => {
      const callback = callbackOf(url, new URLSearchParams(params), vector['x-twilio-signature']);
      expect(verify(callback, [authToken])).toEqual({ kind: 'genuine' });
      expect(verify(callback, ['another', authToken])).toEqual({ kind: 'genuine' });
      expect(verify(callback, ['another'])).toMatchObject({ kind: 'forged' });
    },
  );

  test('covers every field, as the official library signs them', () => {
    const values = fc.array(fc.string(), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), values), (fields) => {
        const form = new URLSearchParams();
        for (const [name, all] of Object.entries(fields))
          all.forEach((value) => form.append(name, value));
        const parsed = Object.fromEntries(
          // A copy: the library asks "instanceof Array", and Jest has another Array than Node.
          [...form.keys()].map((name) => [name, [...form.getAll(name)]]),
        );
        const signature = twilio.getExpectedTwilioSignature('token', URL_WITH_ATTEMPT, parsed);
        expect(verify(callbackOf(URL_WITH_ATTEMPT, form, signature), ['token'])).toEqual({
          kind: 'genuine',
        });
        form.append('Added', 'later');
        expect(verify(callbackOf(URL_WITH_ATTEMPT, form, signature), ['token']).kind).toBe(
          'forged',
        );
      }),
    );
  });

  test.each([
    ['https://parley.example/c?a=1', 'https://parley.example:443/c?a=1'],
    ['https://parley.example:8443/c?a=1', 'https://parley.example/c?a=1'],
    ['http://parley.example/c', 'http://parley.example:80/c'],
  ])('for %s may have been made over %s', (told, signed) => {
    const form = new URLSearchParams({ MessageSid: 'SM1' });
    const signature = twilio.getExpectedTwilioSignature('token', signed, { MessageSid: 'SM1' });
    expect(verify(callbackOf(told, form, signature), ['token'])).toEqual({ kind: 'genuine' });
  });

  test('for one attempt does not fit another', () => {
    const form = new URLSearchParams({ MessageSid: 'SM1' });
    const signature = twilio.getExpectedTwilioSignature('token', URL_WITH_ATTEMPT, {
      MessageSid: 'SM1',
    });
    const other = callbackOf(URL_WITH_ATTEMPT.replace(/1$/, '2'), form, signature);
    expect(verify(other, ['token'])).toMatchObject({ kind: 'forged' });
  });
});

describe('a status', () => {
  const eventOf = (fields: Record<string, string>, url = URL_WITH_ATTEMPT) =>
    events(callbackOf(url, new URLSearchParams({ MessageSid: 'SM1', ...fields })));

  test.each([
    ['accepted', null],
    ['queued', null],
    ['sending', null],
    ['sent', 'SENT'],
    ['delivered', 'DELIVERED'],
    ['read', 'READ'],
    ['canceled', 'REVOKED'],
    ['partially_delivered', null],
  ])('%s is %s', (status, type) => {
    expect(eventOf({ MessageStatus: status })).toEqual([
      {
        dedupeKey: `SM1:${status}`,
        attemptId: ATTEMPT,
        providerMessageId: 'SM1',
        providerEventId: null,
        type,
        failureCode: null,
        providerCode: status,
        occurredAt: null,
      },
    ]);
  });

  test.each([
    ['undelivered', '30003', 'FAILED', 'UNREACHABLE'],
    ['failed', '30007', 'FAILED', 'BLOCKED'],
    ['failed', '30036', 'EXPIRED', 'EXPIRED'],
    ['failed', '99999', 'FAILED', 'UNKNOWN'],
  ])('%s with code %s is %s, %s', (status, code, type, failureCode) => {
    expect(eventOf({ MessageStatus: status, ErrorCode: code })).toMatchObject([
      { type, failureCode, providerCode: code },
    ]);
  });

  test('undelivered without a code is a failure nobody knows', () => {
    expect(eventOf({ MessageStatus: 'undelivered' })).toMatchObject([
      { type: 'FAILED', failureCode: 'UNKNOWN', providerCode: 'undelivered' },
    ]);
  });

  test('at a URL without an attempt names none', () => {
    const url = 'https://parley.example/callbacks/twilio';
    expect(eventOf({ MessageStatus: 'sent' }, url)).toMatchObject([{ attemptId: null }]);
    expect(eventOf({ MessageStatus: 'sent' }, `${url}?a=1`)).toMatchObject([{ attemptId: null }]);
  });

  test('received is a person’s text, and STOP an opt-out', () => {
    const text = { SmsStatus: 'received', From: '+14155550100', Body: 'Stop' };
    const inbound = { from: '+14155550100', text: 'Stop' };
    expect(eventOf(text)).toMatchObject([{ type: null, failureCode: null, inbound }]);
    expect(eventOf({ ...text, OptOutType: 'STOP' })).toMatchObject([
      { type: null, failureCode: 'OPTED_OUT', inbound: { ...inbound, keyword: 'STOP' } },
    ]);
  });

  test('received has the keyword that Twilio read, where it read one', () => {
    const text = { SmsStatus: 'received', From: '+14155550100', Body: 'Aide' };
    expect(eventOf(text)).toMatchObject([{ inbound: { keyword: null } }]);
    expect(eventOf({ ...text, OptOutType: 'HELP' })).toMatchObject([
      { failureCode: null, inbound: { keyword: 'HELP' } },
    ]);
    expect(eventOf({ ...text, OptOutType: 'LATER' })).toMatchObject([
      { inbound: { keyword: null } },
    ]);
  });
});
