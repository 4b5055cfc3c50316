// Reads what Infobip tells: reports of an attempt at the URL that proves it, and what people write, behind a password.
import { DeliveryEventType } from '../../schema/vocabulary.ts';
import { claimedAttempt, isProven, type UrlProof } from '../attempt-url.ts';
import type { ProviderEvent, RawCallback, Verification } from '../provider.ts';
import {
  attemptIdOrNull,
  jsonObject,
  objectOrNull,
  sameSecret,
  textOrNull,
  type JsonObject,
} from '../wire.ts';
import { failureOfReport } from './errors.ts';

export interface Proofs {
  readonly reports: UrlProof;
  /** `user:password` pairs of the inbound webhook: the present one and those being replaced. */
  readonly inboundLogins: readonly string[];
}

/** A report comes to the URL that went out with its message, which nobody else has. What a person writes belongs to no
 *  message; it comes with the login that the webhook was given (RFC 7617). */
export function verify(callback: RawCallback, { reports, inboundLogins }: Proofs): Verification {
  if (resultsIn(callback).length === 0)
    return { kind: 'forged', reason: 'the body has no results' };
  if (isProven(callback.url, reports)) return { kind: 'genuine' };
  const given = callback.headers['authorization'] ?? '';
  const expected = inboundLogins.map((login) => `Basic ${Buffer.from(login).toString('base64')}`);
  // At an attempt's URL a login proves nothing of the attempt.
  const isInbound = claimedAttempt(callback.url) === null;
  const known = expected.filter((one) => sameSecret(one, given)).length > 0;
  return isInbound && known ? { kind: 'genuine' } : { kind: 'forged', reason: 'nothing proves it' };
}

/** Reports of other messages than the URL's are passed over. */
export function events(callback: RawCallback): readonly ProviderEvent[] {
  const attemptId = claimedAttempt(callback.url);
  return resultsIn(callback).flatMap((result) =>
    attemptId === null ? personsMessage(result) : report(result, attemptId),
  );
}

// DELIVERED is the phone's word: the service knows no reading.
const typeByGroup: ReadonlyMap<string, DeliveryEventType> = new Map([
  ['DELIVERED', DeliveryEventType.DELIVERED],
  ['UNDELIVERABLE', DeliveryEventType.FAILED],
  ['REJECTED', DeliveryEventType.FAILED],
  ['EXPIRED', DeliveryEventType.EXPIRED],
]);

function report(result: JsonObject, attemptId: string): ProviderEvent[] {
  const group = textOrNull(objectOrNull(result['status'])?.['groupName']);
  if (result['messageId'] !== attemptId || group === null) return [];
  const error = objectOrNull(result['error']);
  const errorId = Number(error?.['id'] ?? 0);
  const type = typeByGroup.get(group) ?? null;
  const failed = type === DeliveryEventType.FAILED || type === DeliveryEventType.EXPIRED;
  return [
    {
      dedupeKey: `${attemptId}:${group}`,
      attemptId,
      providerMessageId: attemptId,
      providerEventId: null,
      type,
      failureCode: failed ? failureOfReport(errorId, error?.['permanent'] === true) : null,
      providerCode: failed && errorId > 0 ? `${errorId}` : group,
      occurredAt: timeOf(result['doneAt']),
    },
  ];
}

function personsMessage(result: JsonObject): ProviderEvent[] {
  const message = objectOrNull(result['message']);
  const from = textOrNull(result['to'])?.startsWith('urn:') ? result['to'] : result['sender'];
  const id = textOrNull(result['messageId']);
  if (message === null || id === null || typeof from !== 'string') return [];
  const tapped = objectOrNull(message['quickReplySelectedItem']);
  const attemptId = tapped === null ? null : attemptIdOrNull(message['requestIdentifier']);
  const text = textOrNull(message['text']);
  const inbound = { from, text, tapped: textOrNull(tapped?.['identifier']), keyword: null };
  return [
    {
      dedupeKey: id,
      attemptId,
      providerMessageId: attemptId,
      providerEventId: id,
      type: attemptId === null ? null : DeliveryEventType.REPLIED,
      failureCode: null,
      providerCode: null,
      occurredAt: timeOf(result['receivedAt']),
      inbound,
    },
  ];
}

function resultsIn({ body }: RawCallback): readonly JsonObject[] {
  const results = jsonObject(body)?.['results'];
  return Array.isArray(results) ? results.map(objectOrNull).filter((one) => one !== null) : [];
}

/** `2023-09-26T10:52:15.799+0000` */
function timeOf(value: unknown): number | null {
  const time = Date.parse(textOrNull(value)?.replace(/([+-]\d\d)(\d\d)$/, '$1:$2') ?? '');
  return Number.isNaN(time) ? null : time;
}
