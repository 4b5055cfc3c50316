// Finds words and phrases in a text, whole ones and in any case; what stands in a placeholder is no word of the text.
import { placesOf } from '../template.ts';
import type { TextPosition } from './finding.ts';

/** Scripts that write without spaces between words. */
const UNSPACED = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai}/u;
const WORD = /[\p{L}\p{N}]/u;

/** One pattern for a list of phrases. The longest come first, so that each place is found once. */
export function phrasePattern(phrases: readonly string[]): RegExp {
  const sources = phrases
    .toSorted((a, b) => b.length - a.length)
    .map((phrase) => {
      const text = phrase.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(' ', '\\s+');
      const spaced = !UNSPACED.test(phrase);
      const before = spaced && WORD.test(phrase.at(0) ?? '') ? '(?<![\\p{L}\\p{N}])' : '';
      const after = spaced && WORD.test(phrase.at(-1) ?? '') ? '(?![\\p{L}\\p{N}])' : '';
      return `${before}${text}${after}`;
    });
  return new RegExp(sources.join('|'), 'giu');
}

export function findPhrases(text: string, pattern: RegExp): (TextPosition & { found: string })[] {
  return [...withoutPlaceholders(text).matchAll(pattern)].map(({ 0: found, index }) => ({
    found,
    offset: index,
    length: found.length,
  }));
}

/** The same text, and as long, with spaces where placeholders stand. */
function withoutPlaceholders(text: string): string {
  return placesOf(text).reduce(
    (blank, { offset, length }) =>
      blank.slice(0, offset) + ' '.repeat(length) + blank.slice(offset + length),
    text,
  );
}
