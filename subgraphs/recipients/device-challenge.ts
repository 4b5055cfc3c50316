// The challenge of a device registration: a token that nobody stores until it is used, and that only we can make.
import { KeyUse, type Kms } from '../../crypto/kms.ts';
import { makeLinkToken, readLinkToken } from '../../crypto/link-token.ts';
import { PROOF_AGE_MAX_SECONDS } from '../../crypto/proof-of-possession.ts';

export interface Challenge {
  readonly challenge: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

interface Place {
  readonly tenantId: string;
  /** `rcp_...` */
  readonly recipientId: string;
}

/** A token has the tenant's key, a place for an id, an audience and an expiry, which is all that a challenge needs.
 *  id: unique and of no meaning; a UUID. */
export async function makeChallenge(
  kms: Kms,
  place: Place,
  { id, now }: { readonly id: string; readonly now: number },
): Promise<Challenge> {
  const { key } = await kms.macKey({ tenant: place.tenantId, use: KeyUse.link });
  const expiresAt = now + PROOF_AGE_MAX_SECONDS * 1_000;
  const challenge = makeLinkToken(key, { messageId: id, audience: audienceOf(place), expiresAt });
  return { challenge, expiresAt };
}

/** Throws CryptoError TOKEN_INVALID, SIGNATURE_INVALID or TOKEN_EXPIRED unless we made it for this recipient. */
export async function checkChallenge(
  kms: Kms,
  place: Place,
  { challenge, now }: { readonly challenge: string; readonly now: number },
): Promise<void> {
  const { key } = await kms.macKey({ tenant: place.tenantId, use: KeyUse.link });
  readLinkToken(key, challenge, { audience: audienceOf(place), now });
}

function audienceOf({ recipientId }: Place): string {
  return `device challenge ${recipientId}`;
}
