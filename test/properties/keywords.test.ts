// Keywords under any spelling and between any other words: what must hold whatever a person types.
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { keywordLists, readKeyword } from '../../subgraphs/delivery/domain/keywords.ts';

const listed = fc.constantFrom(
  ...keywordLists.flatMap(({ keyword, words }) => words.map((word) => ({ keyword, word }))),
);
const provider = fc.constantFrom('twilio', 'google-rbm', 'aws-sms', 'unknown');
const padding = fc.string({
  unit: fc.constantFrom(...Array.from(' \t\n.,!?"\'()*…“”-🛑\u200b')),
  maxLength: 12,
});

/** Each letter in a case of its own, whole or taken apart into letter and accent. */
const spelled = (word: string) =>
  fc
    .tuple(
      fc.array(fc.boolean(), { minLength: word.length, maxLength: word.length }),
      fc.constantFrom('NFC', 'NFD'),
    )
    .map(([lower, form]) =>
      Array.from(word)
        .map((letter, index) => (lower[index] ? letter.toLowerCase() : letter))
        .join('')
        .normalize(form),
    );

it('case, accents, punctuation and white space around a keyword make no difference', () => {
  fc.assert(
    fc.property(
      listed.chain(({ keyword, word }) =>
        fc.record({ keyword: fc.constant(keyword), text: spelled(word) }),
      ),
      padding,
      padding,
      provider,
      ({ keyword, text }, before, after, by) => {
        expect(readKeyword(before + text + after, by)).toBe(keyword);
      },
    ),
  );
});

it('words before a keyword make it none, whatever the carrier', () => {
  const other = fc.constantFrom('please', 'do not', 'I', 'ok', '42', 'نعم', '好');
  fc.assert(
    fc.property(other, listed, provider, (word, { word: keyword }, by) => {
      expect(readKeyword(`${word} ${keyword}`, by)).toBeNull();
    }),
  );
});

it('words after a keyword make it none where the whole message must be the keyword', () => {
  const other = fc.constantFrom('please', 'me', 'by', '42', 'नमस्ते');
  fc.assert(
    fc.property(listed, other, ({ keyword, word }, after) => {
      expect(readKeyword(`${word} ${after}`, 'twilio')).toBeNull();
      expect(readKeyword(`${word} ${after}`, 'aws-sms')).toBe(keyword);
    }),
  );
});

it('any text is read without a fault', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), provider, (text, by) => {
      expect([null, 'STOP', 'START', 'HELP']).toContain(readKeyword(text, by));
    }),
  );
});
