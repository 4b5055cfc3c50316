// Sets the OpenID provider that vouches for the tenant's recipients. Keys come with it: nothing is fetched from a URL.
import { createPublicKey, type KeyObject } from 'node:crypto';
import { InvalidInput } from '../../schema/user-errors.ts';
import type { RecipientsWork } from './deps.ts';
import { readIdentityProvider } from './domain/identity-provider.ts';
import {
  IdentityProviderTable,
  type IdentityProviderRow,
} from './store/identity-provider.table.ts';

export interface ConfigureIdentityProviderResult {
  readonly identityProvider: IdentityProviderRow | null;
  readonly errors: InvalidInput[];
}

const RSA_BITS_MIN = 2_048;

/** Replaces what was configured before, so that a rotation of the provider's keys is the same call again. */
export async function configureIdentityProvider(
  deps: RecipientsWork,
  tenantId: string,
  given: Parameters<typeof readIdentityProvider>[0],
): Promise<ConfigureIdentityProviderResult> {
  const read = readIdentityProvider(given);
  if ('sentence' in read) {
    return { identityProvider: null, errors: [new InvalidInput([read.field], read.sentence)] };
  }
  const { issuer, clientId, jwks, mfaAcrValues } = read;
  // A key that cannot be used is found here, and not when somebody has lost a device.
  const useless = jwks.keys.findIndex((key) => !isUsable(key));
  if (useless >= 0) {
    const sentence = `Key ${useless} of the set is none that ID tokens are signed with.`;
    return { identityProvider: null, errors: [new InvalidInput(['jwks'], sentence)] };
  }
  const updatedAt = new Date(deps.clock.now());
  const row = { tenantId, issuer, clientId, jwks, mfaAcrValues: [...mfaAcrValues], updatedAt };
  await deps.database.transaction(tenantId, async ({ em }) => {
    await em.upsert(IdentityProviderTable, row);
  });
  return { identityProvider: row, errors: [] };
}

function isUsable(jwk: Readonly<Record<string, unknown>>): boolean {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return false;
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'rsa') return (details?.modulusLength ?? 0) >= RSA_BITS_MIN;
  return type === 'ed25519' || (type === 'ec' && details?.namedCurve === 'prime256v1');
}
