// What mail servers answer: by enhanced codes where they tell, by reply codes otherwise, and never with their words.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { enhancedIn, failureOfReply, failureOfStatus } from '../../../../providers/smtp/errors.ts';
import { FailureCode } from '../../../../schema/vocabulary.ts';

describe('an enhanced status', () => {
  test.each([
    ['5.1.1', 'INVALID_RECIPIENT'],
    ['5.1.2', 'INVALID_RECIPIENT'],
    ['5.1.10', 'INVALID_RECIPIENT'],
    ['5.1.0', 'UNREACHABLE'],
    ['5.1.8', 'SENDER_REJECTED'],
    ['4.1.8', 'SENDER_REJECTED'],
    ['4.1.2', 'UNREACHABLE'],
    ['5.2.1', 'UNREACHABLE'],
    ['4.2.2', 'UNREACHABLE'],
    ['5.2.3', 'INVALID_CONTENT'],
    ['4.3.1', 'THROTTLED'],
    ['4.3.2', 'PROVIDER_FAULT'],
    ['5.3.4', 'INVALID_CONTENT'],
    ['4.4.1', 'PROVIDER_FAULT'],
    ['5.4.4', 'UNREACHABLE'],
    ['4.4.7', 'EXPIRED'],
    ['5.4.7', 'EXPIRED'],
    ['4.5.3', 'THROTTLED'],
    ['5.6.1', 'INVALID_CONTENT'],
    ['5.6.7', 'INVALID_RECIPIENT'],
    ['4.7.1', 'THROTTLED'],
    ['5.7.1', 'BLOCKED'],
    ['5.7.8', 'AUTH'],
    ['5.7.26', 'SENDER_REJECTED'],
    ['5.7.28', 'THROTTLED'],
  ])('%s is %s', (status, failure) => {
    expect(failureOfStatus(status)).toBe(failure);
  });

  test.each(['5.0.0', '4.0.0', '2.1.5', '5.9.1', 'constructor', '5.1', ''])(
    '%j tells nothing',
    (status) => {
      expect(failureOfStatus(status)).toBeNull();
    },
  );

  test('is found behind a reply code alone: other numbers are addresses and versions', () => {
    expect(enhancedIn('550 5.1.1 No such user')).toBe('5.1.1');
    expect(enhancedIn('550-5.1.1 No such user')).toBe('5.1.1');
    expect(enhancedIn('host 10.5.1.1 said: 552 5.2.2 Full')).toBe('5.2.2');
    expect(enhancedIn('550 5.1.1.7 is an address')).toBeNull();
    expect(enhancedIn('mailer 5.1.1')).toBeNull();
  });
});

describe('a bare reply', () => {
  test.each([
    ['550', 'recipient', 'INVALID_RECIPIENT'],
    ['550', 'sender', 'SENDER_REJECTED'],
    ['550', 'message', 'BLOCKED'],
    ['550', 'session', 'SENDER_REJECTED'],
    ['552', 'recipient', 'UNREACHABLE'],
    ['554', 'message', 'BLOCKED'],
    ['535', 'session', 'AUTH'],
    ['421', 'message', 'PROVIDER_FAULT'],
    ['450', 'recipient', 'UNREACHABLE'],
    ['452', 'recipient', 'THROTTLED'],
    ['499', 'message', 'PROVIDER_FAULT'],
    ['599', 'message', 'UNKNOWN'],
  ] as const)('%s to the %s is %s', (number, stage, code) => {
    expect(failureOfReply(`${number} words`, stage)).toEqual({ code, providerCode: number });
  });

  test('of any text is a code of ours, and none of its words', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { code, providerCode } = failureOfReply(text, 'recipient');
        expect(Object.values(FailureCode)).toContain(code);
        expect(providerCode).toMatch(/^(\d{3})?( [245]\.\d{1,3}\.\d{1,3})?$/);
      }),
    );
  });
});
