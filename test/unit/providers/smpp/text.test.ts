// How a text becomes parts: alphabets, sizes, headers, and nothing lost between them.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import smpp from 'smpp';
import { partsOf, type Part } from '../../../../providers/smpp/text.ts';

const REFERENCE = 0xab;
const HEADER_BYTES = 6;

/** What a phone makes of the parts. */
function shown(parts: readonly Part[]): string {
  return parts
    .map(({ bytes, concatenated, dataCoding }) => {
      const payload = concatenated ? bytes.subarray(HEADER_BYTES) : bytes;
      return dataCoding === 0
        ? smpp.encodings.ASCII.decode(payload)
        : Buffer.from(payload).swap16().toString('utf16le');
    })
    .join('');
}

test.each([
  ['160 of the GSM alphabet', 'x'.repeat(160), 0, [160]],
  ['161 of the GSM alphabet', 'x'.repeat(161), 0, [153, 8]],
  ['80 euro signs, which count twice', '€'.repeat(80), 0, [160]],
  ['81 euro signs', '€'.repeat(81), 0, [152, 10]],
  ['70 outside it', 'ж'.repeat(70), 8, [140]],
  ['71 outside it', 'ж'.repeat(71), 8, [134, 8]],
  ['a letter that only Latin-1 has', 'fête', 8, [8]],
])('%s', (_, text, dataCoding, sizes) => {
  const parts = partsOf(text, REFERENCE);
  const concatenated = sizes.length > 1;
  expect(parts.map((part) => part.dataCoding)).toEqual(sizes.map(() => dataCoding));
  expect(parts.map(({ bytes }) => bytes.length - (concatenated ? HEADER_BYTES : 0))).toEqual(sizes);
  expect(parts.every((part) => part.concatenated === concatenated)).toBe(true);
});

test('parts say which message they are of, how many they are, and which of them each is', () => {
  const headers = partsOf('x'.repeat(400), REFERENCE).map(({ bytes }) =>
    bytes.subarray(0, HEADER_BYTES).toString('hex'),
  );
  expect(headers).toEqual(['050003ab0301', '050003ab0302', '050003ab0303']);
});

test('an extended sign is not torn between two parts', () => {
  const [first] = partsOf(`${'x'.repeat(152)}€${'x'.repeat(20)}`, REFERENCE);
  expect(first?.bytes.at(-1)).not.toBe(0x1b);
  expect(first?.bytes.length).toBe(HEADER_BYTES + 152);
});

test('whatever is written comes back, in parts that SMS carries', () => {
  const letters = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('a', 'b', 'Z', ' ', ',', 'é', '€', '[', 'ñ', '\n') },
    fc.constantFrom('ж', '你', '👋🏽', 'ê'),
  );
  const texts = fc.array(letters, { minLength: 1, maxLength: 300 }).map((all) => all.join(''));
  fc.assert(
    fc.property(texts, (text) => {
      const parts = partsOf(text, REFERENCE);
      expect(shown(parts)).toBe(text);
      for (const { bytes, dataCoding, concatenated } of parts) {
        const max = dataCoding === 8 ? 140 : concatenated ? 153 + HEADER_BYTES : 160;
        expect(bytes.length).toBeLessThanOrEqual(max);
      }
    }),
    { numRuns: 60 },
  );
});
