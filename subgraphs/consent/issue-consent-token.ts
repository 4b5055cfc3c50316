// A token that says for less than a minute that somebody may be written to: for those who check at the edge, by themselves.
import { signJws } from '../../crypto/jws.ts';
import { KeyUse } from '../../crypto/kms.ts';
import { publicId } from '../../schema/ids.ts';
import type { RejectionReason } from '../../schema/vocabulary.ts';
import { decideConsents, type RecipientQuestion } from './decide-consents.ts';
import type { ConsentDeps } from './deps.ts';

/** `typ` of a consent token. */
export const CONSENT_TOKEN_TYPE = 'consent+jwt';
/** A withdrawal is not seen by who holds a token for at most this long. */
export const TOKEN_SECONDS = 60;

export type ConsentTokenOutcome =
  { readonly token: string; readonly expiresAt: number } | { readonly refused: RejectionReason };

/** A token for what the gate allows now, and the gate's reason for what it does not. Times in milliseconds since 1970. */
export async function issueConsentToken(
  deps: ConsentDeps,
  tenantId: string,
  question: RecipientQuestion,
): Promise<ConsentTokenOutcome> {
  const now = deps.clock.now();
  const [decision] = await decideConsents(deps, tenantId, [question]);
  if (decision === undefined || decision.subject === null) return { refused: 'NO_ADDRESS' };
  if (!decision.allowed) return { refused: decision.reason };
  const issuedAt = Math.floor(now / 1_000);
  // A consent that ends sooner takes its token with it.
  const ends = Math.floor((decision.expiresAt ?? Number.MAX_SAFE_INTEGER) / 1_000);
  const expiresAt = Math.min(issuedAt + TOKEN_SECONDS, ends);
  const token = await signJws(
    deps.kms,
    { tenant: tenantId, use: KeyUse.signing },
    {
      typ: CONSENT_TOKEN_TYPE,
      payload: JSON.stringify({
        iss: 'parley',
        aud: tenantId,
        sub: decision.subject,
        jti: deps.newUuid(),
        iat: issuedAt,
        exp: expiresAt,
        purpose: question.purpose,
        channel: question.channel,
        consent_id: publicId('consent', decision.consentId),
        policy_version: decision.policyVersion,
      }),
    },
  );
  return { token, expiresAt: expiresAt * 1_000 };
}
