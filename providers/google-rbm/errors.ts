// Google's error statuses and event names, translated into the canonical failure codes.
import { FailureCode } from '../../schema/vocabulary.ts';

/** HTTP status and google.rpc.Code of an error answer.
 *  Source: RCS for Business API reference and google/rpc/code.proto. 404 stands for a number that RCS cannot reach. */
export const answerFailures: ReadonlyMap<string, FailureCode> = new Map([
  ['400 INVALID_ARGUMENT', FailureCode.INVALID_CONTENT],
  ['401 UNAUTHENTICATED', FailureCode.AUTH],
  ['403 PERMISSION_DENIED', FailureCode.SENDER_REJECTED],
  ['404 NOT_FOUND', FailureCode.UNSUPPORTED],
  ['429 RESOURCE_EXHAUSTED', FailureCode.THROTTLED],
  ['500 INTERNAL', FailureCode.PROVIDER_FAULT],
  ['502', FailureCode.PROVIDER_FAULT],
  ['503 UNAVAILABLE', FailureCode.PROVIDER_FAULT],
  ['504 DEADLINE_EXCEEDED', FailureCode.PROVIDER_FAULT],
]);

/** Event types that say why a message, or every further message, does not arrive.
 *  Source: RCS for Business guide, "Receive events". A failed revocation leaves open whether the message arrived. */
export const eventFailures: ReadonlyMap<string, FailureCode> = new Map([
  ['TTL_EXPIRATION_REVOKED', FailureCode.EXPIRED],
  ['TTL_EXPIRATION_REVOKE_FAILED', FailureCode.UNKNOWN],
  ['UNSUBSCRIBE', FailureCode.OPTED_OUT],
]);
