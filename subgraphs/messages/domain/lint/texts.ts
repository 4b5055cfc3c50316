// The texts of a template, each with where it stands, and the longest that a message can make of them.
import { contentOn, type Content } from '../content.ts';
import { rankProtections } from '../sensitivity.ts';
import {
  charactersMaxOf,
  type LocalizedContent,
  type Template,
  type TemplateVariable,
  type Variables,
} from '../template.ts';

export interface PlacedText {
  readonly locale: string;
  readonly path: readonly string[];
  readonly text: string;
}

const placed = (locale: string, field: readonly string[], text: string | null): PlacedText[] =>
  text === null ? [] : [{ locale, path: ['locales', locale, ...field], text }];

/** Everything that a recipient reads, in one locale. */
export function textsOf({ locale, ...content }: LocalizedContent): PlacedText[] {
  return [
    ...placed(locale, ['title'], content.title),
    ...placed(locale, ['body'], content.body),
    ...placed(locale, ['smsText'], content.smsText),
    ...placed(locale, ['neutralText'], content.neutralText),
    ...content.actions.flatMap(({ id, label }) => placed(locale, ['actions', id], label)),
  ];
}

/** What an SMS says in clear text: the short text where there is one. */
export function smsTextOf({ locale, smsText, body }: LocalizedContent): PlacedText {
  const field = smsText === null ? 'body' : 'smsText';
  return { locale, path: ['locales', locale, field], text: smsText ?? body };
}

/** Whether the content itself may travel where carriers can read it. */
export function mayTravelClear({ sensitivity }: Template): boolean {
  return rankProtections(sensitivity, true).includes('CLEAR');
}

/** Content in clear text with every variable at its longest. */
export function longestContent(template: Template, locale: string): Content {
  const variables: Variables = new Map(
    template.variables.map((variable) => [variable.name, longestValue(variable)]),
  );
  return contentOn('CLEAR', { template, variables, locale, link: '' });
}

const longestValue = (variable: TemplateVariable): string => 'x'.repeat(charactersMaxOf(variable));

/** The region whose rules a locale's readers live under: its own, or where most of the language's readers are. */
export function regionOf(locale: string): string | null {
  try {
    return new Intl.Locale(locale).maximize().region ?? null;
  } catch {
    return null;
  }
}

export const languageOf = (locale: string): string => locale.split('-')[0] ?? locale;
