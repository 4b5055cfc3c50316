// What people write to stop, to start again and to be helped: the words of the carriers, and how each carrier compares.
import type { Keyword } from '../../../schema/vocabulary.ts';

/** Changes with every change of a list or a rule below; records that follow from a keyword name it. */
export const KEYWORDS_VERSION = 'keywords/2026-11';

export interface KeywordList {
  readonly keyword: Keyword;
  /** BCP 47. Which language a person writes is not known, so every list counts for everybody. */
  readonly language: string;
  /** Each in capitals, as carriers print them. */
  readonly words: readonly string[];
  readonly sources: readonly string[];
}

const TWILIO = 'Twilio, "Twilio support for opt-out keywords" and "Advanced Opt-Out"';
const AWS = 'AWS End User Messaging, "Required opt-out list keywords"';
const GOOGLE = 'RCS for Business guide, "Receive events", keywords by country';
const FCC = '47 CFR 64.1200(a)(10)';
const CANADA = 'CWTA, Canadian Common Short Code Application Guidelines, mandatory keywords';

export const keywordLists: readonly KeywordList[] = [
  {
    keyword: 'STOP',
    language: 'en',
    words: [
      'STOP',
      'STOPALL',
      'STOP ALL',
      'UNSUBSCRIBE',
      'CANCEL',
      'END',
      'QUIT',
      'REVOKE',
      'OPTOUT',
      'OPT OUT',
      'REMOVE',
    ],
    sources: [FCC, TWILIO, AWS, GOOGLE, 'Telnyx, "Opt-out keywords" (STOP ALL)'],
  },
  { keyword: 'STOP', language: 'fr', words: ['ARRET'], sources: [AWS, CANADA] },
  { keyword: 'STOP', language: 'es', words: ['BAJA'], sources: [GOOGLE] },
  { keyword: 'STOP', language: 'pt', words: ['PARAR'], sources: [GOOGLE] },
  {
    keyword: 'STOP',
    language: 'de',
    words: ['STOPP'],
    sources: ['The German spelling of the English word that carriers ask for'],
  },
  { keyword: 'START', language: 'en', words: ['START', 'UNSTOP', 'YES'], sources: [TWILIO] },
  { keyword: 'START', language: 'fr', words: ['DÉMARRER'], sources: [GOOGLE] },
  { keyword: 'START', language: 'es', words: ['ALTA'], sources: [GOOGLE] },
  { keyword: 'START', language: 'pt', words: ['COMEÇAR'], sources: [GOOGLE] },
  { keyword: 'HELP', language: 'en', words: ['HELP', 'INFO'], sources: [TWILIO, CANADA] },
  { keyword: 'HELP', language: 'fr', words: ['AIDE'], sources: [CANADA] },
  {
    keyword: 'HELP',
    language: 'es',
    words: ['AYUDA'],
    sources: ['CTIA, Short Code Monitoring Handbook, HELP in Spanish programs'],
  },
];

/** How much of a message must be the keyword: all of it, or its beginning. */
export type Comparison = 'WHOLE_MESSAGE' | 'BEGINNING';

/** Most carriers and gateways leave a word within other words alone, and expect a person to read it. */
const DEFAULT_COMPARISON: Comparison = 'WHOLE_MESSAGE';

/** By provider id; others compare by the default. */
export const comparisons: ReadonlyMap<
  string,
  { readonly comparison: Comparison; readonly source: string }
> = new Map([
  ['twilio', { comparison: 'WHOLE_MESSAGE', source: TWILIO }],
  ['google-rbm', { comparison: 'WHOLE_MESSAGE', source: GOOGLE }],
  [
    'aws-sms',
    {
      comparison: 'BEGINNING',
      source: 'AWS End User Messaging, "Keywords": a message that begins with a keyword',
    },
  ],
]);

/** A longer message is no keyword, nor begins with one that is meant as such: nobody folds a novel. */
const CHARACTERS_MAX = 160;

const keywordOf: ReadonlyMap<string, Keyword> = new Map(
  keywordLists.flatMap(({ keyword, words }) => words.map((word) => [fold(word), keyword] as const)),
);
/** Longest first, so that a beginning is the longest that fits. */
const beginnings = [...keywordOf].toSorted(([a], [b]) => b.length - a.length);

/** The keyword that a text is to the carriers of this provider, or null. Case, accents, punctuation, symbols and white
 *  space make no difference; other words do, except where the carriers look at the beginning alone. */
export function readKeyword(text: string, provider: string): Keyword | null {
  if (text.length > CHARACTERS_MAX) return null;
  const folded = fold(text);
  const whole = keywordOf.get(folded);
  if (whole !== undefined) return whole;
  const comparison = comparisons.get(provider)?.comparison ?? DEFAULT_COMPARISON;
  if (comparison === 'WHOLE_MESSAGE') return null;
  return beginnings.find(([word]) => folded.startsWith(`${word} `))?.[1] ?? null;
}

/** Lower case, without accents; everything that is no letter or digit is one space between words. */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
