// The form that Twilio gets for a text, and what its published answers are taken for.
import { describe, expect, test } from '@jest/globals';
import type { Outbound } from '../../../../providers/provider.ts';
import { messageRequest, readAnswer } from '../../../../providers/twilio/send.ts';
import { sample } from '../../../support/samples.ts';

const ATTEMPT = '0192b1c8-0000-7000-8000-000000000001';
const sender = {
  accountSid: 'AC1',
  authToken: 'secret',
  from: '+14155550000',
  callbackUrl: 'https://parley.example/callbacks/twilio',
};
const outbound: Outbound = {
  attemptId: ATTEMPT,
  messageId: 'msg_01h455vb4pex5vsknk084sn02q',
  tenantId: 'acme',
  to: '+14155550100',
  type: 'OTP',
  content: { channel: 'SMS', text: 'Zażółć & 1+1=2' },
  ttlSeconds: 600,
};

function formOf(changed: Partial<Outbound>, from = sender.from): Record<string, string> {
  const request = messageRequest({ ...outbound, ...changed }, { ...sender, from });
  if ('kind' in request) throw new Error(request.providerCode);
  return Object.fromEntries(new URLSearchParams(String(request.body)));
}

describe('the form', () => {
  test('holds the text, both numbers, the way back and the time to try', () => {
    expect(formOf({})).toEqual({
      To: '+14155550100',
      From: '+14155550000',
      Body: 'Zażółć & 1+1=2',
      StatusCallback: `https://parley.example/callbacks/twilio?a=${ATTEMPT}`,
      ValidityPeriod: '600',
    });
  });

  test('names a Messaging Service instead of a number', () => {
    const form = formOf({}, 'MG1');
    expect(form['MessagingServiceSid']).toBe('MG1');
    expect(form['From']).toBeUndefined();
  });

  test('asks for ten hours at most', () => {
    expect(formOf({ ttlSeconds: 1_000_000 })['ValidityPeriod']).toBe('36000');
  });

  test('goes to the account under its own credentials', () => {
    expect(messageRequest(outbound, sender)).toMatchObject({
      path: '/2010-04-01/Accounts/AC1/Messages.json',
      headers: { authorization: `Basic ${Buffer.from('AC1:secret').toString('base64')}` },
    });
  });

  test('of 1600 characters is sent, and of one more is not', () => {
    const text = (length: number) => ({ channel: 'SMS', text: 'x'.repeat(length) }) as const;
    expect(formOf({ content: text(1600) })['Body']).toHaveLength(1600);
    expect(messageRequest({ ...outbound, content: text(1601) }, sender)).toMatchObject({
      kind: 'refused',
      code: 'INVALID_CONTENT',
    });
  });
});

describe('an answer', () => {
  const created = sample<Record<string, { sid: string }>>('twilio/create-message-responses');

  test.each(Object.entries(created))('%s of the samples is accepted', (_name, body) => {
    expect(readAnswer(201, { ...body })).toEqual({ kind: 'accepted', providerMessageId: body.sid });
  });

  test('in the published envelope is refused with its code', () => {
    expect(readAnswer(400, sample('twilio/error-envelope'))).toEqual({
      kind: 'refused',
      code: 'INVALID_RECIPIENT',
      providerCode: '21211',
    });
  });

  test('with an unmapped code is refused as unknown and keeps it', () => {
    const told = readAnswer(400, { code: 99_999, message: 'New', status: 400 });
    expect(told).toMatchObject({ kind: 'refused', code: 'UNKNOWN', providerCode: '99999' });
  });

  test('without a SID, or in another envelope, is nobody’s word', () => {
    expect(readAnswer(201, { sid: 'CA1' })).toBeNull();
    expect(readAnswer(500, { error: 'oops' })).toBeNull();
    expect(readAnswer(502, { code: 20500, status: 500 })).toBeNull();
  });
});
