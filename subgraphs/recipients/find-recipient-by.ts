// Finds a person by a name that only one of the tenant has: an external id, or an address by its pseudonym.
import { KeyUse } from '../../crypto/kms.ts';
import type { RecipientsWork } from './deps.ts';
import type { ExternalId } from './domain/external-id.ts';
import { pseudonymOf } from './pseudonyms.ts';
import { findByExternalIds } from './store/external-ids.ts';
import { loadRecipientsOf } from './store/load-recipients-of.ts';
import { readAddress, type WrittenAddress } from './written-address.ts';

export type RecipientName =
  { readonly externalId: ExternalId } | { readonly address: WrittenAddress };

/** The UUID, or null: what is no address belongs to nobody. */
export async function findRecipientBy(
  { database, kms }: RecipientsWork,
  tenantId: string,
  name: RecipientName,
): Promise<string | null> {
  if ('externalId' in name) {
    const found = await database.read(tenantId, (tx) =>
      findByExternalIds(tx, tenantId, [name.externalId]),
    );
    return [...found.values()][0] ?? null;
  }
  const address = readAddress(name.address);
  if (address === null) return null;
  const key = await kms.macKey({ tenant: tenantId, use: KeyUse.pseudonym });
  const subject = pseudonymOf(tenantId, key, address);
  const [found] = await database.read(tenantId, (tx) =>
    loadRecipientsOf(tx, [{ tenantId, subject }]),
  );
  return found?.recipientId ?? null;
}
