// Marketing by SMS says how to end it, in words that carriers know; regions differ in whose word that is.
import type { LintSeverity } from '../../../../schema/vocabulary-templates.ts';
import type { Template } from '../template.ts';
import { findPhrases, phrasePattern } from './phrases.ts';
import type { Breach, LintRule } from './finding.ts';
import { regionOf, smsTextOf } from './texts.ts';

/** What ends messages, in any of the languages: people read more than one. */
const optOutWords = phrasePattern([
  'stop',
  'stopp',
  'stopall',
  'unsubscribe',
  'opt out',
  'opt-out',
  'abmelden',
  'abbestellen',
  'arret',
  'arrêt',
  'désabonner',
  'désinscrire',
  'baja',
  'cancelar suscripción',
  'annulla',
  'disiscriviti',
  'cancelar',
  'sair',
  'afmelden',
  'avsluta',
  'afmeld',
  'wypisz',
  'стоп',
  'отписаться',
  '配信停止',
  '退订',
  '退訂',
]);

interface RegionRule {
  readonly regions: readonly string[];
  readonly source: string;
}

const EUROPEAN_UNION =
  'AT BE BG CY CZ DE DK EE ES FI GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK';

/** Regions whose law asks for it in every message. */
const optOutRules: readonly RegionRule[] = [
  {
    regions: ['US'],
    source:
      'CTIA Messaging Principles and Best Practices (2023), 5.1.3; 47 CFR 64.1200(a)(10) (TCPA)',
  },
  { regions: ['CA'], source: 'CASL, sections 6(2)(c) and 11(1)' },
  { regions: ['GB'], source: 'PECR 2003, regulations 22(3)(c) and 23' },
  { regions: ['FR'], source: 'Code des postes et des communications électroniques, L. 34-5' },
  {
    regions: [...EUROPEAN_UNION.split(' '), 'IS', 'LI', 'NO'],
    source: 'Directive 2002/58/EC, article 13(2) and (4)',
  },
  { regions: ['CH'], source: 'Federal Act against Unfair Competition, article 3(1)(o)' },
  { regions: ['AU'], source: 'Spam Act 2003, section 18' },
  { regions: ['NZ'], source: 'Unsolicited Electronic Messages Act 2007, section 11' },
];

const ELSEWHERE = 'Parley: people can end marketing by answering it, whatever their law says';

const SENTENCE = 'A marketing SMS says how to end it, such as “Reply STOP to end”.';

export const smsOptOut: LintRule = {
  id: 'sms-opt-out',
  source: ELSEWHERE,
  find: (template) =>
    marketingTexts(template).flatMap(({ locale, path, text }) => {
      if (findPhrases(text, optOutWords).length > 0) return [];
      const region = regionOf(locale) ?? '';
      const rule = optOutRules.find(({ regions }) => regions.includes(region));
      const severity: LintSeverity = rule === undefined ? 'WARNING' : 'ERROR';
      const breach: Breach = { severity, locale, path, position: null, sentence: SENTENCE };
      return [{ ...breach, ...(rule && { source: rule.source }) }];
    }),
};

/** What US carriers ask of a programme's first message. */
const disclosures = [
  {
    pattern: phrasePattern(['data rates', 'rates may apply', 'tarifas de mensajes y datos']),
    sentence: 'The first message of a programme says that message and data rates may apply.',
  },
  {
    pattern: phrasePattern(['help', 'ayuda']),
    sentence: 'The first message of a programme says how to get help, such as “HELP for help”.',
  },
];

export const smsDisclosure: LintRule = {
  id: 'sms-disclosure',
  source: 'CTIA Messaging Principles and Best Practices (2023), 5.1.2.1; TCPA',
  find: (template) =>
    marketingTexts(template)
      .filter(({ locale }) => regionOf(locale) === 'US')
      .flatMap(({ locale, path, text }) =>
        disclosures
          .filter(({ pattern }) => findPhrases(text, pattern).length === 0)
          .map(({ sentence }): Breach => {
            return { severity: 'WARNING', locale, path, position: null, sentence };
          }),
      ),
};

function marketingTexts({ purpose, channels, locales }: Template) {
  return purpose === 'MARKETING' && channels.includes('SMS') ? locales.map(smsTextOf) : [];
}
