// Top-level errors of the API: a code from the closed list, a sentence, and details that clients may read.
import { GraphQLError } from 'graphql';
import type { ApiErrorCode } from '../schema/error-codes.ts';

/** The caller's mistake outside of a mutation's payload, or a part that does not answer. */
export class ApiError extends GraphQLError {
  override name = 'ApiError';
  readonly code: ApiErrorCode;

  /** `details` go to the client beside the code: no secrets, no personal data. */
  constructor(code: ApiErrorCode, sentence: string, details: Record<string, unknown> = {}) {
    super(sentence, { extensions: { ...details, code } });
    this.code = code;
  }
}
