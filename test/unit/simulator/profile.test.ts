// The grammar of a profile, and what the demo numbers do.
import { describe, expect, test } from '@jest/globals';
import { defaultProfile } from '../../../simulator/default-profiles.ts';
import { parseProfile } from '../../../simulator/profile.ts';

describe('a script', () => {
  test('of the documentation is understood', () => {
    const profile = parseProfile({
      address: '+14155550142',
      rcs: { reachable: true, features: ['RICHCARD_STANDALONE'] },
      submit: ['429:1s', '503', 'cut', 'cutAfter', 'hang', 'fail:BLOCKED', 'ok'],
      receipts: [
        ['delivered', 50],
        ['read', 200],
        ['failed:30003', 1],
        ['failed:BLOCKED', 2],
        ['none'],
      ],
      duplicate: 1,
      reorder: false,
      badSignature: 0,
    });
    expect(profile.submit).toEqual([
      { kind: 'status', status: 429, retryAfter: '1' },
      { kind: 'status', status: 503, retryAfter: null },
      { kind: 'cut' },
      { kind: 'cut-after' },
      { kind: 'hang' },
      { kind: 'fail', code: 'BLOCKED' },
      { kind: 'ok' },
    ]);
    expect(profile.receipts).toEqual([
      { kind: 'delivered', code: null, afterMs: 50 },
      { kind: 'read', code: null, afterMs: 200 },
      { kind: 'failed', code: '30003', afterMs: 1 },
      { kind: 'failed', code: 'BLOCKED', afterMs: 2 },
      { kind: 'none', code: null, afterMs: 0 },
    ]);
    expect(profile.rcs.features).toEqual(['RICHCARD_STANDALONE']);
  });

  test.each([
    [{ submit: [] }],
    [{ submit: ['200'] }],
    [{ submit: ['fail:toString'] }],
    [{ submit: 'ok' }],
    [{ receipts: [['delivered', -1]] }],
    [{ receipts: [['vanished', 1]] }],
    [{ duplicate: 11 }],
    [{ rcs: { reachable: 'yes' } }],
    [{ voice: {} }],
    [[]],
  ])('%j is refused', (value) => {
    expect(() => parseProfile(value)).toThrow(expect.objectContaining({ name: 'BadRequest' }));
  });
});

describe('a number that ends in', () => {
  const plain = defaultProfile('+14155559999');

  test.each<[string, object]>([
    ['0100', plain],
    ['0404', { rcs: { reachable: false }, submit: plain.submit }],
    ['0001', { submit: [{ kind: 'fail', code: 'UNREACHABLE' }] }],
    ['0002', { submit: [{ kind: 'fail', code: 'BLOCKED' }] }],
    ['0003', { receipts: [] }],
    ['0004', { duplicate: 2 }],
    ['0006', { submit: [{ kind: 'cut' }, { kind: 'ok' }] }],
    ['0007', { submit: [{ kind: 'hang' }, { kind: 'ok' }] }],
  ])('%s behaves as documented', (digits, expected) => {
    expect(defaultProfile(`+1415555${digits}`)).toMatchObject(expected);
  });

  test.each([
    ['0200', ['sent', 'delivered', 'read']],
    ['0005', ['read', 'delivered', 'sent']],
    ['9999', ['sent', 'delivered']],
  ])('%s has its receipts in the order %j', (digits, kinds) => {
    const { receipts } = defaultProfile(`+1415555${digits}`);
    const inOrder = receipts.toSorted((a, b) => a.afterMs - b.afterMs);
    expect(inOrder.map(({ kind }) => kind)).toEqual(kinds);
  });

  test.each([
    ['0429', '429', 3],
    ['0500', '503', 2],
  ])('%s is answered %s %i times, and then taken', (digits, status, count) => {
    const { submit } = defaultProfile(`+1415555${digits}`);
    expect(
      submit.filter((step) => step.kind === 'status' && step.status === Number(status)),
    ).toHaveLength(count);
    expect(submit.slice(count)).toEqual([{ kind: 'ok' }]);
  });
});
