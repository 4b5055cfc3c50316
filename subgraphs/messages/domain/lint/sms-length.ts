// How many parts an SMS takes at its longest, and which characters of its words double them.
import { sizeOfSms } from '../sms-size.ts';
import {
  fillPlaceholders,
  SMS_CHARACTERS_MAX,
  type LocalizedContent,
  type Template,
} from '../template.ts';
import type { Breach, LintRule } from './finding.ts';
import { longestContent, mayTravelClear, smsTextOf } from './texts.ts';

/** Handsets put more parts together, but each is paid for, and each can be lost. */
const SEGMENTS_MAX = 3;

/** A text with a larger share of such characters is written in another script: there is nothing to replace. */
const REPLACEABLE_SHARE = 0.2;

interface LongestSms {
  readonly locale: string;
  readonly path: readonly string[];
  /** As it is written, with its placeholders. */
  readonly text: string;
  /** With every variable at its longest. */
  readonly longest: string;
}

function longestSms(template: Template, content: LocalizedContent): LongestSms {
  const { locale } = content;
  return mayTravelClear(template)
    ? { ...smsTextOf(content), longest: longestContent(template, locale).smsText }
    : {
        locale,
        path: ['locales', locale, 'neutralText'],
        text: content.neutralText,
        longest: content.neutralText,
      };
}

const textsBySms = (template: Template): LongestSms[] =>
  template.channels.includes('SMS')
    ? template.locales.map((content) => longestSms(template, content))
    : [];

/** Counts no further than any SMS goes: fifty locales with long variables would take seconds. */
function countSegments(text: string): { segments: number; atLeast: string } {
  const { segments } = sizeOfSms(text.slice(0, SMS_CHARACTERS_MAX));
  return {
    segments,
    atLeast: text.length > SMS_CHARACTERS_MAX ? `over ${segments}` : `${segments}`,
  };
}

export const longSms: LintRule = {
  id: 'long-sms',
  source: '3GPP TS 23.040, 9.2.3.24.1 (parts of a long text); Parley: three parts at the most',
  find: (template) =>
    textsBySms(template).flatMap(({ locale, path, text, longest }): Breach[] => {
      const at = { locale, path, position: null };
      if (fillPlaceholders(text, () => '').length > SMS_CHARACTERS_MAX) {
        const sentence = `By SMS it has at most ${SMS_CHARACTERS_MAX} characters: give a smsText.`;
        return [{ ...at, severity: 'ERROR', sentence }];
      }
      const { segments, atLeast } = countSegments(longest);
      if (segments <= SEGMENTS_MAX) return [];
      const sentence =
        `With every variable at its longest it takes ${atLeast} segments, more than ${SEGMENTS_MAX}. ` +
        'A shorter smsText or a charactersMax of the variables mends it.';
      return [{ ...at, severity: 'WARNING', sentence }];
    }),
};

export const unicodeInSms: LintRule = {
  id: 'unicode-in-sms',
  source: '3GPP TS 23.038, 6.2.1 (GSM 7 bit default alphabet)',
  find: (template) =>
    textsBySms(template).flatMap(({ locale, path, text, longest }): Breach[] => {
      const { unicodeCharacters: foreign } = sizeOfSms(text);
      if (foreign.length === 0) return [];
      const places = [...text.matchAll(oneOf(foreign))];
      if (places.length > text.length * REPLACEABLE_SHARE) return [];
      const before = countSegments(longest);
      const after = countSegments(longest.replaceAll(oneOf(foreign), 'x'));
      if (before.segments <= after.segments) return [];
      const [first] = places;
      const position = first && { offset: first.index, length: first[0].length };
      const sentence =
        `${foreign.join(' ')} ${foreign.length === 1 ? 'is' : 'are'} outside the GSM alphabet: ` +
        `at its longest the text takes ${before.atLeast} segments instead of ${after.atLeast}.`;
      return [{ severity: 'WARNING', locale, path, position: position ?? null, sentence }];
    }),
};

const oneOf = (characters: readonly string[]): RegExp =>
  new RegExp(`[${characters.map((one) => one.replace(/[\\\]^-]/, '\\$&')).join('')}]`, 'gu');
