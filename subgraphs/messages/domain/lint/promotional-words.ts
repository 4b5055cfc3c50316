// Promotional words in messages that are not marketing: they cost the message its legal ground and the filters' trust.
import { findPhrases, phrasePattern } from './phrases.ts';
import type { Breach, LintRule } from './finding.ts';
import { languageOf, textsOf } from './texts.ts';
import type { LintSeverity } from '../../../../schema/vocabulary-templates.ts';

/** `plain` words are promotion wherever they stand; `ambiguous` ones have other uses ("the sale of your car"). */
interface PromotionalWords {
  readonly plain: readonly string[];
  readonly ambiguous: readonly string[];
}

/** By language. A language that is not listed is looked through for the English ones alone. */
const words: Readonly<Record<string, PromotionalWords>> = {
  en: {
    plain: [
      '% off',
      'act now',
      'best price',
      'bonus offer',
      'buy now',
      'buy one get one',
      'coupon code',
      'exclusive offer',
      'flash sale',
      'free gift',
      'limited time offer',
      'limited-time offer',
      'lowest price',
      'order now',
      'promo code',
      'shop now',
      'special offer',
      'while supplies last',
    ],
    ambiguous: ['bargain', 'coupon', 'deal', 'discount', 'offer', 'offers', 'promotion', 'sale'],
  },
  de: {
    plain: [
      '% Rabatt',
      'Gutscheincode',
      'jetzt bestellen',
      'jetzt kaufen',
      'jetzt sichern',
      'jetzt zugreifen',
      'nur für kurze Zeit',
      'Schnäppchen',
      'Sonderangebot',
      'solange der Vorrat reicht',
      'zum Bestpreis',
    ],
    ambiguous: ['Aktion', 'Angebot', 'Angebote', 'Gutschein', 'Rabatt'],
  },
  fr: {
    plain: [
      '% de réduction',
      '% de remise',
      'achetez maintenant',
      'code promo',
      'commandez maintenant',
      'meilleur prix',
      'offre exceptionnelle',
      'offre exclusive',
      'offre spéciale',
      'profitez-en',
      'vente flash',
    ],
    ambiguous: ['bon plan', 'offre', 'promo', 'promotion', 'réduction', 'remise', 'soldes'],
  },
  es: {
    plain: [
      '% de descuento',
      'compra ahora',
      'compre ahora',
      'código promocional',
      'mejor precio',
      'oferta especial',
      'oferta exclusiva',
      'por tiempo limitado',
    ],
    ambiguous: ['cupón', 'descuento', 'oferta', 'ofertas', 'promoción', 'rebajas'],
  },
  it: {
    plain: [
      '% di sconto',
      'acquista ora',
      'codice promozionale',
      'codice sconto',
      'miglior prezzo',
      'offerta esclusiva',
      'offerta speciale',
      'solo per poco tempo',
    ],
    ambiguous: ['offerta', 'offerte', 'promozione', 'saldi', 'sconto'],
  },
  pt: {
    plain: [
      '% de desconto',
      'código promocional',
      'compre agora',
      'melhor preço',
      'oferta especial',
      'oferta exclusiva',
      'por tempo limitado',
    ],
    ambiguous: ['cupom', 'desconto', 'oferta', 'ofertas', 'promoção', 'saldos'],
  },
  nl: {
    plain: [
      '% korting',
      'beste prijs',
      'bestel nu',
      'koop nu',
      'kortingscode',
      'op is op',
      'speciale aanbieding',
    ],
    ambiguous: ['aanbieding', 'aanbiedingen', 'actie', 'korting', 'uitverkoop'],
  },
};

const UNLISTED = 'en';

const patterns = new Map(
  Object.entries(words).map(([language, { plain, ambiguous }]) => [
    language,
    { ERROR: phrasePattern(plain), WARNING: phrasePattern(ambiguous) },
  ]),
);

export const promotionalWords: LintRule = {
  id: 'promotional-words',
  source:
    '47 CFR 64.1200(f)(1); Directive 2002/58/EC, article 13(1); CTIA Messaging Principles and Best Practices (2023), 5.1',
  find: ({ purpose, locales }) => {
    if (purpose !== 'TRANSACTIONAL') return [];
    return locales.flatMap((content) => {
      const known = patterns.get(languageOf(content.locale)) ?? patterns.get(UNLISTED);
      if (known === undefined) return [];
      return textsOf(content).flatMap(({ locale, path, text }): Breach[] => {
        const plain = findPhrases(text, known.ERROR);
        const ambiguous = findPhrases(text, known.WARNING).filter(
          (word) => !plain.some(({ offset, length }) => overlaps(word, { offset, length })),
        );
        const breach = (severity: LintSeverity, words: typeof plain): Breach[] =>
          words.map(({ found, offset, length }) => ({
            severity,
            locale,
            path,
            position: { offset, length },
            sentence: `“${found}” is a promotional word, and this template is not for marketing.`,
          }));
        return [...breach('ERROR', plain), ...breach('WARNING', ambiguous)];
      });
    });
  },
};

function overlaps(
  a: { offset: number; length: number },
  b: { offset: number; length: number },
): boolean {
  return a.offset < b.offset + b.length && b.offset < a.offset + a.length;
}
