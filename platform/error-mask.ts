// What callers see of errors: public ones as they are, a database that is away, all others behind an incident id.
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { apiErrorCodes, type ApiErrorCode } from '../schema/error-codes.ts';
import { isOutage } from './database-outage.ts';
import type { Log } from './log.ts';

/** Makes an error fit to be seen. What it hides is logged, once for each cause, under the incident id that it shows;
 *  `fields` go into that line. */
export type MaskError = (error: unknown, fields?: Record<string, unknown>) => GraphQLFormattedError;

export function createErrorMask({
  log,
  newId,
}: {
  readonly log: Log;
  readonly newId: () => string;
}): MaskError {
  // One cause can come out at many paths of one answer.
  const incidents = new WeakMap<object, string>();
  return (error, fields = {}) => {
    const path = error instanceof GraphQLError && error.path ? { path: error.path } : {};
    if (error instanceof GraphQLError && isPublic(error)) {
      return { message: error.message, ...path, extensions: { ...error.extensions } };
    }
    const cause = causeOf(error);
    let incidentId = incidents.get(cause);
    if (incidentId === undefined) {
      incidentId = newId();
      incidents.set(cause, incidentId);
      log.error({ ...fields, incidentId, err: cause }, 'operation failed');
    }
    if (isOutage(cause)) {
      const extensions = { code: 'UNAVAILABLE', incidentId };
      return { message: 'The database does not answer now.', ...path, extensions };
    }
    const message = 'The platform failed; the incident id finds the cause.';
    return { message, ...path, extensions: { code: 'INTERNAL', incidentId } };
  };
}

export function isApiErrorCode(code: unknown): code is ApiErrorCode {
  return typeof code === 'string' && Object.hasOwn(apiErrorCodes, code);
}

// INTERNAL is public only when another process has masked and logged it already.
function isPublic({ extensions }: GraphQLError): boolean {
  if (extensions['code'] === 'INTERNAL') return typeof extensions['incidentId'] === 'string';
  return isApiErrorCode(extensions['code']);
}

function causeOf(error: unknown): object {
  const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  return cause instanceof Error ? cause : new Error('something that is no Error was thrown');
}
