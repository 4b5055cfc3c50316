// Reads Twilio's webhooks: proves who sent them, and turns message statuses and incoming texts into our events.
import { createHmac } from 'node:crypto';
import { DeliveryEventType, FailureCode, Keyword } from '../../schema/vocabulary.ts';
import type { ProviderEvent, RawCallback, Verification } from '../provider.ts';
import { attemptIdOrNull, sameSecret } from '../wire.ts';
import { twilioFailures } from './errors.ts';

/** `X-Twilio-Signature` is base64(HMAC-SHA1(authToken, url + every form field's name and value, sorted by name)).
 *  It holds no time: a replay is caught by the event's dedupe key. Source: Twilio, "Webhooks security". */
export function verify(callback: RawCallback, authTokens: readonly string[]): Verification {
  const signature = callback.headers['x-twilio-signature'];
  if (signature === undefined) return { kind: 'forged', reason: 'no signature' };
  const fields = sortedFields(callback.body);
  const candidates = authTokens.flatMap((token) =>
    signedUrls(callback.url).map((url) =>
      createHmac('sha1', token)
        .update(url + fields)
        .digest('base64'),
    ),
  );
  const genuine = candidates.filter((expected) => sameSecret(expected, signature)).length > 0;
  return genuine ? { kind: 'genuine' } : { kind: 'forged', reason: 'the signature does not fit' };
}

// All fields, known or not: Twilio adds some without notice. A repeated value counts once.
function sortedFields(body: Buffer): string {
  const form = new URLSearchParams(body.toString());
  return [...new Set(form.keys())]
    .toSorted()
    .flatMap((name) => [...new Set(form.getAll(name))].toSorted().map((value) => name + value))
    .join('');
}

// Some of Twilio's senders sign the standard port, and some leave out any port.
function signedUrls(url: string): readonly string[] {
  const [, scheme = '', host = '', port = '', rest = ''] =
    /^(https?:\/\/)([^/:?#]+)(:\d+)?(.*)$/s.exec(url) ?? [];
  if (port !== '') return [url, scheme + host + rest];
  return [url, `${scheme}${host}:${scheme === 'https://' ? 443 : 80}${rest}`];
}

const statusTypes: ReadonlyMap<string, DeliveryEventType> = new Map([
  ['sent', DeliveryEventType.SENT],
  ['delivered', DeliveryEventType.DELIVERED],
  ['read', DeliveryEventType.READ],
  ['undelivered', DeliveryEventType.FAILED],
  ['failed', DeliveryEventType.FAILED],
  ['canceled', DeliveryEventType.REVOKED],
]);

/** One event a callback, or none for junk. Twilio gives no event id and no time. */
export function events(callback: RawCallback): readonly ProviderEvent[] {
  const form = new URLSearchParams(callback.body.toString());
  const sid = form.get('MessageSid') ?? form.get('SmsSid');
  const status = form.get('MessageStatus') ?? form.get('SmsStatus');
  if (sid === null || status === null) return [];
  const event = { dedupeKey: `${sid}:${status}`, providerEventId: null, occurredAt: null };
  if (status === 'received') return [{ ...event, ...incomingText(sid, form) }];
  const errorCode = form.get('ErrorCode');
  const type = statusTypes.get(status) ?? null;
  const failureCode = type === DeliveryEventType.FAILED ? failureOf(errorCode) : null;
  return [
    {
      ...event,
      attemptId: attemptIdOrNull(new URLSearchParams(callback.url.split('?', 2)[1]).get('a')),
      providerMessageId: sid,
      type: failureCode === FailureCode.EXPIRED ? DeliveryEventType.EXPIRED : type,
      failureCode,
      providerCode: errorCode ?? status,
    },
  ];
}

const failureOf = (errorCode: string | null): FailureCode =>
  twilioFailures.get(errorCode ?? '') ?? FailureCode.UNKNOWN;

/** Twilio reads the keywords that its account knows, which may be more than ours. */
const keywordOf = (optOutType: string | null): Keyword | null =>
  Object.values(Keyword).find((keyword) => keyword === optOutType) ?? null;

function incomingText(sid: string, form: URLSearchParams) {
  const from = form.get('From');
  const optOutType = form.get('OptOutType');
  return {
    attemptId: null,
    providerMessageId: sid,
    type: null,
    failureCode: optOutType === 'STOP' ? FailureCode.OPTED_OUT : null,
    providerCode: optOutType ?? 'received',
    ...(from !== null && {
      inbound: { from, text: form.get('Body'), tapped: null, keyword: keywordOf(optOutType) },
    }),
  };
}
