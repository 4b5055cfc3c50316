// What push services answer instead of 201, translated into the canonical failure codes.
import { FailureCode } from '../../schema/vocabulary.ts';

/** By status. What is not here, as any 3xx or 504, leaves open whether the service has the message.
 *  Sources: RFC 8030 sections 5, 7.2, 7.3 and 8.4, RFC 8292 section 4.2, and the services' own pages (Autopush "HTTP
 *  error codes", Apple "Sending web push notifications", Microsoft "Push notification service response codes"). */
export const answerFailures: ReadonlyMap<number, FailureCode> = new Map([
  // A header that the service does not take, such as its TTL, or a payload that is not sealed as it should be.
  [400, FailureCode.INVALID_CONTENT],
  [401, FailureCode.AUTH],
  // The subscription was made with another key than ours.
  [403, FailureCode.SENDER_REJECTED],
  // The subscription is over: the person took the permission back, or the browser made a new one.
  [404, FailureCode.INVALID_RECIPIENT],
  [410, FailureCode.INVALID_RECIPIENT],
  // WNS, for a sender that passes its throttle limit.
  [406, FailureCode.THROTTLED],
  [413, FailureCode.INVALID_CONTENT],
  [429, FailureCode.THROTTLED],
  [500, FailureCode.PROVIDER_FAULT],
  [503, FailureCode.PROVIDER_FAULT],
]);
