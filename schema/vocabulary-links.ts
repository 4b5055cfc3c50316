// The words for what people do with secure links: const objects with their union types, and nothing else.

/** What somebody did who had a secure link. Looking at the page does nothing, so it is none of these. */
export const LinkAccessKind = {
  CODE_SENT: 'CODE_SENT',
  CODE_REFUSED: 'CODE_REFUSED',
  OPENED: 'OPENED',
} as const;
export type LinkAccessKind = (typeof LinkAccessKind)[keyof typeof LinkAccessKind];
