// Every public error code: what it means, whose fault it is, and whether the same call may be repeated.

interface ErrorCodeFacts {
  readonly fault: 'caller' | 'recipient' | 'platform';
  readonly repeat: boolean;
  readonly meaning: string;
}

const code = (
  fault: ErrorCodeFacts['fault'],
  repeat: boolean,
  meaning: string,
): ErrorCodeFacts => ({ fault, repeat, meaning });

/** Codes of top-level errors, in `extensions.code`. */
export const apiErrorCodes = {
  UNAUTHENTICATED: code('caller', false, 'No valid token came with the request.'),
  FORBIDDEN: code('caller', false, 'The token lacks a scope that the field needs.'),
  NOT_FOUND: code('caller', false, 'Nothing with this id can be seen by the caller.'),
  BAD_USER_INPUT: code('caller', false, 'An argument is malformed; the error names it.'),
  CONFLICT: code('caller', false, 'The same id came before with other contents.'),
  TOO_COMPLEX: code('caller', false, 'The document passes a limit of depth, aliases or size.'),
  PAYLOAD_TOO_LARGE: code('caller', false, 'The body is larger than the limit.'),
  RATE_LIMITED: code('caller', true, 'Too many requests; wait for `retryAfter` seconds.'),
  UNAVAILABLE: code('platform', true, 'A part the call needs does not answer now.'),
  INTERNAL: code('platform', true, 'A fault of the platform; the incident id finds its cause.'),
} as const;
export type ApiErrorCode = keyof typeof apiErrorCodes;

/** Codes of expected refusals, in a payload's `errors`. Nothing was written. */
export const userErrorCodes = {
  INVALID_INPUT: code('caller', false, 'A field has a value that its rule refuses.'),
  NOT_FOUND: code('caller', false, 'An id names nothing that the tenant owns.'),
  ALREADY_EXISTS: code('caller', false, 'Another record of the tenant holds this identifier.'),
  WRONG_STATE: code('caller', false, 'The record is in a state that does not allow the deed.'),
  IDEMPOTENCY_KEY_REUSED: code('caller', false, 'The key came before with another body.'),
  TEMPLATE_NOT_APPROVED: code('caller', false, 'No approved version of the template exists.'),
  TEMPLATE_LINT_FAILED: code('caller', false, 'The lint found an error in the template.'),
  VARIABLES_INVALID: code('caller', false, 'The variables do not fit the template.'),
  CONSENT_REFUSED: code('recipient', false, 'No channel has the recipient’s permission.'),
  NO_ROUTE: code('recipient', false, 'No route is left that the rules allow.'),
  LIMIT_REACHED: code('caller', false, 'A limit is reached; the refusal says when it ends.'),
  PROOF_INVALID: code('caller', false, 'The proof of possession does not fit the key.'),
} as const;
export type UserErrorCode = keyof typeof userErrorCodes;
