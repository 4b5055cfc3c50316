// The secure link: gives the envelope to the app that opens it, and a neutral page to a browser.
import type { Route } from '../../../platform/http-server.ts';
import type { MessagesDeps } from '../deps.ts';
import { openLink } from '../open-link.ts';

/** Nothing of a link may be kept, framed, or told to other sites. */
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex',
};

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Secure message</title>
<body style="font-family: system-ui; margin: 15vh auto; max-width: 30em; padding: 0 1em">
<h1>A message for you</h1><p>Open it in the app on the phone that received this link.</p></body></html>`;

export function secureLink(deps: MessagesDeps): Route {
  return {
    method: 'GET',
    path: '/l/:token',
    bodyMaxBytes: 0,
    handle: async ({ params, headers }) => {
      const found = await openLink(deps, params['token'] ?? '');
      if (found === null) {
        return { status: 404, headers: HEADERS, body: 'This link is not valid any more.' };
      }
      const wantsEnvelope = headers.accept?.includes('application/jose+json') === true;
      if (!wantsEnvelope || found.jwe === null) {
        return { status: 200, headers: { ...HEADERS, 'content-type': 'text/html' }, body: PAGE };
      }
      const type = { 'content-type': 'application/jose+json' };
      return { status: 200, headers: { ...HEADERS, ...type }, body: JSON.stringify(found.jwe) };
    },
  };
}
