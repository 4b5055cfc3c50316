// Checks that a person has just signed in at the tenant's own OpenID provider, with two factors, for this one key.
import { createLocalJWKSet, errors, jwtVerify, type JSONWebKeySet, type JWTPayload } from 'jose';
import { NotFound, WrongState } from '../../schema/user-errors.ts';
import type { RecipientsWork } from './deps.ts';
import { OWN_KIND } from './domain/external-id.ts';
import { hasSecondFactor } from './domain/identity-provider.ts';
import { loadExternalIds } from './store/external-ids.ts';
import {
  IdentityProviderTable,
  type IdentityProviderRow,
} from './store/identity-provider.table.ts';
import { recipientExists } from './store/find-recipient.ts';
import { ProofInvalid } from './user-errors.ts';

/** Asymmetric only: with these, who verifies cannot forge. */
const ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256', 'RS256', 'PS256'];
const CLOCK_TOLERANCE_SECONDS = 5;
const TOKEN_CHARACTERS_MAX = 8_192;
/** How long ago the person may have signed in: a session that is merely open proves nothing about who holds it. */
const SIGNED_IN_SECONDS_MAX = 300;

/** Null when the person signed in for this challenge; otherwise why that is not so. recipientId: UUID. */
export async function findIdentityRefusal(
  deps: Pick<RecipientsWork, 'database'>,
  request: {
    readonly tenantId: string;
    readonly recipientId: string;
    readonly challenge: string;
    readonly idToken: string;
  },
  now: number,
): Promise<NotFound | WrongState | ProofInvalid | null> {
  const { tenantId, recipientId, challenge, idToken } = request;
  const { known, externalIds, provider } = await deps.database.read(tenantId, async (tx) => {
    const [isKnown, ids, found] = await Promise.all([
      recipientExists(tx, tenantId, recipientId),
      loadExternalIds(tx, tenantId, [recipientId]),
      tx.em.findOne(IdentityProviderTable, { tenantId }),
    ]);
    return { known: isKnown, externalIds: ids, provider: found };
  });
  if (!known) {
    return new NotFound(['recipientId'], 'There is no recipient with this id.');
  }
  // A person of two merged records has the subjects of both.
  const subjects = externalIds.filter(({ kind }) => kind === OWN_KIND).map(({ value }) => value);
  if (subjects.length === 0 || provider === null) {
    const sentence = 'It needs an identity provider, and a recipient with an externalId.';
    return new WrongState(['idToken'], sentence);
  }
  const fault = await findIdentityFault(provider, idToken, { subjects, nonce: challenge, now });
  return fault === null ? null : new ProofInvalid(['idToken'], fault);
}

/** What an ID token has to say. */
interface IdentityExpectation {
  /** The tenant's own ids of the person. */
  readonly subjects: readonly string[];
  /** Our challenge. */
  readonly nonce: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Null when the ID token (OpenID Connect Core 1.0, section 3.1.3.7) holds; otherwise what is wrong with it.
 *  The second factor is the provider's, see domain/identity-provider.ts. */
async function findIdentityFault(
  provider: IdentityProviderRow,
  idToken: string,
  { subjects, nonce, now }: IdentityExpectation,
): Promise<string | null> {
  const claims = await verified(provider, idToken, now);
  if (claims === null) return 'The ID token does not verify.';
  if (!subjects.includes(claims.sub ?? '')) return 'The ID token is about another person.';
  if (claims['nonce'] !== nonce) return 'The ID token answers another challenge.';
  const ageSeconds = now / 1_000 - Number(claims['auth_time']);
  if (!(ageSeconds >= -CLOCK_TOLERANCE_SECONDS && ageSeconds <= SIGNED_IN_SECONDS_MAX)) {
    return 'The person signed in too long ago.';
  }
  const told = { amr: claims['amr'], acr: claims['acr'] };
  return hasSecondFactor(told, provider.mfaAcrValues)
    ? null
    : 'The person signed in without a second factor.';
}

async function verified(
  { issuer, clientId, jwks }: IdentityProviderRow,
  idToken: string,
  now: number,
): Promise<JWTPayload | null> {
  if (idToken.length > TOKEN_CHARACTERS_MAX) return null;
  try {
    const keys = createLocalJWKSet(jwks as unknown as JSONWebKeySet);
    const { payload } = await jwtVerify(idToken, keys, {
      issuer,
      audience: clientId,
      algorithms: ALGORITHMS,
      currentDate: new Date(now),
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ['sub', 'exp', 'iat', 'nonce', 'auth_time'],
    });
    // For several parties, the token names the one that asked for it.
    const forUs = !Array.isArray(payload.aud) || payload.aud.length === 1;
    return forUs || payload['azp'] === clientId ? payload : null;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}
