// How a run says that a promise was broken.

/** All messages of a run are one tenant's. */
export const TENANT = 'acme';

/** What may not have happened, and to which message. */
export class Violation extends Error {
  readonly messageId: string | null;

  constructor(messageId: string | null, sentence: string) {
    super(sentence);
    this.messageId = messageId;
  }
}
