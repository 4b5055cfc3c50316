// Reports of delivery, as Postfix and OpenSMTPD wrote them: which attempt, what became of it, and why.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { events } from '../../../../providers/smtp/receive.ts';

const ATTEMPT = '0192b1c8-0000-7000-8000-000000000001';
const read = (body: string | Buffer) =>
  events({ url: 'smtp://x', headers: { 'x-attempt-id': ATTEMPT }, body: Buffer.from(body) });
const sampled = (name: string) => readFileSync(`test/samples/email/${name}.eml`, 'latin1');

describe.each([
  ['postfix-unknown', 'INVALID_RECIPIENT', 'failed 5.1.1'],
  ['postfix-full', 'UNREACHABLE', 'failed 5.2.2'],
  ['opensmtpd-unknown', 'INVALID_RECIPIENT', 'failed 5.1.1'],
  ['opensmtpd-full', 'UNREACHABLE', 'failed 5.2.2'],
])('the bounce %s', (name, failureCode, providerCode) => {
  test('is a failure, with its code and its time', () => {
    const [event, ...more] = read(sampled(name));
    expect(event).toMatchObject({ attemptId: ATTEMPT, type: 'FAILED', failureCode, providerCode });
    expect(event?.occurredAt).toBeGreaterThan(Date.UTC(2026, 10, 20));
    expect(more).toEqual([]);
  });

  test('reads the same with bare line feeds', () => {
    expect(read(sampled(name).replaceAll('\r\n', '\n'))).toEqual(read(sampled(name)));
  });

  test('comes once when it comes twice', () => {
    const [first] = read(sampled(name));
    const [again] = read(sampled(name));
    expect(again?.dedupeKey).toBe(first?.dedupeKey);
  });
});

const report = (...fields: string[]): string =>
  [
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'Here is what became of your mail.',
    '--b',
    'content-type: Message/Delivery-Status; charset=us-ascii',
    '',
    'Reporting-MTA: dns; mx.example',
    '',
    ...fields,
    '--b--',
    '',
  ].join('\r\n');

describe('a report', () => {
  test.each([
    ['delivered', 'DELIVERED'],
    ['Delivered', 'DELIVERED'],
    ['relayed', 'SENT'],
    ['expanded', 'SENT'],
    ['delayed', null],
    ['constructor', null],
  ])('of %s is %s', (action, type) => {
    const [event] = read(report(`Action: ${action}`, 'Status: 2.0.0'));
    expect(event).toMatchObject({ type, failureCode: null, attemptId: ATTEMPT });
  });

  test.each([
    ['4.4.7', 'EXPIRED'],
    ['5.7.1', 'BLOCKED'],
    ['5.7.26', 'SENDER_REJECTED'],
    ['5.3.4', 'INVALID_CONTENT'],
    ['5.1.99', 'INVALID_RECIPIENT'],
    ['5.99.99', 'UNKNOWN'],
    ['5.0.0', 'UNKNOWN'],
  ])('of a failure with %s is %s', (status, failureCode) => {
    const [event] = read(report('Action: failed', `Status: ${status} (in words)`));
    expect(event).toMatchObject({ type: 'FAILED', failureCode, providerCode: `failed ${status}` });
  });

  test('whose status tells nothing is read by its diagnosis', () => {
    const told = (diagnosis: string) =>
      read(report('Action: failed', 'Status: 5.0.0', `Diagnostic-Code: smtp; ${diagnosis}`))[0];
    expect(told('550-5.1.1 No such user')?.failureCode).toBe('INVALID_RECIPIENT');
    expect(told('554 Spam')).toMatchObject({ failureCode: 'BLOCKED', providerCode: 'failed 554' });
    expect(told('552 of version\r\n 5.1.1 is 10.5.1.1')?.failureCode).toBe('UNREACHABLE');
  });
});

describe('what is no report', () => {
  test('is kept without a type', () => {
    const [event] = read('Subject: I am away\r\n\r\nUntil Monday.');
    expect(event).toMatchObject({ type: null, failureCode: null, attemptId: ATTEMPT });
  });

  test('makes no event without an attempt', () => {
    const body = Buffer.from(sampled('postfix-full'));
    expect(events({ url: 'smtp://x', headers: {}, body })).toEqual([]);
  });

  test('does no harm, whatever it is', () => {
    const words = ['--b', '\r\n', '\n\n', 'Action: failed', 'Status: 5.1.1', ':', ' ', '=b', '--'];
    const mail = fc
      .array(fc.oneof(fc.constantFrom(...words), fc.string()))
      .map((all) => all.join(''));
    const head = 'Content-Type: multipart/mixed; boundary=b\r\n\r\n';
    fc.assert(
      fc.property(mail, fc.boolean(), (text, headed) => {
        expect(read(headed ? head + text : text).length).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('costs no more than its length, however it is made', () => {
    const size = 262_144;
    for (const piece of ['\r\n ', '\n\n', '--b\r\n', ' \t', 'a:', '550 5.1.']) {
      const body = `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n${piece.repeat(size / piece.length)}`;
      expect(read(body)).toHaveLength(1);
    }
  });
});
