// AES-256-GCM and encrypted columns: what opens, and everything that must not.
import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import * as aead from '../../../crypto/aead.ts';
import { codeOf, hex, testsOf } from './vectors.ts';

const key = createSecretKey(randomBytes(32));
const aad = Buffer.from('aad');
const text = Buffer.from('+14155550123');
const place = { tenant: 't1', table: 'address', column: 'value', rowId: 'adr_1' };
const keyId = Buffer.alloc(16, 7);

describe('seal and open', () => {
  test('what was sealed opens again, the empty message too', () => {
    expect(aead.open(key, aead.seal(key, text, aad), aad)).toEqual(text);
    expect(aead.open(key, aead.seal(key, Buffer.alloc(0), aad), aad)).toEqual(Buffer.alloc(0));
  });

  test('the same message is sealed to different bytes every time', () => {
    expect(aead.seal(key, text, aad)).not.toEqual(aead.seal(key, text, aad));
  });

  test('every changed bit is refused', () => {
    const sealed = aead.seal(key, text, aad);
    for (let bit = 0; bit < sealed.byteLength * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(codeOf(() => aead.open(key, changed, aad))).toBe('DECRYPTION_FAILED');
    }
  });

  test('a tag cut to any shorter length is refused', () => {
    const iv = randomBytes(12);
    const sealed = aead.encryptWithIv(key, iv, Buffer.alloc(0), aad);
    for (let length = 0; length < 16; length += 1) {
      const cut = sealed.subarray(0, length);
      expect(codeOf(() => aead.decryptWithIv(key, iv, cut, aad))).toBe('DECRYPTION_FAILED');
    }
  });

  test('another key and other associated data are refused', () => {
    const sealed = aead.seal(key, text, aad);
    const other = createSecretKey(randomBytes(32));
    expect(codeOf(() => aead.open(other, sealed, aad))).toBe('DECRYPTION_FAILED');
    expect(codeOf(() => aead.open(key, sealed, Buffer.from('aae')))).toBe('DECRYPTION_FAILED');
  });

  test('keys and IVs of other sizes are refused', () => {
    const short = createSecretKey(randomBytes(16));
    expect(codeOf(() => aead.seal(short, text, aad))).toBe('ARGUMENT_INVALID');
    const work = () => aead.encryptWithIv(key, randomBytes(16), text, aad);
    expect(codeOf(work)).toBe('ARGUMENT_INVALID');
  });
});

describe('columns', () => {
  test('a column opens at its own place and names its key', () => {
    const sealed = aead.sealColumn(key, keyId, text, place);
    expect(sealed.byteLength).toBe(1 + 16 + 12 + text.byteLength + 16);
    expect(aead.columnKeyId(sealed)).toEqual(keyId);
    expect(aead.openColumn(key, sealed, place)).toEqual(text);
  });

  test.each(['tenant', 'table', 'column', 'rowId'] as const)(
    'a column moved to another %s does not open',
    (field) => {
      const sealed = aead.sealColumn(key, keyId, text, place);
      const moved = { ...place, [field]: 'other' };
      expect(codeOf(() => aead.openColumn(key, sealed, moved))).toBe('DECRYPTION_FAILED');
    },
  );

  test('places whose parts run together are told apart', () => {
    const sealed = aead.sealColumn(key, keyId, text, { ...place, tenant: 'ab', table: 'c' });
    const shifted = { ...place, tenant: 'a', table: 'bc' };
    expect(codeOf(() => aead.openColumn(key, sealed, shifted))).toBe('DECRYPTION_FAILED');
  });

  test('another version byte, a cut column and a short key id are refused', () => {
    const sealed = aead.sealColumn(key, keyId, text, place);
    const next = Buffer.concat([Uint8Array.of(2), sealed.subarray(1)]);
    expect(codeOf(() => aead.openColumn(key, next, place))).toBe('DECRYPTION_FAILED');
    expect(codeOf(() => aead.columnKeyId(sealed.subarray(0, 44)))).toBe('DECRYPTION_FAILED');
    const short = () => aead.sealColumn(key, keyId.subarray(1), text, place);
    expect(codeOf(short)).toBe('ARGUMENT_INVALID');
  });
});

describe('Wycheproof AES-GCM', () => {
  interface Group {
    readonly keySize: number;
    readonly ivSize: number;
    readonly tagSize: number;
  }
  type Test = Record<'key' | 'iv' | 'aad' | 'msg' | 'ct' | 'tag', string>;
  const all = testsOf<Group, Test>('aes_gcm_test');
  const isOurs = ({ keySize, ivSize, tagSize }: Group): boolean =>
    keySize === 256 && ivSize === 96 && tagSize === 128;

  test('vectors of our sizes: valid ones give the same bytes, invalid ones are refused', () => {
    const ours = all.filter(({ group }) => isOurs(group));
    expect(ours.filter(({ test: { result } }) => result === 'valid').length).toBeGreaterThan(30);
    for (const { test: t } of ours) {
      const k = createSecretKey(hex(t.key));
      const sealed = Buffer.concat([hex(t.ct), hex(t.tag)]);
      if (t.result === 'valid') {
        expect(aead.encryptWithIv(k, hex(t.iv), hex(t.msg), hex(t.aad))).toEqual(sealed);
        expect(aead.decryptWithIv(k, hex(t.iv), sealed, hex(t.aad))).toEqual(hex(t.msg));
      } else {
        const work = () => aead.decryptWithIv(k, hex(t.iv), sealed, hex(t.aad));
        expect(codeOf(work)).toBe('DECRYPTION_FAILED');
      }
    }
  });

  test('vectors of other key and IV sizes are refused before anything is decrypted', () => {
    const others = all.filter(({ group }) => group.keySize !== 256 || group.ivSize !== 96);
    expect(others.length).toBeGreaterThan(100);
    for (const { test: t } of others) {
      const sealed = Buffer.concat([hex(t.ct), hex(t.tag)]);
      const k = createSecretKey(hex(t.key));
      const work = () => aead.decryptWithIv(k, hex(t.iv), sealed, hex(t.aad));
      expect(codeOf(work)).toBe('ARGUMENT_INVALID');
    }
  });
});
