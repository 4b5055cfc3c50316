// The door to secure links: the envelope for the app that opens one; for a browser a page that asks for a one-time code.
import { HttpRefusal, type HttpAnswer } from '../../../platform/http-message.ts';
import type { HttpRequest, Route } from '../../../platform/http-server.ts';
import { clientRule, type RateRule, type TakeTokens } from '../../../platform/rate-limit.ts';
import { PAGE_HEADERS } from '../../../platform/web-page.ts';
import { askLinkCode } from '../ask-link-code.ts';
import type { LinkDeps } from '../deps.ts';
import { isCodeShaped } from '../domain/one-time-code.ts';
import { seeLink } from '../see-link.ts';
import { tryLinkCode } from '../try-link-code.ts';
import { isOwnForm, visitLink, type Visit } from '../visit-link.ts';
import { DEEDS, FORM, securePage, type Shown } from './secure-page.ts';

const PATH = '/l/:token';
const FORM_BYTES_MAX = 1_024;
const FORM_TYPE = 'application/x-www-form-urlencoded';

const ENVELOPE_TYPE = 'application/jose+json';

/** For deeds; who looks is limited by the address of the client alone. */
const ofLink: RateRule = { tokensMax: 20, refillMs: 15_000 };
const ofRecipient: RateRule = { tokensMax: 40, refillMs: 15_000 };
/** Codes of one message: five at once and 48 a day, each good for five tries. That is one guess in 3,700 for who has had a
 *  link for a whole day. */
const ofCodes: RateRule = { tokensMax: 5, refillMs: 1_800_000 };

/** Sent over TLS alone, to this link alone, and never with a request that another site began. */
const COOKIE = '__Secure-parley';
const COOKIE_SECONDS = 1_800;

export interface SecureLinkDoor extends LinkDeps {
  readonly takeTokens: TakeTokens;
}

/** Looking changes nothing and counts as nothing: scanners of mail and previews of messengers open every link. */
export function secureLink(door: SecureLinkDoor): Route {
  return {
    method: 'GET',
    path: PATH,
    bodyMaxBytes: 0,
    handle: async (request) => {
      const waitMs = await door.takeTokens([{ name: clientOf(request), rule: clientRule }]);
      if (waitMs !== null) return pageOf(request, null, { kind: 'too-often', waitMs });
      const visit = await visitOf(door, request);
      if (visit === null) return pageOf(request, null, { kind: 'invalid' });
      const { link, secret, isNew } = visit;
      if (link.jwe !== null && request.headers.accept?.includes(ENVELOPE_TYPE) === true) {
        // An app in a browser is of another site. Who has the link has the envelope, and no cookie makes more of it.
        const forApps = { 'content-type': ENVELOPE_TYPE, 'access-control-allow-origin': '*' };
        const headers = { ...PAGE_HEADERS, ...forApps };
        return { status: 200, headers, body: JSON.stringify(link.jwe) };
      }
      return pageOf(request, visit, await seeLink(door, link, isNew ? null : secret));
    },
  };
}

export function secureLinkDeed(door: SecureLinkDoor): Route {
  return {
    method: 'POST',
    path: PATH,
    bodyMaxBytes: FORM_BYTES_MAX,
    handle: async (request) => {
      const client = { name: clientOf(request), rule: clientRule };
      const waitMs = await door.takeTokens([client]);
      if (waitMs !== null) return pageOf(request, null, { kind: 'too-often', waitMs });
      if (request.headers['content-type']?.startsWith(FORM_TYPE) !== true) {
        throw new HttpRefusal(415, 'This page takes its own forms.');
      }
      const visit = await visitOf(door, request);
      if (visit === null) return pageOf(request, null, { kind: 'invalid' });
      if (visit.link.jwe !== null) return pageOf(request, visit, { kind: 'in-app' });
      const form = new URLSearchParams(request.body.toString());
      const own = cameFromHere(door, request) && isOwnForm(visit, form.get(FORM.token) ?? '');
      return own ? act(door, request, visit, form) : pageOf(request, visit, { kind: 'stale' });
    },
  };
}

async function act(
  door: SecureLinkDoor,
  request: HttpRequest,
  visit: Visit,
  form: URLSearchParams,
): Promise<HttpAnswer> {
  const { link, secret } = visit;
  const sends = form.get(FORM.deed) !== DEEDS.open;
  const waitMs = await door.takeTokens([
    { name: `link ${link.attempt.id}`, rule: ofLink },
    { name: `recipient ${link.tenantId} ${link.message.recipientId}`, rule: ofRecipient },
    ...(sends ? [{ name: `codes ${link.messageId}`, rule: ofCodes }] : []),
  ]);
  if (waitMs !== null) return pageOf(request, visit, { kind: 'too-often', waitMs });
  if (sends) return pageOf(request, visit, await askLinkCode(door, link, secret));
  const code = (form.get(FORM.code) ?? '').replaceAll(/\s/g, '');
  if (!isCodeShaped(code)) return pageOf(request, visit, { kind: 'no-digits' });
  const tried = await tryLinkCode(door, link, { secret, code });
  if (tried.kind !== 'opened') return pageOf(request, visit, tried);
  // To be looked at from now on, so that no reload posts the code again.
  const headers = { ...PAGE_HEADERS, ...cookieOf(request, tried.secret), location: request.path };
  return { status: 303, headers };
}

const clientOf = ({ client }: HttpRequest): string => `client ${client}`;

function visitOf(door: SecureLinkDoor, { params, headers }: HttpRequest): Promise<Visit | null> {
  const cookies = (headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
  const kept = cookies.find((cookie) => cookie.startsWith(`${COOKIE}=`));
  return visitLink(door, params['token'] ?? '', kept?.slice(COOKIE.length + 1) ?? '');
}

function cookieOf({ path }: HttpRequest, secret: string): Record<string, string> {
  const cookie = `${COOKIE}=${secret}; Path=${path}; Max-Age=${COOKIE_SECONDS}; Secure; HttpOnly; SameSite=Strict`;
  return { 'set-cookie': cookie };
}

/** A form's own token, and a cookie that does not come along from elsewhere, are each enough against a form on another site.
 *  Beside them counts where the browser says that it was posted from; old ones do not say. */
function cameFromHere({ settings }: SecureLinkDoor, { headers }: HttpRequest): boolean {
  const { origin, 'sec-fetch-site': site } = headers;
  if (origin !== undefined) return origin === new URL(settings.linkBaseUrl).origin;
  return site === undefined || site === 'same-origin';
}

function pageOf(request: HttpRequest, visit: Visit | null, shown: Shown): HttpAnswer {
  const accepted = request.headers['accept-language'];
  if (visit === null) return securePage(shown, { accepted, formToken: '' });
  const cookie = visit.isNew ? cookieOf(request, visit.secret) : {};
  return securePage(shown, { accepted, formToken: visit.formToken }, cookie);
}
