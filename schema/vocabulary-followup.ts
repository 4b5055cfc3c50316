// The words of the follow-up list, on which messages stand that did not reach their person: const objects and union types.

/** OPEN: somebody has to look. */
export const FollowUpState = { OPEN: 'OPEN', RESOLVED: 'RESOLVED' } as const;
export type FollowUpState = (typeof FollowUpState)[keyof typeof FollowUpState];

/** Why nothing more was tried: what the last route was left for, or what ended the message before its routes did. */
export const FollowUpReason = {
  PERMANENT_FAILURE: 'PERMANENT_FAILURE',
  RETRIES_EXHAUSTED: 'RETRIES_EXHAUSTED',
  NO_RECEIPT_IN_WINDOW: 'NO_RECEIPT_IN_WINDOW',
  EXPIRED_AT_PROVIDER: 'EXPIRED_AT_PROVIDER',
  PERMISSION_LOST: 'PERMISSION_LOST',
  PROVIDER_UNAVAILABLE: 'PROVIDER_UNAVAILABLE',
  EXPIRED: 'EXPIRED',
  OUTCOME_UNKNOWN_HELD: 'OUTCOME_UNKNOWN_HELD',
  CANNOT_BE_HANDED_OVER: 'CANNOT_BE_HANDED_OVER',
} as const;
export type FollowUpReason = (typeof FollowUpReason)[keyof typeof FollowUpReason];

/** What took a message off the list. */
export const FollowUpResolution = {
  HANDLED: 'HANDLED',
  RESENT: 'RESENT',
  LATE_DELIVERY: 'LATE_DELIVERY',
} as const;
export type FollowUpResolution = (typeof FollowUpResolution)[keyof typeof FollowUpResolution];
