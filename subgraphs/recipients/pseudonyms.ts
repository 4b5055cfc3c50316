// The pseudonyms of addresses that others hold in their hands: how consent and delivery find a person without keeping a number.
import { KeyUse, type Kms, type MacKey } from '../../crypto/kms.ts';
import { makePseudonym, PseudonymKind } from '../../crypto/pseudonym.ts';
import type { Transaction } from '../../platform/database.ts';
import { loadPhoneTenants, loadRecipientsOf } from './store/load-recipients-of.ts';
import { readAddress, type ReadAddress, type WrittenAddress } from './written-address.ts';

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
  /** Everybody who is reached at a phone number, in every tenant that has it as an address. For a transaction across
   *  tenants: two statements for any number of phones, and a key for each tenant. */
  phoneOwners(
    tx: Transaction,
    phones: readonly string[],
  ): Promise<ReadonlyMap<string, readonly AddressOwner[]>>;
}

const KIND = { PHONE: PseudonymKind.msisdn, EMAIL: PseudonymKind.email } as const;

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
    async phoneOwners(tx, phones) {
      if (phones.length === 0) return new Map();
      const named: { tenantId: string; subject: string; phone: string }[] = [];
      const written = phones.map((text) => ({ kind: 'PHONE', text }) as const);
      for (const tenantId of await loadPhoneTenants(tx)) {
        const subjects = await addressSubjects(tenantId, written);
        phones.forEach((phone, index) => {
          const subject = subjects[index] ?? null;
          if (subject !== null) named.push({ tenantId, subject, phone });
        });
      }
      const found = await loadRecipientsOf(tx, named);
      const ownerOf = new Map(found.map((owner) => [owner.subject, owner]));
      // By what was asked: two spellings of one number are two phones with the same owners.
      const owners = new Map<string, AddressOwner[]>();
      for (const { subject, phone } of named) {
        const owner = ownerOf.get(subject);
        if (owner !== undefined) owners.set(phone, [...(owners.get(phone) ?? []), owner]);
      }
      return owners;
    },
  };
}
