// A consent as Salesforce's object ContactPointConsent, as its REST API takes records.
// Source: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_contactpointconsent.htm
import type { ConsentAction, ConsentSource } from '../../../../schema/vocabulary.ts';
import type { ConsentChange } from './consent-change.ts';

type PrivacyConsentStatus = 'OptIn' | 'OptOut';
type CaptureContactPointType = 'Email' | 'MailingAddress' | 'Phone' | 'Social' | 'Web';

const statusOf: Readonly<Record<ConsentAction, PrivacyConsentStatus>> = {
  GRANTED: 'OptIn',
  WITHDRAWN: 'OptOut',
};

/** The picklist has no app, no import and no other system; all of those are closest to the web. */
const captureOf: Readonly<Record<ConsentSource, CaptureContactPointType>> = {
  WEB: 'Web',
  ANDROID_APP: 'Web',
  IOS_APP: 'Web',
  IVR: 'Phone',
  IMPORT: 'Web',
  KEYWORD: 'Phone',
  CMP: 'Web',
};

/** Fields that end in `__c` are custom ones. ContactPointId, which is required, is the organisation's own: it finds it by
 *  the person or the pseudonym. */
export const salesforceBody = (change: ConsentChange): object => ({
  attributes: { type: 'ContactPointConsent' },
  Name: change.consentId,
  PrivacyConsentStatus: statusOf[change.action],
  DataUsePurpose: { Name: change.purpose },
  CaptureDate: change.occurredAt,
  CaptureContactPointType: captureOf[change.source],
  CaptureSource: change.cmp?.name ?? change.source,
  EffectiveFrom: change.occurredAt,
  EffectiveTo: change.expiresAt,
  Parley_Channel__c: change.channel,
  Parley_Recipient__c: change.recipientId,
  Parley_Subject__c: change.subject,
  Parley_Jurisdiction__c: change.jurisdiction,
  Parley_Policy_Version__c: change.policyVersion,
  Parley_Log_Index__c: change.logIndex,
});
