// What a message says on a route: full where only the recipient can read it, masked where carriers can.
import type { Protection } from '../../../schema/vocabulary.ts';
import {
  contentFor,
  fillPlaceholders,
  type Template,
  type TemplateAction,
  type Variables,
} from './template.ts';

/** Content ready for a renderer. `link` is the secure page of ENVELOPE and LINK_ONLY. */
export interface Content {
  readonly title: string | null;
  readonly body: string;
  readonly smsText: string;
  readonly actions: readonly TemplateAction[];
  readonly link: string | null;
}

/** The content that a channel carries under `protection`. `link` is used by ENVELOPE and LINK_ONLY alone. */
export function contentOn(
  protection: Protection,
  message: { template: Template; variables: Variables; locale: string; link: string },
): Content {
  const { template, variables, locale, link } = message;
  const content = contentFor(template, locale);
  if (protection === 'ENVELOPE' || protection === 'LINK_ONLY') {
    const { neutralText } = content;
    return { title: null, body: neutralText, smsText: neutralText, actions: [], link };
  }
  const valueOf =
    protection === 'CLEAR' ? maskedValueOf(template, variables) : fullValueOf(variables);
  const body = fillPlaceholders(content.body, valueOf);
  return {
    title: content.title === null ? null : fillPlaceholders(content.title, valueOf),
    body,
    smsText: content.smsText === null ? body : fillPlaceholders(content.smsText, valueOf),
    actions: content.actions,
    link: null,
  };
}

/** The whole content, for the inside of an envelope. */
export function sealedContent(
  template: Template,
  variables: Variables,
  locale: string,
): { title: string | null; body: string; actions: readonly TemplateAction[] } {
  const content = contentFor(template, locale);
  const valueOf = fullValueOf(variables);
  return {
    title: content.title === null ? null : fillPlaceholders(content.title, valueOf),
    body: fillPlaceholders(content.body, valueOf),
    actions: content.actions,
  };
}

/** What the secure page shows to a person who proved who they are. Of a HIGH message, masks stand for what its template calls
 *  sensitive: that is for the person's own devices alone. */
export function pageContent(template: Template, variables: Variables, locale: string): PageContent {
  const content = contentFor(template, locale);
  const masked = template.sensitivity === 'HIGH';
  const valueOf = masked ? maskedValueOf(template, variables) : fullValueOf(variables);
  return {
    locale: content.locale,
    title: content.title === null ? null : fillPlaceholders(content.title, valueOf),
    body: fillPlaceholders(content.body, valueOf),
    actions: content.actions,
    hides:
      masked && template.variables.some(({ name, sensitive }) => sensitive && variables.has(name)),
  };
}

export interface PageContent {
  readonly locale: string;
  readonly title: string | null;
  readonly body: string;
  readonly actions: readonly TemplateAction[];
  /** Whether a mask stands for a value. */
  readonly hides: boolean;
}

function fullValueOf(variables: Variables): (name: string) => string {
  return (name) => variables.get(name) ?? '';
}

// Asterisks, because a bullet would turn an SMS from 160 characters a segment to 70.
const HIDDEN = '****';
/** A value of fewer characters than this is hidden whole: its last four would be most of it. */
const LAST4_CHARACTERS_MIN = 8;

function maskedValueOf(template: Template, variables: Variables): (name: string) => string {
  const rules = new Map(template.variables.map((variable) => [variable.name, variable]));
  return (name) => {
    const value = variables.get(name) ?? '';
    const rule = rules.get(name);
    if (rule === undefined || !rule.sensitive || value === '') return value;
    const characters = Array.from(value);
    const showsEnd = rule.mask === 'LAST4' && characters.length >= LAST4_CHARACTERS_MIN;
    return showsEnd ? `${HIDDEN}${characters.slice(-4).join('')}` : HIDDEN;
  };
}
