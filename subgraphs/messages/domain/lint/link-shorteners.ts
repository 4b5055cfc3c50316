// Public link shorteners: carriers block texts with them, and nobody can see where they lead.
import type { Breach, LintRule } from './finding.ts';
import { textsOf, type PlacedText } from './texts.ts';

/** Shorteners that anybody can use without proving who they are. */
const shorteners = [
  'adf.ly',
  'bit.do',
  'bit.ly',
  'bitly.com',
  'bl.ink',
  'buff.ly',
  'clck.ru',
  'cutt.ly',
  'dub.sh',
  'goo.gl',
  'is.gd',
  'j.mp',
  'lnkd.in',
  'ow.ly',
  'rb.gy',
  'rebrand.ly',
  's.id',
  'short.gy',
  'shorturl.at',
  'soo.gd',
  't.co',
  't.ly',
  'tiny.cc',
  'tinyurl.com',
  'urlz.fr',
  'v.gd',
] as const;

// A host as a whole: neither the end of another one ("at.co") nor its beginning ("t.co.uk").
const pattern = new RegExp(
  `(?<![\\p{L}\\p{N}.-])(?:www\\.)?(?:${shorteners.map((host) => host.replace('.', '\\.')).join('|')})(?![\\p{L}\\p{N}-]|\\.[\\p{L}\\p{N}])`,
  'giu',
);

export const linkShorteners: LintRule = {
  id: 'link-shorteners',
  source: 'CTIA Messaging Principles and Best Practices (2023), 5.3.2',
  find: ({ locales }) =>
    locales.flatMap((content) => {
      const links = content.actions.flatMap(({ id, url }): PlacedText[] => {
        const path = ['locales', content.locale, 'actions', id];
        return url === null ? [] : [{ locale: content.locale, path, text: url }];
      });
      return [...textsOf(content), ...links].flatMap(({ locale, path, text }) =>
        [...text.matchAll(pattern)].map(({ 0: host, index }): Breach => ({
          severity: 'ERROR',
          locale,
          path,
          position: { offset: index, length: host.length },
          sentence: `${host} is a public link shortener; carriers block texts with it.`,
        })),
      );
    }),
};
