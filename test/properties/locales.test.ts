// Which locale's texts a reader gets: whatever a template offers and whatever is wanted.
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { contentFor } from '../../subgraphs/messages/domain/template.ts';
import { localized, template } from '../support/templates.ts';

const language = fc.constantFrom('en', 'de', 'fr', 'pt', 'zh');
const region = fc.constantFrom('', '-AT', '-CH', '-BR', '-Hant', '-Hant-TW');
const locale = fc.tuple(language, region).map((parts) => parts.join(''));
const offered = fc.uniqueArray(locale, { minLength: 1, maxLength: 8 });
const languageOf = (tag: string) => tag.split('-')[0];

const taken = (locales: readonly string[], wanted: string): string =>
  contentFor(template({ locales: locales.map((tag) => localized({ locale: tag })) }), wanted)
    .locale;

it('the wanted locale is taken where it is offered', () => {
  fc.assert(
    fc.property(offered, fc.nat(), (locales, place) => {
      const wanted = locales[place % locales.length] ?? '';
      expect(taken(locales, wanted)).toBe(wanted);
    }),
  );
});

it('otherwise one of its language, the plain one first; otherwise the template’s first', () => {
  fc.assert(
    fc.property(offered, locale, (locales, wanted) => {
      fc.pre(!locales.includes(wanted));
      const found = taken(locales, wanted);
      const same = locales.filter((tag) => languageOf(tag) === languageOf(wanted));
      const plain = same.find((tag) => tag === languageOf(wanted));
      expect(found).toBe(plain ?? same[0] ?? locales[0]);
    }),
  );
});

it('a reader of a language that is offered never gets another one', () => {
  fc.assert(
    fc.property(offered, locale, (locales, wanted) => {
      const offers = locales.some((tag) => languageOf(tag) === languageOf(wanted));
      expect(languageOf(taken(locales, wanted)) === languageOf(wanted)).toBe(
        offers || languageOf(locales[0] ?? '') === languageOf(wanted),
      );
    }),
  );
});

it('the order of all but the first decides nothing between languages', () => {
  fc.assert(
    fc.property(offered, locale, ([first = 'en', ...others], wanted) => {
      const forwards = languageOf(taken([first, ...others], wanted));
      expect(languageOf(taken([first, ...others.toReversed()], wanted))).toBe(forwards);
    }),
  );
});
