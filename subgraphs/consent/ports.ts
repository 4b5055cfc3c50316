// The questions that consent asks elsewhere; wiring.ts connects them.
import type { Transaction } from '../../platform/database.ts';
import type { Channel } from '../../schema/vocabulary.ts';
import type { Linkage } from './domain/consent-record.ts';

/** Under which pseudonym a channel's consent is recorded, and how the pseudonym was made. */
export interface ConsentSubject {
  readonly channel: Channel;
  readonly subject: string;
  readonly linkage: Linkage;
  /** Where the person is, by ISO 3166; null where it is not known. */
  readonly region: string | null;
}

/** Answered by recipients/facts.ts: by recipient UUID; unknown recipients are missing. */
export type AskConsentSubjects = (
  tx: Transaction,
  tenantId: string,
  recipientIds: readonly string[],
) => Promise<ReadonlyMap<string, readonly ConsentSubject[]>>;

/** Answered by recipients/facts.ts: the recipient's UUID by the device's; unknown devices are missing. */
export type AskDeviceOwners = (
  tx: Transaction,
  tenantId: string,
  deviceIds: readonly string[],
) => Promise<ReadonlyMap<string, string>>;

/** An address as somebody wrote it. */
export interface WrittenAddress {
  readonly kind: 'PHONE' | 'EMAIL';
  readonly text: string;
}

/** Answered by recipients/pseudonyms.ts: in the order of the addresses, null for what is none. Known or not makes no
 *  difference. Asked outside of any transaction, since keys may be on another machine. */
export type AskAddressSubjects = (
  tenantId: string,
  addresses: readonly WrittenAddress[],
) => Promise<readonly (string | null)[]>;

/** Answered by recipients/pseudonyms.ts: whose addresses these are, by pseudonym; unknown ones are missing. */
export type AskAddressOwners = (
  tx: Transaction,
  tenantId: string,
  subjects: readonly string[],
) => Promise<ReadonlyMap<string, { readonly recipientId: string }>>;

export interface ConsentPorts {
  readonly consentSubjects: AskConsentSubjects;
  readonly deviceOwners: AskDeviceOwners;
  readonly addressSubjects: AskAddressSubjects;
  readonly addressOwners: AskAddressOwners;
}
