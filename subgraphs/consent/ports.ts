// The questions that consent asks elsewhere; wiring.ts connects them.
import type { Transaction } from '../../platform/database.ts';
import type { Channel } from '../../schema/vocabulary.ts';
import type { Linkage } from './domain/consent-record.ts';

/** Under which pseudonym a channel's consent is recorded, and how the pseudonym was made. */
export interface ConsentSubject {
  readonly channel: Channel;
  readonly subject: string;
  readonly linkage: Linkage;
}

/** Answered by recipients/facts.ts: by recipient UUID; unknown recipients are missing. */
export type AskConsentSubjects = (
  tx: Transaction,
  tenantId: string,
  recipientIds: readonly string[],
) => Promise<ReadonlyMap<string, readonly ConsentSubject[]>>;

export interface ConsentPorts {
  readonly consentSubjects: AskConsentSubjects;
}
