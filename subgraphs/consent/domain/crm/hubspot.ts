// A consent as HubSpot's communication preferences: one subscription status.
// Source: https://developers.hubspot.com/docs/api-reference/communication-preferences-subscriptions-v4 (statuses).
import type { CaptureMethod, ConsentAction } from '../../../../schema/vocabulary.ts';
import type { ConsentChange } from './consent-change.ts';

type StatusState = 'SUBSCRIBED' | 'UNSUBSCRIBED';
type LegalBasis = 'CONSENT_WITH_NOTICE' | 'LEGITIMATE_INTEREST_CLIENT' | 'LEGITIMATE_INTEREST_PQL';

const statusStateOf: Readonly<Record<ConsentAction, StatusState>> = {
  GRANTED: 'SUBSCRIBED',
  WITHDRAWN: 'UNSUBSCRIBED',
};

/** An existing customer and a prospect who asked are the two legitimate interests that HubSpot knows. */
const legalBasisOf: Readonly<Record<CaptureMethod, LegalBasis>> = {
  CHECKBOX: 'CONSENT_WITH_NOTICE',
  FORM: 'CONSENT_WITH_NOTICE',
  VOICE: 'CONSENT_WITH_NOTICE',
  KEYWORD: 'CONSENT_WITH_NOTICE',
  IMPORT: 'CONSENT_WITH_NOTICE',
  RELATIONSHIP: 'LEGITIMATE_INTEREST_CLIENT',
  INQUIRY: 'LEGITIMATE_INTEREST_PQL',
};

/** The subscription goes by name, and the subscriber by pseudonym: ids of an account, and the contact's email, are known
 *  to whoever receives it. */
export const hubspotBody = (change: ConsentChange): object => ({
  subscriberIdString: change.recipientId ?? change.subject,
  channel: change.channel,
  statusState: statusStateOf[change.action],
  subscriptionName: `${change.purpose} ${change.channel}`,
  legalBasis: legalBasisOf[change.method],
  legalBasisExplanation: `${change.method} by ${change.source} in ${change.jurisdiction}, text ${change.policyVersion}`,
  source: change.cmp?.name ?? change.source,
  timestamp: change.occurredAt,
  consentId: change.consentId,
  logIndex: change.logIndex,
});
