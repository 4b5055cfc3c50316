// The secure page: what it says at each step, as plain forms that work without a script.
import type { HttpAnswer } from '../../../platform/http-message.ts';
import { acceptedLanguage, html, pageAnswer, type Html } from '../../../platform/web-page.ts';
import type { AskedCode } from '../ask-link-code.ts';
import type { PageContent } from '../domain/content.ts';
import { OPEN_MS } from '../domain/link-code.ts';
import { CODE_LIFE_MS } from '../domain/one-time-code.ts';
import { fillWords, PAGE_LANGUAGES, pageWords, type PageLanguage } from '../domain/page-words.ts';
import type { SeenLink } from '../see-link.ts';
import type { TriedCode } from '../try-link-code.ts';

/** What a form posts: `deed` and the rest of it. */
export const FORM = { deed: 'deed', token: 'form', code: 'code' } as const;
export const DEEDS = { send: 'send', open: 'open' } as const;

/** What there is to show: a step of the way, or why there is none now. */
export type Shown =
  | SeenLink
  | AskedCode
  | Exclude<TriedCode, { kind: 'opened' }>
  | { readonly kind: 'no-digits' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'invalid' };

const STATUS: Readonly<Record<Shown['kind'], number>> = {
  'in-app': 200,
  ask: 200,
  code: 200,
  sent: 200,
  open: 200,
  nowhere: 409,
  wrong: 422,
  'no-digits': 422,
  over: 422,
  stale: 403,
  'too-often': 429,
  invalid: 404,
};

interface Around {
  /** The header accept-language. */
  readonly accepted: string | undefined;
  /** Ties the page's forms to link and browser. */
  readonly formToken: string;
}

export function securePage(
  shown: Shown,
  { accepted, formToken }: Around,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  const lang = acceptedLanguage(accepted, PAGE_LANGUAGES);
  const words = pageWords[lang];
  const title = shown.kind === 'invalid' ? words.invalid : words.title;
  const own = ownHeaders(shown);
  const body = bodyOf(shown, lang, formToken);
  return pageAnswer(STATUS[shown.kind], { lang, title, body }, { ...own, ...headers });
}

/** An open page loads itself again when its time is over, and is closed then. */
function ownHeaders(shown: Shown): Record<string, string> {
  const secondsOf = (ms: number): string => String(Math.ceil(ms / 1_000));
  if (shown.kind === 'too-often') return { 'retry-after': secondsOf(shown.waitMs) };
  return shown.kind === 'open' ? { refresh: secondsOf(OPEN_MS) } : {};
}

function bodyOf(shown: Shown, lang: PageLanguage, token: string): Html {
  const words = pageWords[lang];
  const ask = askForm(words.askButton, token);
  const code = html`${codeForm(words.codeLabel, words.openButton, token)}
    <p class="small">${words.again}</p>
    ${askForm(words.againButton, token)}`;
  switch (shown.kind) {
    case 'in-app':
      return html`<p>${words.inApp}</p>`;
    case 'ask':
      return html`<p>${words.ask}</p>
        ${ask}`;
    case 'code':
    case 'sent': {
      const minutes = minutesOf(CODE_LIFE_MS);
      return html`<p role="status">${fillWords(words.sent, { to: shown.to, minutes })}</p>
        ${code}`;
    }
    case 'wrong': {
      const sentence = fillWords(words.wrong, { tries: String(shown.triesLeft) });
      return html`<p role="alert">${sentence}</p>
        ${code}`;
    }
    case 'no-digits':
      return html`<p role="alert">${words.noDigits}</p>
        ${code}`;
    case 'over':
      return html`<p role="alert">${words.over}</p>
        ${ask}`;
    case 'nowhere':
      return html`<p role="alert">${words.nowhere}</p>
        <p>${words.nowhereHow}</p>`;
    case 'too-often': {
      const minutes = minutesOf(shown.waitMs);
      return html`<p role="alert">${fillWords(words.tooOften, { minutes })}</p>`;
    }
    case 'stale':
      return html`<p role="alert">${words.stale}</p>
        ${ask}`;
    case 'invalid':
      return html`<p>${words.invalidHow}</p>`;
    case 'open':
      return contentOf(shown.content, lang);
  }
}

const minutesOf = (ms: number): string => String(Math.max(1, Math.ceil(ms / 60_000)));

/** Its action is the page's own address. */
function askForm(label: string, token: string): Html {
  return html`<form method="post">
    <input type="hidden" name="${FORM.token}" value="${token}" />
    <button name="${FORM.deed}" value="${DEEDS.send}">${label}</button>
  </form>`;
}

function codeForm(label: string, button: string, token: string): Html {
  return html`<form method="post">
    <input type="hidden" name="${FORM.token}" value="${token}" />
    <p>
      <label for="code">${label}</label><br />
      <input
        id="code"
        name="${FORM.code}"
        inputmode="numeric"
        autocomplete="one-time-code"
        maxlength="12"
        size="8"
        required
      />
      <button name="${FORM.deed}" value="${DEEDS.open}">${button}</button>
    </p>
  </form>`;
}

function contentOf({ locale, title, body, actions, hides }: PageContent, lang: PageLanguage): Html {
  const words = pageWords[lang];
  const links = actions.flatMap(({ label, url }) =>
    url === null ? [] : [html`<p><a href="${url}" rel="noreferrer noopener">${label}</a></p>`],
  );
  const closes = fillWords(words.closes, { minutes: minutesOf(OPEN_MS) });
  return html`<article lang="${locale}" dir="auto">
      ${title === null ? null : html`<h2>${title}</h2>`}
      <p class="text">${body}</p>
      ${links}
    </article>
    ${hides ? html`<p class="small">${words.hidden}</p>` : null}
    <p class="small">${closes}</p>`;
}
