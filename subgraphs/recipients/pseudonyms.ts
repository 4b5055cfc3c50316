// The pseudonyms of addresses that others hold in their hands: how consent and delivery find a person without keeping a number.
import { KeyUse, type Kms, type MacKey } from '../../crypto/kms.ts';
import { makePseudonym, PseudonymKind } from '../../crypto/pseudonym.ts';
import type { Transaction } from '../../platform/database.ts';
import { loadPhoneTenants, loadRecipientsOf } from './store/load-recipients-of.ts';
import {
  readAddress,
  writersKind,
  type ReadAddress,
  type WrittenAddress,
} from './written-address.ts';

/** A person of one tenant, by an address that was given. */
export interface AddressOwner {
  readonly tenantId: string;
  /** UUID. */
  readonly recipientId: string;
  readonly subject: string;
}

export interface Pseudonyms {
  /** In the order of the addresses; null for what is none. Known or not makes no difference. Asks the KMS. */
  addressSubjects(
    tenantId: string,
    addresses: readonly WrittenAddress[],
  ): Promise<readonly (string | null)[]>;
  /** Whose addresses these are, by pseudonym, in one statement; unknown ones are missing. */
  addressOwners(
    tx: Transaction,
    tenantId: string,
    subjects: readonly string[],
  ): Promise<ReadonlyMap<string, AddressOwner>>;
  /** Everybody who is reached where somebody wrote from (a phone number, or an Apple id), in every tenant that has it as an
   *  address. For a transaction across tenants: two statements for any number of writers, and a key for each tenant. */
  writerOwners(
    tx: Transaction,
    writers: readonly string[],
  ): Promise<ReadonlyMap<string, readonly AddressOwner[]>>;
}

const KIND = {
  PHONE: PseudonymKind.msisdn,
  EMAIL: PseudonymKind.email,
  APPLE_ID: PseudonymKind.apple,
} as const;

/** The pseudonym of an address in its one spelling. */
export function pseudonymOf(
  tenant: string,
  { key, version: keyVersion }: MacKey,
  { kind, value }: Pick<ReadAddress, 'kind' | 'value'>,
): string {
  return makePseudonym(key, { keyVersion, kind: KIND[kind], tenant, value });
}

export function createPseudonyms({ kms }: { readonly kms: Kms }): Pseudonyms {
  const addressSubjects: Pseudonyms['addressSubjects'] = async (tenant, addresses) => {
    const key = await kms.macKey({ tenant, use: KeyUse.pseudonym });
    return addresses.map((written) => {
      const address = readAddress(written);
      return address && pseudonymOf(tenant, key, address);
    });
  };
  return {
    addressSubjects,
    async addressOwners(tx, tenantId, subjects) {
      const named = subjects.map((subject) => ({ tenantId, subject }));
      return new Map((await loadRecipientsOf(tx, named)).map((owner) => [owner.subject, owner]));
    },
    async writerOwners(tx, writers) {
      if (writers.length === 0) return new Map();
      const named: { tenantId: string; subject: string; writer: string }[] = [];
      const written = writers.map((text) => ({ kind: writersKind(text), text }));
      for (const tenantId of await loadPhoneTenants(tx)) {
        const subjects = await addressSubjects(tenantId, written);
        writers.forEach((writer, index) => {
          const subject = subjects[index] ?? null;
          if (subject !== null) named.push({ tenantId, subject, writer });
        });
      }
      const found = await loadRecipientsOf(tx, named);
      const ownerOf = new Map(found.map((owner) => [owner.subject, owner]));
      // By what was asked: two spellings of one number are two writers with the same owners.
      const owners = new Map<string, AddressOwner[]>();
      for (const { subject, writer } of named) {
        const owner = ownerOf.get(subject);
        if (owner !== undefined) owners.set(writer, [...(owners.get(writer) ?? []), owner]);
      }
      return owners;
    },
  };
}
