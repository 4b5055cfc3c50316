// The words for conversations with people: const objects with their union types, and nothing else.

/** Whose turn it is. */
export const ConversationState = {
  OPEN: 'OPEN',
  AWAITING_AGENT: 'AWAITING_AGENT',
  CLOSED: 'CLOSED',
} as const;
export type ConversationState = (typeof ConversationState)[keyof typeof ConversationState];

/** What stands in a conversation. TEXT and TAP are the person's, the others ours. */
export const ConversationEntryKind = {
  TEXT: 'TEXT',
  TAP: 'TAP',
  MESSAGE: 'MESSAGE',
  CLOSED: 'CLOSED',
  LAPSED: 'LAPSED',
} as const;
export type ConversationEntryKind =
  (typeof ConversationEntryKind)[keyof typeof ConversationEntryKind];
