// The words for records that are kept for a time only: const objects with their union types, and nothing else.

/** A class of records whose time ends. What proves a consent or an erasure is in none. */
export const RecordClass = {
  CMP_EVENT: 'CMP_EVENT',
  CONVERSATION_ENTRY: 'CONVERSATION_ENTRY',
  LIFTED_SUPPRESSION: 'LIFTED_SUPPRESSION',
  RAW_CALLBACK: 'RAW_CALLBACK',
  ONE_TIME_CODE: 'ONE_TIME_CODE',
  LINK_VISIT: 'LINK_VISIT',
} as const;
export type RecordClass = (typeof RecordClass)[keyof typeof RecordClass];
