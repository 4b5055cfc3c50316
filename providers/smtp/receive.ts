// Reads a report of delivery (RFC 3464), also from servers that wrap it in another kind of mail.
import { DeliveryEventType, FailureCode } from '../../schema/vocabulary.ts';
import type { ProviderEvent, RawCallback } from '../provider.ts';
import { attemptIdOrNull } from '../wire.ts';
import { enhancedIn, failureOfReply, failureOfStatus, isTelling } from './errors.ts';
import { fieldsOf, partsOf, type Fields } from './mail-parts.ts';

/** The attempt that the report was addressed to: addresses are verified when it comes. */
export const ATTEMPT_HEADER = 'x-attempt-id';

// Source: RFC 3464, section 2.3.3. A delay is kept and means nothing yet: the server still tries.
const typeByAction: ReadonlyMap<string, DeliveryEventType> = new Map([
  ['failed', DeliveryEventType.FAILED],
  ['delivered', DeliveryEventType.DELIVERED],
  ['relayed', DeliveryEventType.SENT],
  ['expanded', DeliveryEventType.SENT],
]);

/** One event a mail. What is no report, such as a vacation notice, is kept without a type. */
export function events({ headers, body }: RawCallback): readonly ProviderEvent[] {
  const attemptId = attemptIdOrNull(headers[ATTEMPT_HEADER]);
  if (attemptId === null) return [];
  const parts = partsOf(body.toString('latin1'));
  const date = parts.headers.get('date');
  const report = parts.bodies.find(({ type }) => type === 'message/delivery-status')?.text;
  const about = {
    attemptId,
    providerMessageId: null,
    providerEventId: null,
    occurredAt: date === undefined ? null : timeOf(date),
  };
  const recipient = report === undefined ? null : recipientIn(report);
  if (recipient === null) {
    return [
      {
        ...about,
        dedupeKey: `${attemptId}:mail`,
        type: null,
        failureCode: null,
        providerCode: null,
      },
    ];
  }
  const action = (recipient.get('action') ?? '').toLowerCase();
  const words = parts.bodies.find(({ type }) => type === 'text/plain')?.text ?? '';
  const { code, providerCode } = failureIn(recipient, words);
  const type = typeByAction.get(action) ?? null;
  return [
    {
      ...about,
      dedupeKey: `${attemptId}:${action}:${providerCode}`,
      type,
      failureCode: type === DeliveryEventType.FAILED ? code : null,
      providerCode: `${action} ${providerCode}`.trim(),
    },
  ];
}

/** The first block is about the mail, the second about its one recipient. */
function recipientIn(report: string): Fields | null {
  const blocks = report.split(/\r?\n[ \t]*\r?\n/).map(fieldsOf);
  return blocks.find((fields) => fields.has('action')) ?? null;
}

/** Where the status tells nothing (x.0.0), the diagnosis does, or the words for people. */
function failureIn(
  recipient: Fields,
  words: string,
): { readonly code: FailureCode; readonly providerCode: string } {
  const status = /^[245]\.\d{1,3}\.\d{1,3}/.exec(recipient.get('status') ?? '')?.[0] ?? '';
  const diagnosis = (recipient.get('diagnostic-code') ?? '').replace(/^\s*smtp\s*;\s*/i, '');
  const told = isTelling(status) ? status : (enhancedIn(diagnosis) ?? enhancedIn(words));
  if (told !== null) {
    return { code: failureOfStatus(told) ?? FailureCode.UNKNOWN, providerCode: told };
  }
  const replied = /^\d{3}\b/.test(diagnosis);
  return replied
    ? failureOfReply(diagnosis, 'recipient')
    : { code: FailureCode.UNKNOWN, providerCode: status };
}

function timeOf(date: string): number | null {
  const time = Date.parse(date);
  return Number.isNaN(time) ? null : time;
}
