// A campaign's variables at rest: sealed under a key of its own, which the key store wraps.
import { createSecretKey, randomBytes } from 'node:crypto';
import { AEAD_KEY_BYTES, openColumn, sealColumn } from '../../crypto/aead.ts';
import type { Kms } from '../../crypto/kms.ts';
import type { Variables } from './domain/template.ts';
import type { SealedVariables } from './store/campaigns.ts';

interface Owner {
  readonly tenantId: string;
  readonly campaignId: string;
}

const contextOf = ({ tenantId, campaignId }: Owner) => ({
  tenant: tenantId,
  purpose: 'campaign',
  subject: campaignId,
});

const placeOf = ({ tenantId, campaignId }: Owner) => ({
  tenant: tenantId,
  table: 'messages.campaign',
  column: 'variables_sealed',
  rowId: campaignId,
});

/** Null where there are none. */
export async function sealCampaignVariables(
  kms: Kms,
  variables: Variables,
  owner: Owner,
): Promise<SealedVariables | null> {
  if (variables.size === 0) return null;
  const bytes = randomBytes(AEAD_KEY_BYTES);
  const ref = { tenant: owner.tenantId, use: 'data' } as const;
  const { keyId, version, ciphertext } = await kms.wrap(ref, bytes, contextOf(owner));
  const key = createSecretKey(bytes);
  bytes.fill(0);
  // The campaign's UUID names the key: there is one a campaign.
  const id = Buffer.from(owner.campaignId.replaceAll('-', ''), 'hex');
  const sealed = sealColumn(key, id, Buffer.from(JSON.stringify([...variables])), placeOf(owner));
  return {
    sealed,
    key: { keyId, version, ciphertext: Buffer.from(ciphertext).toString('base64') },
  };
}

/** Throws CryptoError when the key is not the one that sealed them, or is gone. */
export async function openCampaignVariables(
  kms: Kms,
  stored: SealedVariables | null,
  owner: Owner,
): Promise<Variables> {
  if (stored === null) return new Map();
  const { keyId, version, ciphertext } = stored.key;
  const wrapped = { keyId, version, ciphertext: Buffer.from(ciphertext, 'base64') };
  const key = createSecretKey(await kms.unwrap(wrapped, contextOf(owner)));
  const text = openColumn(key, stored.sealed, placeOf(owner)).toString('utf8');
  return new Map(JSON.parse(text) as [string, string][]);
}
