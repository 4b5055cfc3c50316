// Locales that say different things, or that leave readers of a language to chance.
import { placeholdersOf, type LocalizedContent } from '../template.ts';
import type { Breach, LintRule } from './finding.ts';
import { languageOf, textsOf } from './texts.ts';

const PARLEY = 'Parley: every reader is told the same';

function namesIn(content: LocalizedContent): Set<string> {
  return new Set(textsOf(content).flatMap(({ text }) => placeholdersOf(text)));
}

export const placeholderCoverage: LintRule = {
  id: 'placeholder-coverage',
  source: PARLEY,
  find: ({ locales, variables }) => {
    const used = locales.map((content) => ({ locale: content.locale, names: namesIn(content) }));
    return variables.flatMap(({ name }): Breach[] => {
      const users = used.filter(({ names }) => names.has(name));
      if (users.length === 0) {
        const sentence = `No text uses {{${name}}}.`;
        const path = ['variables', name];
        return [{ severity: 'WARNING', locale: null, path, position: null, sentence }];
      }
      const userLocales = users.map(({ locale }) => locale).join(', ');
      return used
        .filter(({ names }) => !names.has(name))
        .map(({ locale }) => ({
          severity: 'WARNING',
          locale,
          path: ['locales', locale],
          position: null,
          sentence: `{{${name}}} stands in ${userLocales}, but nowhere in ${locale}.`,
        }));
    });
  },
};

export const localeFallback: LintRule = {
  id: 'locale-fallback',
  source: 'RFC 4647, 3.4 (lookup); Parley: exact, then the language, then the first locale',
  find: ({ locales }) => {
    const byLanguage = Map.groupBy(locales, ({ locale }) => languageOf(locale));
    return [...byLanguage].flatMap(([language, ofLanguage]): Breach[] => {
      const [first, second] = ofLanguage;
      const plain = ofLanguage.some(({ locale }) => locale === language);
      if (first === undefined || second === undefined || plain) return [];
      const { locale } = first;
      const sentence = `Readers of ${language} from elsewhere get ${locale}: a locale ${language} is missing.`;
      const path = ['locales', locale, 'locale'];
      return [{ severity: 'WARNING', locale, path, position: null, sentence }];
    });
  },
};
