// HMAC-SHA-256 against Project Wycheproof.
import { createSecretKey } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { equalBytes, hmacSha256 } from '../../../crypto/mac.ts';
import { hex, testsOf } from './vectors.ts';

test('every Wycheproof MAC is accepted or refused as the vector says', () => {
  const all = testsOf<{ tagSize: number }, Record<'key' | 'msg' | 'tag', string>>(
    'hmac_sha256_test',
  );
  expect(all.length).toBe(174);
  for (const { group, test: t } of all) {
    const mac = hmacSha256(createSecretKey(hex(t.key)), hex(t.msg)).subarray(0, group.tagSize / 8);
    expect([t.tcId, equalBytes(mac, hex(t.tag))]).toEqual([t.tcId, t.result === 'valid']);
  }
});

test('parts are joined without anything between them', () => {
  const key = createSecretKey(Buffer.alloc(32, 1));
  expect(hmacSha256(key, 'ab', 'c')).toEqual(hmacSha256(key, 'a', Buffer.from('bc')));
});

test('bytes of different lengths are never equal', () => {
  expect(equalBytes(Buffer.alloc(2), Buffer.alloc(3))).toBe(false);
});
