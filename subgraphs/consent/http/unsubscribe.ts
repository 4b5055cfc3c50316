// One-click unsubscribe (RFC 8058): mail programs post to the link, people who open it get one button that does the same.
import type { HttpAnswer } from '../../../platform/http-message.ts';
import type { HttpRequest, Route } from '../../../platform/http-server.ts';
import { TENANT_PATTERN } from '../../../platform/principal.ts';
import type { AppendConsent } from '../append-consent.ts';
import type { ConsentDeps } from '../deps.ts';
import { readUnsubscribeLink, unsubscribe, type Unsubscriber } from '../unsubscribe.ts';

const PATH = '/u/:tenant/:token';
const FORM_BYTES_MAX = 2_048;

/** Nothing of a link may be kept, framed, or told to other sites, and the page does nothing but post to itself. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex',
};

const page = (body: string): string => `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Unsubscribe</title>
<body style="font-family: system-ui; margin: 15vh auto; max-width: 30em; padding: 0 1em">
${body}</body></html>`;

/** Its action is the page's own address. */
const QUESTION = page(`<h1>Unsubscribe?</h1>
<p>You will get no more advertising by email.</p>
<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click">
<button style="font: inherit; padding: .6em 1.2em">Unsubscribe</button></form>`);
const DONE = page('<h1>Unsubscribed</h1><p>You get no more advertising by email.</p>');
const NO_LINK = page('<p>This link is not valid any more.</p>');
const NO_CLICK = page('<p>This is not how one unsubscribes.</p>');

/** Opening changes nothing: scanners of mail open every link. */
export function unsubscribePage(deps: ConsentDeps): Route {
  return {
    method: 'GET',
    path: PATH,
    bodyMaxBytes: 0,
    handle: async (request) =>
      (await ofLink(deps, request)) === null ? answer(404, NO_LINK) : answer(200, QUESTION),
  };
}

export function unsubscribeDeed(deps: ConsentDeps & { readonly append: AppendConsent }): Route {
  return {
    method: 'POST',
    path: PATH,
    bodyMaxBytes: FORM_BYTES_MAX,
    handle: async (request) => {
      if (!isOneClick(request.body.toString())) return answer(400, NO_CLICK);
      const person = await ofLink(deps, request);
      if (person === null) return answer(404, NO_LINK);
      await unsubscribe(deps, request.params['tenant'] ?? '', person);
      return answer(200, DONE);
    },
  };
}

const answer = (status: number, body: string): HttpAnswer => ({ status, headers: HEADERS, body });

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
