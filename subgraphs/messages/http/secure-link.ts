// The secure link: gives the envelope to the app that opens it, and a neutral page to a browser.
import { CryptoError } from '../../../crypto/errors.ts';
import { linkTokenMessageId, readLinkToken } from '../../../crypto/link-token.ts';
import type { GeneralJwe } from '../../../crypto/jwe.ts';
import type { Route } from '../../../platform/http-server.ts';
import { publicId, uuidOf } from '../../../schema/ids.ts';
import type { MessagesDeps } from '../context.ts';

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
      const found = await findLinked(deps, params['token'] ?? '');
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

/** Null for every token that is not good, whatever is wrong with it: the answer must not tell. */
async function findLinked(
  deps: MessagesDeps,
  token: string,
): Promise<{ jwe: GeneralJwe | null } | null> {
  try {
    const messageId = uuidOf('message', linkTokenMessageId(token));
    if (messageId === null) return null;
    const [row] = await deps.database.acrossTenants((tx) =>
      tx.query<{ tenant_id: string; recipient_id: string; jwe: GeneralJwe | null }>(
        `select m.tenant_id, m.recipient_id, e.jwe from messages.message m
         left join messages.envelope e on e.tenant_id = m.tenant_id and e.message_id = m.id
         where m.id = $1`,
        [messageId],
      ),
    );
    if (row === undefined) return null;
    const { key } = await deps.kms.macKey({ tenant: row.tenant_id, use: 'link' });
    const audience = publicId('recipient', row.recipient_id);
    readLinkToken(key, token, { audience, now: deps.clock.now() });
    return { jwe: row.jwe };
  } catch (error) {
    if (error instanceof CryptoError) return null;
    throw error;
  }
}
