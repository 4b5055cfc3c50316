// A consent as a `track` call of Segment's HTTP API.
// Source: https://segment.com/docs/connections/spec/track/ and https://segment.com/docs/connections/spec/common/
import type { ConsentAction } from '../../../../schema/vocabulary.ts';
import type { ConsentChange } from './consent-change.ts';

const eventOf: Readonly<Record<ConsentAction, string>> = {
  GRANTED: 'Consent Granted',
  WITHDRAWN: 'Consent Withdrawn',
};

/** Not as `context.consent`: Segment takes every category that is missing there for refused, and one record is about one.
 *  `messageId` is what Segment drops repetitions by. */
export const segmentBody = (change: ConsentChange): object => ({
  type: 'track',
  messageId: change.consentId,
  event: eventOf[change.action],
  ...(change.recipientId === null
    ? { anonymousId: change.subject }
    : { userId: change.recipientId }),
  timestamp: change.occurredAt,
  properties: {
    purpose: change.purpose,
    channel: change.channel,
    subject: change.subject,
    linkage: change.linkage,
    source: change.source,
    method: change.method,
    jurisdiction: change.jurisdiction,
    regulation: change.regulation,
    policyVersion: change.policyVersion,
    cmpName: change.cmp?.name ?? null,
    cmpVersion: change.cmp?.version ?? null,
    expiresAt: change.expiresAt,
    consentId: change.consentId,
    logIndex: change.logIndex,
  },
});
