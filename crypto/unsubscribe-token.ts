// Tokens of unsubscribe links: a link token for a person and one purpose, which opens nothing else.
import type { KeyObject } from 'node:crypto';
import { linkTokenMessageId, makeLinkToken, readLinkToken } from './link-token.ts';

/** No other link has it, so none stands in for another. */
const AUDIENCE = 'unsubscribe EMAIL MARKETING';
/** A link in an email has to work for 30 days at the least (CAN-SPAM, 15 U.S.C. 7704(a)(3)), and people keep their mail. */
const LIFE_MS = 366 * 86_400_000;

/** key: 32 bytes, `macKey` of the KMS with use `link`. recipient: the public id, which stands readable in the token. */
export function makeUnsubscribeToken(key: KeyObject, recipient: string, now: number): string {
  return makeLinkToken(key, {
    messageId: recipient,
    audience: AUDIENCE,
    expiresAt: now + LIFE_MS,
  });
}

/** Whom a token claims to be of, before anything is verified: only to find the person. Throws TOKEN_INVALID for what is
 *  no token. */
export function claimedRecipient(token: string): string {
  return linkTokenMessageId(token);
}

/** Throws CryptoError for a token that is not genuine, not for unsubscribing, or too old. */
export function checkUnsubscribeToken(key: KeyObject, token: string, now: number): void {
  readLinkToken(key, token, { audience: AUDIENCE, now });
}
