// What a caller sends: checked whole before anything is looked up.
import { describe, expect, it } from '@jest/globals';
import { requestOf, type RequestInput } from '../../../../../subgraphs/messages/domain/request.ts';

const NOW = 1_000_000;
const DAY = 86_400_000;
const RECIPIENT = '01890a5d-ac96-774b-bcce-b302099a8057';
const input = (more: Partial<RequestInput> = {}): RequestInput => ({
  idempotencyKey: 'order-1',
  template: 'order_sent',
  variables: [{ name: 'order', value: '1' }],
  ...more,
});
const pathsOf = (more: Partial<RequestInput>, recipientId: string | null = RECIPIENT): string[] => {
  const checked = requestOf(input(more), recipientId, NOW);
  return 'findings' in checked ? checked.findings.map(({ code, path }) => `${code} ${path}`) : [];
};

describe('a request', () => {
  it('is taken as it is, with what is missing as null', () => {
    expect(requestOf(input(), RECIPIENT, NOW)).toEqual({
      request: {
        idempotencyKey: 'order-1',
        recipientId: RECIPIENT,
        templateName: 'order_sent',
        variables: new Map([['order', '1']]),
        reference: null,
        locale: null,
        sendAt: null,
        expiresAt: null,
      },
    });
  });

  it.each<[string, Partial<RequestInput>]>([
    ['a key of 255 characters', { idempotencyKey: 'x'.repeat(255) }],
    ['a key in any script', { idempotencyKey: 'заказ-1 😀' }],
    ['the latest expiry', { expiresAt: new Date(NOW + 7 * DAY) }],
    ['a locale', { locale: 'de-CH' }],
    ['the latest schedule', { sendAt: new Date(NOW + 30 * DAY) }],
    ['a local time', { sendAtLocal: '1970-01-02T09:00' }],
    [
      'an expiry after a late schedule',
      { sendAt: new Date(NOW + 20 * DAY), expiresAt: new Date(NOW + 27 * DAY) },
    ],
  ])('with %s is taken', (_, more) => {
    expect(pathsOf(more)).toEqual([]);
  });

  it.each<[string, Partial<RequestInput>, string]>([
    ['a schedule in the past', { sendAt: new Date(NOW) }, 'INVALID_INPUT sendAt'],
    ['a schedule too far', { sendAt: new Date(NOW + 30 * DAY + 1) }, 'INVALID_INPUT sendAt'],
    ['a day that does not exist', { sendAtLocal: '2026-02-30T09:00' }, 'INVALID_INPUT sendAtLocal'],
    [
      'two schedules',
      { sendAt: new Date(NOW + DAY), sendAtLocal: '1970-01-02T09:00' },
      'INVALID_INPUT sendAtLocal',
    ],
    [
      'an expiry before its schedule',
      { sendAt: new Date(NOW + DAY), expiresAt: new Date(NOW + DAY) },
      'INVALID_INPUT expiresAt',
    ],
    ['an empty key', { idempotencyKey: '' }, 'INVALID_INPUT idempotencyKey'],
    ['a key too long', { idempotencyKey: 'x'.repeat(256) }, 'INVALID_INPUT idempotencyKey'],
    ['a key that cannot be stored', { idempotencyKey: 'a\u0000b' }, 'INVALID_INPUT idempotencyKey'],
    // Two different halves of a character would be stored as one and the same key.
    ['a key with half a character', { idempotencyKey: 'a\ud83d' }, 'INVALID_INPUT idempotencyKey'],
    ['a reference too long', { reference: 'x'.repeat(256) }, 'INVALID_INPUT reference'],
    ['a reference that cannot be stored', { reference: '\u0000' }, 'INVALID_INPUT reference'],
    ['a template that has no name', { template: 'no\u0000name' }, 'INVALID_INPUT template'],
    ['a locale that is none', { locale: 'german!' }, 'INVALID_INPUT locale'],
    ['an expiry that has passed', { expiresAt: new Date(NOW) }, 'INVALID_INPUT expiresAt'],
    ['an expiry too far', { expiresAt: new Date(NOW + 7 * DAY + 1) }, 'INVALID_INPUT expiresAt'],
    ['an expiry that is no time', { expiresAt: new Date(Number.NaN) }, 'INVALID_INPUT expiresAt'],
    [
      'a variable twice',
      {
        variables: [
          { name: 'a', value: '1' },
          { name: 'a', value: '2' },
        ],
      },
      'INVALID_INPUT variables',
    ],
  ])('with %s is refused', (_, more, path) => {
    expect(pathsOf(more)).toEqual([path]);
  });

  it('for nobody is not found, beside whatever else is wrong', () => {
    expect(pathsOf({ idempotencyKey: '' }, null)).toEqual([
      'INVALID_INPUT idempotencyKey',
      'NOT_FOUND recipientId',
    ]);
  });
});
