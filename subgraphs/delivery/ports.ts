// The question that delivery asks elsewhere; wiring.ts connects it.
import type { Transaction } from '../../platform/database.ts';

/** A person of one tenant who is reached at a number. */
export interface PhoneOwner {
  readonly tenantId: string;
  /** UUID. */
  readonly recipientId: string;
  /** The pseudonym of the number, in this tenant. */
  readonly subject: string;
}

/** Answered by recipients/pseudonyms.ts: by phone, in every tenant that knows it; unknown ones are missing. */
export type AskPhoneOwners = (
  tx: Transaction,
  phones: readonly string[],
) => Promise<ReadonlyMap<string, readonly PhoneOwner[]>>;

export interface DeliveryPorts {
  readonly phoneOwners: AskPhoneOwners;
}
