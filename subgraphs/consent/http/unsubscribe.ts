// One-click unsubscribe (RFC 8058): mail programs post to the link, people who open it get one button that does the same.
import type { HttpAnswer } from '../../../platform/http-message.ts';
import type { HttpRequest, Route } from '../../../platform/http-server.ts';
import { clientRule, type Take, type TakeTokens } from '../../../platform/rate-limit.ts';
import { html, pageAnswer, type Html } from '../../../platform/web-page.ts';
import { TENANT_PATTERN } from '../../../platform/principal.ts';
import type { AppendConsent } from '../append-consent.ts';
import type { ConsentDeps } from '../deps.ts';
import { readUnsubscribeLink, unsubscribe, type Unsubscriber } from '../unsubscribe.ts';

const PATH = '/u/:tenant/:token';
const FORM_BYTES_MAX = 2_048;

const page = (status: number, title: string, body: Html): HttpAnswer =>
  pageAnswer(status, { lang: 'en', title, body });

/** Its action is the page's own address. */
const QUESTION = page(
  200,
  'Unsubscribe?',
  html`<p>You will get no more advertising by email.</p>
    <form method="post">
      <input type="hidden" name="List-Unsubscribe" value="One-Click" /> <button>Unsubscribe</button>
    </form>`,
);
const DONE = page(200, 'Unsubscribed', html`<p>You get no more advertising by email.</p>`);
const NO_LINK = page(404, 'Unsubscribe', html`<p>This link is not valid any more.</p>`);
const NO_CLICK = page(400, 'Unsubscribe', html`<p>This is not how one unsubscribes.</p>`);
const TOO_OFTEN = page(
  429,
  'Unsubscribe',
  html`<p>That was too often. Please try again later.</p>`,
);

export interface UnsubscribeDoor extends ConsentDeps {
  readonly takeTokens: TakeTokens;
}

/** Opening changes nothing: scanners of mail open every link. */
export function unsubscribePage(deps: UnsubscribeDoor): Route {
  return {
    method: 'GET',
    path: PATH,
    bodyMaxBytes: 0,
    handle: async (request) => {
      const waitMs = await deps.takeTokens([takeOf(request)]);
      if (waitMs !== null) return tooOften(waitMs);
      return (await ofLink(deps, request)) === null ? NO_LINK : QUESTION;
    },
  };
}

export function unsubscribeDeed(deps: UnsubscribeDoor & { readonly append: AppendConsent }): Route {
  return {
    method: 'POST',
    path: PATH,
    bodyMaxBytes: FORM_BYTES_MAX,
    handle: async (request) => {
      const waitMs = await deps.takeTokens([takeOf(request)]);
      if (waitMs !== null) return tooOften(waitMs);
      if (!isOneClick(request.body.toString())) return NO_CLICK;
      const person = await ofLink(deps, request);
      if (person === null) return NO_LINK;
      await unsubscribe(deps, request.params['tenant'] ?? '', person);
      return DONE;
    },
  };
}

const takeOf = ({ client }: HttpRequest): Take => ({ name: `client ${client}`, rule: clientRule });

function tooOften(waitMs: number): HttpAnswer {
  const retry = { 'retry-after': String(Math.ceil(waitMs / 1_000)) };
  return { ...TOO_OFTEN, headers: { ...TOO_OFTEN.headers, ...retry } };
}

async function ofLink(deps: ConsentDeps, { params }: HttpRequest): Promise<Unsubscriber | null> {
  const { tenant = '', token = '' } = params;
  if (!TENANT_PATTERN.test(tenant)) return null;
  return readUnsubscribeLink(deps, { tenantId: tenant, token });
}

/** `List-Unsubscribe=One-Click` as a form, or as one of parts (RFC 8058, section 3.2). */
function isOneClick(body: string): boolean {
  const form = new URLSearchParams(body.trim());
  return (
    form.get('List-Unsubscribe') === 'One-Click' ||
    /name="List-Unsubscribe"\r?\n\r?\nOne-Click\r?\n/.test(body)
  );
}
