// The questions that delivery asks elsewhere; wiring.ts connects them.
import type { KeyObject } from 'node:crypto';
import type { Transaction } from '../../platform/database.ts';

/** A person of one tenant who is reached where somebody wrote from. */
export interface WriterOwner {
  readonly tenantId: string;
  /** UUID. */
  readonly recipientId: string;
  /** The pseudonym of that address, in this tenant. */
  readonly subject: string;
}

/** Answered by recipients/pseudonyms.ts: by phone number or Apple id, in every tenant that knows it; unknown ones are missing. */
export type AskWriterOwners = (
  tx: Transaction,
  writers: readonly string[],
) => Promise<ReadonlyMap<string, readonly WriterOwner[]>>;

export interface PersonKey {
  /** Who they are now: another UUID than was asked for where that person was merged. */
  readonly recipientId: string;
  /** The key of the id that was asked for; null where it is gone. */
  openKey(): Promise<KeyObject | null>;
}

/** Answered by recipients/person-keys.ts: by UUID; who was erased is missing, and those of other tenants. */
export type AskPersonKeys = (
  tx: Transaction,
  tenantId: string,
  recipientIds: readonly string[],
) => Promise<ReadonlyMap<string, PersonKey>>;

export interface DeliveryPorts {
  readonly writerOwners: AskWriterOwners;
  readonly personKeys: AskPersonKeys;
}
