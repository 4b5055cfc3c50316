// Infobip's statuses and error codes, translated into the canonical failure codes.
import { FailureCode } from '../../schema/vocabulary.ts';

/** `errorCode` of an answer that is no 200. Source: Infobip, "Response status and error codes". */
export const answerFailures: ReadonlyMap<string, FailureCode> = new Map([
  ['E400', FailureCode.INVALID_CONTENT],
  ['E401', FailureCode.AUTH],
  ['E403', FailureCode.SENDER_REJECTED],
  ['E429', FailureCode.THROTTLED],
  ['E500', FailureCode.PROVIDER_FAULT],
]);

/** Names of the status group REJECTED, in the answer to a hand-over. Source: the same page, "General status codes". */
export const rejections: ReadonlyMap<string, FailureCode> = new Map([
  ['REJECTED_NETWORK', FailureCode.UNSUPPORTED],
  ['REJECTED_DND', FailureCode.OPTED_OUT],
  ['REJECTED_SOURCE', FailureCode.SENDER_REJECTED],
  ['REJECTED_NOT_ENOUGH_CREDITS', FailureCode.SENDER_REJECTED],
  ['REJECTED_SENDER', FailureCode.SENDER_REJECTED],
  ['REJECTED_DESTINATION_BLOCKLISTED', FailureCode.BLOCKED],
  ['REJECTED_DESTINATION_NOT_REGISTERED', FailureCode.INVALID_RECIPIENT],
  ['REJECTED_ROUTE_NOT_AVAILABLE', FailureCode.SENDER_REJECTED],
  ['REJECTED_FLOODING_FILTER', FailureCode.THROTTLED],
  ['REJECTED_SYSTEM_ERROR', FailureCode.PROVIDER_FAULT],
  ['REJECTED_MESSAGE_TOO_LONG', FailureCode.INVALID_CONTENT],
  ['MISSING_TO', FailureCode.INVALID_RECIPIENT],
  ['REJECTED_DESTINATION', FailureCode.INVALID_RECIPIENT],
]);

/** `error.id` of a report, grouped by what it stands for. Source: the same page, "Error codes". */
const reportErrors: Readonly<Partial<Record<FailureCode, readonly number[]>>> = {
  INVALID_RECIPIENT: [1, 5, 351, 352, 3041],
  UNSUPPORTED: [7002, 11, 12, 21, 568, 592, 598, 629],
  UNREACHABLE: [6, 8, 13, 27, 31, 32, 256, 569, 581, 628, 1031],
  OPTED_OUT: [573, 603],
  BLOCKED: [560, 561, 566, 604, 607, 608, 2050, 2051, 2052],
  SENDER_REJECTED: [368, 375, 488, 562, 563, 564, 571, 572, 594, 2053],
  AUTH: [433],
  INVALID_CONTENT: [71, 323, 355, 4096],
  THROTTLED: [541, 542, 609, 4099, 4103, 4104, 4202],
  EXPIRED: [811, 4098, 4101],
  PROVIDER_FAULT: [34, 500, 502, 503, 504, 630, 631, 2048, 4097],
};

const failureById: ReadonlyMap<number, FailureCode> = new Map(
  Object.entries(reportErrors).flatMap(([failure, ids]) =>
    ids.map((id) => [id, failure as FailureCode] as const),
  ),
);

/** What a report's error says; by its own word on whether it lasts where nobody knows the code. */
export function failureOfReport(id: number, permanent: boolean): FailureCode {
  return failureById.get(id) ?? (permanent ? FailureCode.UNREACHABLE : FailureCode.UNKNOWN);
}
