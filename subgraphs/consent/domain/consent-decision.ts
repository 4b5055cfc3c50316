// May we send? What was recorded answers, and everything that is not clearly a yes is a no.
import type {
  CaptureMethod,
  ConsentAction,
  Purpose,
  RejectionReason,
} from '../../../schema/vocabulary.ts';
import { optInMethods } from './consent-record.ts';

/** What stands for one subject, purpose and channel. */
export interface StandingConsent {
  /** UUID. */
  readonly consentId: string;
  readonly action: ConsentAction;
  readonly method: CaptureMethod;
  /** Milliseconds since 1970; null: until it is withdrawn. */
  readonly expiresAt: number | null;
}

export type ConsentDecision =
  | { readonly allowed: true; readonly consentId: string }
  | {
      readonly allowed: false;
      readonly reason: RejectionReason;
      readonly consentId: string | null;
    };

/** Decides one question. Null: nothing was ever recorded. now: milliseconds since 1970. */
export function decideConsent(
  standing: StandingConsent | null,
  purpose: Purpose,
  now: number,
): ConsentDecision {
  if (standing === null) return { allowed: false, reason: 'CONSENT_MISSING', consentId: null };
  const { consentId } = standing;
  const reason = refusalOf(standing, purpose, now);
  return reason === null ? { allowed: true, consentId } : { allowed: false, reason, consentId };
}

// Rows are from a database that newer programs write as well: a word that this one does not know permits nothing.
function refusalOf(
  { action, method, expiresAt }: StandingConsent,
  purpose: Purpose,
  now: number,
): RejectionReason | null {
  if (action === 'WITHDRAWN') return 'CONSENT_WITHDRAWN';
  if (action !== 'GRANTED') return 'CONSENT_AMBIGUOUS';
  if (expiresAt !== null && !(now < expiresAt)) return 'CONSENT_EXPIRED';
  if (purpose === 'MARKETING' && !optInMethods.includes(method)) return 'CONSENT_MISSING';
  return null;
}
