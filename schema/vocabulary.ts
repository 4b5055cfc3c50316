// The words of messaging that cross a boundary: each a const object with its union type, and nothing else.

/** A way to reach a person. LINK is a secure web page that asks for authentication. */
export const Channel = {
  RCS: 'RCS',
  IMESSAGE: 'IMESSAGE',
  SMS: 'SMS',
  EMAIL: 'EMAIL',
  PUSH: 'PUSH',
  LINK: 'LINK',
} as const;
export type Channel = (typeof Channel)[keyof typeof Channel];

/** How the content travels, strongest first. Only NATIVE_E2EE and ENVELOPE are end-to-end encrypted. */
export const Protection = {
  NATIVE_E2EE: 'NATIVE_E2EE',
  ENVELOPE: 'ENVELOPE',
  LINK_ONLY: 'LINK_ONLY',
  CLEAR: 'CLEAR',
} as const;
export type Protection = (typeof Protection)[keyof typeof Protection];

/** What each channel can carry: RCS natively where its provider says so, and no envelope where no app of ours opens it. */
export const protectionsOf: Readonly<Record<Channel, readonly Protection[]>> = {
  RCS: ['NATIVE_E2EE', 'ENVELOPE', 'LINK_ONLY', 'CLEAR'],
  IMESSAGE: ['ENVELOPE', 'LINK_ONLY', 'CLEAR'],
  SMS: ['LINK_ONLY', 'CLEAR'],
  EMAIL: ['LINK_ONLY', 'CLEAR'],
  PUSH: ['ENVELOPE', 'LINK_ONLY', 'CLEAR'],
  LINK: ['LINK_ONLY'],
};

/** What a consent is for. ARCHIVE is the opt-in escrow. */
export const Purpose = {
  TRANSACTIONAL: 'TRANSACTIONAL',
  MARKETING: 'MARKETING',
  ANALYTICS: 'ANALYTICS',
  PERSONALIZATION: 'PERSONALIZATION',
  ARCHIVE: 'ARCHIVE',
} as const;
export type Purpose = (typeof Purpose)[keyof typeof Purpose];

/** What kind of business message it is: it decides priority, receipt window and default expiry. */
export const MessageType = {
  OTP: 'OTP',
  RECEIPT: 'RECEIPT',
  ALERT: 'ALERT',
  NOTIFICATION: 'NOTIFICATION',
  MARKETING: 'MARKETING',
  SUPPORT: 'SUPPORT',
} as const;
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

/** How much harm a reader who is not the recipient could do. HIGH never travels CLEAR. */
export const Sensitivity = { LOW: 'LOW', MEDIUM: 'MEDIUM', HIGH: 'HIGH' } as const;
export type Sensitivity = (typeof Sensitivity)[keyof typeof Sensitivity];

/** A fact about a capability. A provider's error is UNKNOWN, never NO. */
export const Tristate = { YES: 'YES', NO: 'NO', UNKNOWN: 'UNKNOWN' } as const;
export type Tristate = (typeof Tristate)[keyof typeof Tristate];

/** Where a message stands, in the order of its rank: the higher one wins whatever the order of arrival. */
export const MessageStatus = {
  ACCEPTED: 'ACCEPTED',
  SENT: 'SENT',
  EXPIRED: 'EXPIRED',
  CANCELLED: 'CANCELLED',
  SUPPRESSED: 'SUPPRESSED',
  UNDELIVERABLE: 'UNDELIVERABLE',
  FAILED: 'FAILED',
  DELIVERED: 'DELIVERED',
  READ: 'READ',
} as const;
export type MessageStatus = (typeof MessageStatus)[keyof typeof MessageStatus];

/** Where one try to hand a message to one provider stands. */
export const AttemptState = {
  PLANNED: 'PLANNED',
  SUBMITTING: 'SUBMITTING',
  SENT: 'SENT',
  DELIVERED: 'DELIVERED',
  READ: 'READ',
  FAILED: 'FAILED',
  EXPIRED: 'EXPIRED',
  REVOKED: 'REVOKED',
  SKIPPED: 'SKIPPED',
  OUTCOME_UNKNOWN: 'OUTCOME_UNKNOWN',
  SUPERSEDED_LATE_DELIVERY: 'SUPERSEDED_LATE_DELIVERY',
} as const;
export type AttemptState = (typeof AttemptState)[keyof typeof AttemptState];

/** What happened to a message, normalised over all providers. */
export const DeliveryEventType = {
  ACCEPTED: 'ACCEPTED',
  SENT: 'SENT',
  DELIVERED: 'DELIVERED',
  READ: 'READ',
  CLICKED: 'CLICKED',
  REPLIED: 'REPLIED',
  FAILED: 'FAILED',
  EXPIRED: 'EXPIRED',
  REVOKED: 'REVOKED',
  SKIPPED: 'SKIPPED',
  OUTCOME_UNKNOWN: 'OUTCOME_UNKNOWN',
  ENDED: 'ENDED',
} as const;
export type DeliveryEventType = (typeof DeliveryEventType)[keyof typeof DeliveryEventType];

/** The canonical failure codes into which every provider's own codes are translated. */
export const FailureCode = {
  INVALID_RECIPIENT: 'INVALID_RECIPIENT',
  UNSUPPORTED: 'UNSUPPORTED',
  UNREACHABLE: 'UNREACHABLE',
  OPTED_OUT: 'OPTED_OUT',
  BLOCKED: 'BLOCKED',
  INVALID_CONTENT: 'INVALID_CONTENT',
  SENDER_REJECTED: 'SENDER_REJECTED',
  AUTH: 'AUTH',
  THROTTLED: 'THROTTLED',
  EXPIRED: 'EXPIRED',
  PROVIDER_FAULT: 'PROVIDER_FAULT',
  UNKNOWN: 'UNKNOWN',
} as const;
export type FailureCode = (typeof FailureCode)[keyof typeof FailureCode];

/** Why a route was not taken. Every rejected candidate of a decision carries at least one. */
export const RejectionReason = {
  CHANNEL_NOT_IN_TEMPLATE: 'CHANNEL_NOT_IN_TEMPLATE',
  NO_PROVIDER: 'NO_PROVIDER',
  PROVIDER_UNAVAILABLE: 'PROVIDER_UNAVAILABLE',
  NO_ADDRESS: 'NO_ADDRESS',
  ADDRESS_BOUNCED: 'ADDRESS_BOUNCED',
  OPTED_OUT: 'OPTED_OUT',
  QUIET_HOURS: 'QUIET_HOURS',
  FREQUENCY_CAP: 'FREQUENCY_CAP',
  CONSENT_MISSING: 'CONSENT_MISSING',
  CONSENT_WITHDRAWN: 'CONSENT_WITHDRAWN',
  CONSENT_EXPIRED: 'CONSENT_EXPIRED',
  CONSENT_AMBIGUOUS: 'CONSENT_AMBIGUOUS',
  CONSENT_SUPPRESSED: 'CONSENT_SUPPRESSED',
  NOT_CAPABLE: 'NOT_CAPABLE',
  CAPABILITY_UNKNOWN: 'CAPABILITY_UNKNOWN',
  CAPABILITY_EXPIRED: 'CAPABILITY_EXPIRED',
  NATIVE_E2EE_UNAVAILABLE: 'NATIVE_E2EE_UNAVAILABLE',
  NO_DEVICE_KEY: 'NO_DEVICE_KEY',
  PROTECTION_NOT_OFFERED: 'PROTECTION_NOT_OFFERED',
  SENSITIVITY_FORBIDS_CLEAR: 'SENSITIVITY_FORBIDS_CLEAR',
  OUTRANKED_ON_CHANNEL: 'OUTRANKED_ON_CHANNEL',
  ROLLOUT_EXCLUDED: 'ROLLOUT_EXCLUDED',
} as const;
export type RejectionReason = (typeof RejectionReason)[keyof typeof RejectionReason];

/** Why a message left one route for the next. */
export const FallbackReason = {
  PERMANENT_FAILURE: 'PERMANENT_FAILURE',
  RETRIES_EXHAUSTED: 'RETRIES_EXHAUSTED',
  NO_RECEIPT_IN_WINDOW: 'NO_RECEIPT_IN_WINDOW',
  EXPIRED_AT_PROVIDER: 'EXPIRED_AT_PROVIDER',
  PERMISSION_LOST: 'PERMISSION_LOST',
  PROVIDER_UNAVAILABLE: 'PROVIDER_UNAVAILABLE',
} as const;
export type FallbackReason = (typeof FallbackReason)[keyof typeof FallbackReason];

/** What a consent record says. */
export const ConsentAction = { GRANTED: 'GRANTED', WITHDRAWN: 'WITHDRAWN' } as const;
export type ConsentAction = (typeof ConsentAction)[keyof typeof ConsentAction];

/** Where a consent was captured. */
export const ConsentSource = {
  WEB: 'WEB',
  ANDROID_APP: 'ANDROID_APP',
  IOS_APP: 'IOS_APP',
  IVR: 'IVR',
  IMPORT: 'IMPORT',
  KEYWORD: 'KEYWORD',
  CMP: 'CMP',
} as const;
export type ConsentSource = (typeof ConsentSource)[keyof typeof ConsentSource];

/** How a consent was given or taken back. RELATIONSHIP records an existing customer relation, INQUIRY that a person asked
 *  for an offer: from both a consent is only implied. */
export const CaptureMethod = {
  CHECKBOX: 'CHECKBOX',
  FORM: 'FORM',
  VOICE: 'VOICE',
  KEYWORD: 'KEYWORD',
  RELATIONSHIP: 'RELATIONSHIP',
  INQUIRY: 'INQUIRY',
  IMPORT: 'IMPORT',
} as const;
export type CaptureMethod = (typeof CaptureMethod)[keyof typeof CaptureMethod];

/** Under whose law a consent counts. ALL: everywhere, as most do; the others only where that law applies. */
export const Regulation = {
  ALL: 'ALL',
  GDPR: 'GDPR',
  CPRA: 'CPRA',
  TCPA: 'TCPA',
  CASL: 'CASL',
} as const;
export type Regulation = (typeof Regulation)[keyof typeof Regulation];

/** The lists that come before any consent: an opt-out of everything, do not call, do not track, a region's own. */
export const SuppressionList = {
  GLOBAL_OPT_OUT: 'GLOBAL_OPT_OUT',
  DNC: 'DNC',
  DNT: 'DNT',
  REGIONAL: 'REGIONAL',
} as const;
export type SuppressionList = (typeof SuppressionList)[keyof typeof SuppressionList];

/** What a person asks for in one word, in any of the languages that carriers know. */
export const Keyword = { STOP: 'STOP', START: 'START', HELP: 'HELP' } as const;
export type Keyword = (typeof Keyword)[keyof typeof Keyword];

/** The forms in which consent management platforms tell us what a person chose. */
export const CmpFormat = { GENERIC: 'GENERIC', DIDOMI: 'DIDOMI', ONETRUST: 'ONETRUST' } as const;
export type CmpFormat = (typeof CmpFormat)[keyof typeof CmpFormat];

/** The life of a template version. Only an APPROVED version is sent. */
export const TemplateState = {
  DRAFT: 'DRAFT',
  SUBMITTED: 'SUBMITTED',
  APPROVED: 'APPROVED',
  REJECTED: 'REJECTED',
  RETIRED: 'RETIRED',
} as const;
export type TemplateState = (typeof TemplateState)[keyof typeof TemplateState];

/** What kind of device a recipient registered. */
export const DevicePlatform = { ANDROID: 'ANDROID', IOS: 'IOS', WEB: 'WEB' } as const;
export type DevicePlatform = (typeof DevicePlatform)[keyof typeof DevicePlatform];

/** The life of a device's key. */
export const DeviceState = { ACTIVE: 'ACTIVE', REVOKED: 'REVOKED', REMOVED: 'REMOVED' } as const;
export type DeviceState = (typeof DeviceState)[keyof typeof DeviceState];

/** What vouches for a device's key beside its own signature. */
export const AttestationLevel = { NONE: 'NONE', SELF: 'SELF', CERTIFIED: 'CERTIFIED' } as const;
export type AttestationLevel = (typeof AttestationLevel)[keyof typeof AttestationLevel];

/** What somebody did with personal data in clear text. */
export const PiiAction = { UNMASKED: 'UNMASKED', EXPORTED: 'EXPORTED' } as const;
export type PiiAction = (typeof PiiAction)[keyof typeof PiiAction];

/** What an import did with a row. */
export const ImportOutcome = {
  CREATED: 'CREATED',
  UPDATED: 'UPDATED',
  UNCHANGED: 'UNCHANGED',
  REFUSED: 'REFUSED',
} as const;
export type ImportOutcome = (typeof ImportOutcome)[keyof typeof ImportOutcome];

/** How a person proved to own an address. */
export const VerificationMethod = {
  ONE_TIME_CODE: 'ONE_TIME_CODE',
  LINK: 'LINK',
  IDENTITY_PROVIDER: 'IDENTITY_PROVIDER',
  DOCUMENT: 'DOCUMENT',
} as const;
export type VerificationMethod = (typeof VerificationMethod)[keyof typeof VerificationMethod];

/** What kind of identifier an address is. One phone number serves RCS and SMS. */
export const AddressKind = {
  PHONE: 'PHONE',
  EMAIL: 'EMAIL',
  APPLE_ID: 'APPLE_ID',
  PUSH_SUBSCRIPTION: 'PUSH_SUBSCRIPTION',
} as const;
export type AddressKind = (typeof AddressKind)[keyof typeof AddressKind];

/** What to do when a provider's answer was lost and it cannot be asked again. */
export const UncertainOutcome = { HOLD: 'HOLD', RETRY: 'RETRY' } as const;
export type UncertainOutcome = (typeof UncertainOutcome)[keyof typeof UncertainOutcome];

/** How a message's success is defined by its template. */
export const SuccessRule = {
  DELIVERED: 'DELIVERED',
  READ: 'READ',
  CLICKED: 'CLICKED',
  REPLIED: 'REPLIED',
} as const;
export type SuccessRule = (typeof SuccessRule)[keyof typeof SuccessRule];

/** What kind of value a template's variable takes. */
export const VariableKind = { TEXT: 'TEXT', NUMBER: 'NUMBER', URL: 'URL' } as const;
export type VariableKind = (typeof VariableKind)[keyof typeof VariableKind];

/** What stands for a sensitive value in clear text: nothing of it, or its last four characters. */
export const Mask = { HIDDEN: 'HIDDEN', LAST4: 'LAST4' } as const;
export type Mask = (typeof Mask)[keyof typeof Mask];
