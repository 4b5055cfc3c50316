// Plain web pages: text that cannot become markup, one style, and headers that let a page do nothing but post to itself.
import { createHash } from 'node:crypto';
import type { HttpAnswer } from './http-message.ts';

/** Markup. Made by `html` alone. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | Html | readonly Html[] | null;

/** Markup with values: text is escaped, markup stays, null is nothing. Values stand in text or in quoted attributes. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  const text = parts.map((part, index) => part + textOf(values[index] ?? null)).join('');
  return new Html(text);
}

function textOf(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'string') return escape(value);
  return value instanceof Html ? value.text : value.map(({ text }) => text).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escape = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

const STYLE = `:root{color-scheme:light dark}
body{font:1.05em/1.5 system-ui,sans-serif;margin:10vh auto;max-width:32em;padding:0 1em}
input,button{font:inherit;padding:.6em 1em;margin:.4em 0;max-width:100%;box-sizing:border-box}
.text{white-space:pre-line;overflow-wrap:anywhere}.small{font-size:.9em}`;

/** Whole, because its hash covers each space. */
const STYLE_ELEMENT = new Html(`<style>${STYLE}</style>`);
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Nothing of a page is kept, framed, indexed, or told to other sites. It runs nothing, loads nothing, and posts to its own
 *  site alone. The referrer stays within the site and is not left out: without one, browsers hide a form's Origin too. */
export const PAGE_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex, nofollow',
} as const;

export interface WebPage {
  /** BCP 47. */
  readonly lang: string;
  readonly title: string;
  readonly body: Html;
}

export function pageAnswer(
  status: number,
  { lang, title, body }: WebPage,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  const page = html`<!doctype html>
    <html lang="${lang}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`;
  const type = { 'content-type': 'text/html; charset=utf-8' };
  return { status, headers: { ...PAGE_HEADERS, ...type, ...headers }, body: page.text };
}

const LANGUAGES_MAX = 20;

/** The language of a page: the first one of the header accept-language that there is, by weight, or the first of all. */
export function acceptedLanguage<L extends string>(
  header: string | undefined,
  languages: readonly [L, ...L[]],
): L {
  const asked = (header ?? '')
    .split(',', LANGUAGES_MAX)
    .map((part) => {
      const [tag = '', weight = ''] = part.split(';', 2);
      const quality = Number(/q=([\d.]+)/.exec(weight)?.[1] ?? 1);
      return { language: tag.trim().toLowerCase().split('-')[0], quality };
    })
    .toSorted((a, b) => b.quality - a.quality);
  for (const { language, quality } of asked) {
    const found = languages.find((known) => known === language);
    if (found !== undefined && quality > 0) return found;
  }
  return languages[0];
}
