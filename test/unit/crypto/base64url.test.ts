// Base64url: one byte string, one spelling.
import { expect, test } from '@jest/globals';
import { decodeBase64url, decodeJsonObject, encodeBase64url } from '../../../crypto/base64url.ts';

test('what is encoded decodes again, for every remainder of length', () => {
  for (let length = 0; length < 9; length += 1) {
    const bytes = Buffer.alloc(length, 0xfb);
    expect(decodeBase64url(encodeBase64url(bytes))).toEqual(bytes);
  }
});

test('a view into a larger buffer encodes its own bytes only', () => {
  expect(encodeBase64url(new Uint8Array([1, 2, 3, 4]).subarray(1, 3))).toBe('AgM');
});

test.each(['AA==', 'A', 'AB', 'AA ', ' AA', 'A\nA', '+/AA', 'AA.', 'Ä', null, 7, undefined])(
  'the spelling %p is refused',
  (text) => {
    expect(decodeBase64url(text)).toBeNull();
  },
);

test.each(['[]', '"text"', 'null', '1', '{', ''])('the JSON %p is no object', (json) => {
  expect(decodeJsonObject(encodeBase64url(json))).toBeNull();
});

test('JSON that is not UTF-8 is refused', () => {
  const bytes = Buffer.concat([Buffer.from('{"a":"'), Uint8Array.of(0xff), Buffer.from('"}')]);
  expect(decodeJsonObject(encodeBase64url(bytes))).toBeNull();
  expect(decodeJsonObject(encodeBase64url('{"a":1}'))).toEqual({ a: 1 });
});
