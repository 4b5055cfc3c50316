// Registers the vocabulary as GraphQL enums once, so that all subgraphs print identical values and descriptions.
import { registerEnumType } from 'type-graphql';
import { describeEnum as describe } from './describe-enum.ts';
import { userErrorCodes, type UserErrorCode as Code } from './error-codes.ts';
import './graphql-enums-followup.ts';
import './graphql-enums-conversations.ts';
import './graphql-enums-campaigns.ts';
import './graphql-enums-links.ts';
import './graphql-enums-templates.ts';
import { CrmDeliveryState, CrmFormat } from './vocabulary-crm.ts';
import { RecordClass } from './vocabulary-retention.ts';
import { Weekday } from './vocabulary-people.ts';
import * as words from './vocabulary.ts';

/** The user error codes as an enum object. */
export const UserErrorCode = Object.fromEntries(
  Object.keys(userErrorCodes).map((name) => [name, name]),
) as { readonly [K in Code]: K };

registerEnumType(UserErrorCode, {
  name: 'UserErrorCode',
  description: 'Why a mutation refused. Treat an unknown value as a refusal.',
  valuesConfig: Object.fromEntries(
    Object.entries(userErrorCodes).map(([name, facts]) => [name, { description: facts.meaning }]),
  ),
});

describe('Channel', words.Channel, 'A way to reach a person.', {
  RCS: 'Rich Communication Services, to a phone number.',
  IMESSAGE: 'Apple Messages for Business; open only after the person wrote first.',
  SMS: 'Short message, to a phone number.',
  EMAIL: 'Email.',
  PUSH: 'Push to the app, or in-app.',
  LINK: 'A secure web page that asks for authentication.',
});
describe('Protection', words.Protection, 'How the content travels, strongest first.', {
  NATIVE_E2EE: 'End-to-end encryption of the channel itself.',
  ENVELOPE:
    'Encrypted to the recipient’s device keys; the channel carries a neutral text and a link.',
  LINK_ONLY: 'A neutral text and a secure link; the content stays behind authentication.',
  CLEAR: 'Readable by the carriers on the way.',
});
describe('Purpose', words.Purpose, 'What a consent is for.', {
  TRANSACTIONAL: 'Messages that an existing relation needs.',
  MARKETING: 'Advertising; always an explicit opt-in.',
  ANALYTICS: 'Measuring engagement.',
  PERSONALIZATION: 'Adapting content to the person.',
  ARCHIVE: 'Opt-in escrow of content for later retrieval.',
});
describe('MessageType', words.MessageType, 'What kind of business message it is.', {
  OTP: 'A one-time code.',
  RECEIPT: 'A confirmation of a payment or an order.',
  ALERT: 'A warning that should be seen soon.',
  NOTIFICATION: 'A piece of news about an existing relation.',
  MARKETING: 'Advertising.',
  SUPPORT: 'Part of a conversation with support.',
});
describe('Sensitivity', words.Sensitivity, 'How much harm another reader could do.', {
  LOW: 'No personal detail.',
  MEDIUM: 'Personal details that are masked in clear text.',
  HIGH: 'Health data, financial secrets, codes that open accounts: never in clear text.',
});
describe('Tristate', words.Tristate, 'A fact that may be unknown. An error is UNKNOWN, never NO.', {
  YES: 'Known to be so.',
  NO: 'Known not to be so.',
  UNKNOWN: 'Not known now.',
});
describe('MessageStatus', words.MessageStatus, 'Where a message stands. It never goes back.', {
  ACCEPTED: 'Durable, with its decision.',
  SENT: 'A provider has taken it.',
  EXPIRED: 'Its time ran out before it was delivered.',
  CANCELLED: 'Taken back before it was delivered.',
  SUPPRESSED: 'Permission was missing when it was due.',
  UNDELIVERABLE: 'No route was left.',
  FAILED: 'A fault of the platform stopped it.',
  DELIVERED: 'On the recipient’s device.',
  READ: 'Seen by the recipient.',
});
describe('AttemptState', words.AttemptState, 'Where one try on one route stands.', {
  PLANNED: 'Waits for its turn.',
  SUBMITTING: 'Is being handed to the provider.',
  SENT: 'The provider has it.',
  DELIVERED: 'On the recipient’s device.',
  READ: 'Seen by the recipient.',
  FAILED: 'Refused, or reported as failed.',
  EXPIRED: 'No receipt came in its window.',
  REVOKED: 'Taken back before delivery, confirmed by the provider.',
  SKIPPED: 'Not tried: permission was lost, or another attempt delivered.',
  OUTCOME_UNKNOWN: 'The provider’s answer was lost and it cannot be asked again.',
  SUPERSEDED_LATE_DELIVERY: 'Delivered after all, when the next route was under way.',
});
describe('DeliveryEventType', words.DeliveryEventType, 'What happened to a message.', {
  ACCEPTED: 'The message became a durable row.',
  SENT: 'A provider took the attempt.',
  DELIVERED: 'It reached the device.',
  READ: 'The recipient saw it.',
  CLICKED: 'The recipient opened a link.',
  REPLIED: 'The recipient answered.',
  FAILED: 'The attempt failed.',
  EXPIRED: 'The attempt’s window passed, or the provider gave up.',
  REVOKED: 'The attempt was taken back.',
  SKIPPED: 'The attempt was not made.',
  OUTCOME_UNKNOWN: 'Nobody knows whether the provider took the attempt.',
  ENDED: 'Nothing more will be tried.',
});
describe('FailureCode', words.FailureCode, 'Why an attempt failed, over all providers.', {
  INVALID_RECIPIENT: 'The address does not exist on this channel.',
  UNSUPPORTED: 'The device or carrier does not support the channel.',
  UNREACHABLE: 'The device cannot be reached now.',
  OPTED_OUT: 'The person has opted out at the carrier.',
  BLOCKED: 'The carrier blocked the message.',
  INVALID_CONTENT: 'The provider refused the content.',
  SENDER_REJECTED: 'The sender is not allowed.',
  AUTH: 'The provider refused our credentials.',
  THROTTLED: 'Too fast for the provider.',
  EXPIRED: 'The provider gave up at the end of its time to live.',
  PROVIDER_FAULT: 'The provider failed.',
  UNKNOWN: 'A code that nobody has mapped yet.',
});
describe('RejectionReason', words.RejectionReason, 'Why a route was not taken.', {
  CHANNEL_NOT_IN_TEMPLATE: 'The template does not allow the channel.',
  NO_PROVIDER: 'No provider serves the channel here.',
  PROVIDER_UNAVAILABLE: 'The provider is down.',
  NO_ADDRESS: 'The recipient has no address for the channel.',
  ADDRESS_BOUNCED:
    'The address does not exist any more, as a mail server or push service said; it has to be proven, or registered anew.',
  OPTED_OUT: 'The recipient’s preferences exclude the channel.',
  QUIET_HOURS: 'The hours for marketing do not come while the message is good.',
  FREQUENCY_CAP: 'The recipient gets as much marketing as the policy allows already.',
  CONSENT_MISSING: 'No consent was ever recorded.',
  CONSENT_WITHDRAWN: 'The consent was withdrawn.',
  CONSENT_EXPIRED: 'The consent has expired.',
  CONSENT_AMBIGUOUS: 'The records contradict each other in time.',
  CONSENT_SUPPRESSED: 'The address stands on a suppression list.',
  NOT_CAPABLE: 'The device does not support the channel.',
  CAPABILITY_UNKNOWN: 'Nobody knows whether the device supports the channel.',
  CAPABILITY_EXPIRED: 'What was known about the device is too old.',
  NATIVE_E2EE_UNAVAILABLE: 'Provider and device do not both offer native encryption.',
  NO_DEVICE_KEY: 'No device has registered a key.',
  PROTECTION_NOT_OFFERED: 'The channel cannot carry this protection.',
  SENSITIVITY_FORBIDS_CLEAR: 'The content may not travel in clear text.',
  OUTRANKED_ON_CHANNEL: 'Another protection of the same channel ranks higher.',
  ROLLOUT_EXCLUDED: 'The route is being tried out with others.',
});
describe('FallbackReason', words.FallbackReason, 'Why a message left a route for the next.', {
  PERMANENT_FAILURE: 'The route failed for good.',
  RETRIES_EXHAUSTED: 'The route failed too often or too long.',
  NO_RECEIPT_IN_WINDOW: 'No receipt came in the route’s window.',
  EXPIRED_AT_PROVIDER: 'The provider gave up.',
  PERMISSION_LOST: 'Permission was lost before the attempt.',
  PROVIDER_UNAVAILABLE: 'The provider failed too often and is left alone, or is gone.',
});
describe('ConsentAction', words.ConsentAction, 'What a consent record says.', {
  GRANTED: 'The person agreed.',
  WITHDRAWN: 'The person took it back.',
});
describe('ConsentSource', words.ConsentSource, 'Where a consent was captured.', {
  WEB: 'A web page.',
  ANDROID_APP: 'The Android app.',
  IOS_APP: 'The iOS app.',
  IVR: 'A phone menu.',
  IMPORT: 'A list from another system.',
  KEYWORD: 'A keyword in a reply, such as STOP.',
  CMP: 'A consent management platform.',
});
describe('CaptureMethod', words.CaptureMethod, 'How a consent was given or taken back.', {
  CHECKBOX: 'A box that the person ticked.',
  FORM: 'A form that the person sent.',
  VOICE: 'Spoken words.',
  KEYWORD: 'A keyword.',
  RELATIONSHIP: 'An existing customer relation.',
  INQUIRY: 'The person asked for an offer.',
  IMPORT: 'Taken over from another system.',
});
describe('Regulation', words.Regulation, 'Under whose law a consent counts.', {
  ALL: 'Everywhere.',
  GDPR: 'The European Economic Area and the United Kingdom.',
  CPRA: 'California.',
  TCPA: 'The United States.',
  CASL: 'Canada.',
});
describe('SuppressionList', words.SuppressionList, 'The lists that come before any consent.', {
  GLOBAL_OPT_OUT: 'The person wants nothing any more.',
  DNC: 'Do not call.',
  DNT: 'Do not track.',
  REGIONAL: 'A list of one region.',
});
describe('CmpFormat', words.CmpFormat, 'The forms in which consent management platforms speak.', {
  GENERIC: 'Ours, signed by Standard Webhooks.',
  DIDOMI: 'Webhooks of Didomi.',
  ONETRUST: 'Consent receipts of OneTrust.',
});
describe('CrmFormat', CrmFormat, 'The forms in which your own systems are told of consents.', {
  GENERIC: 'Ours: all that is on record, but for the address.',
  HUBSPOT: 'The communication preferences of HubSpot.',
  SALESFORCE: 'The object ContactPointConsent of Salesforce.',
  SEGMENT: 'A `track` call of Segment.',
});
describe(
  'CrmDeliveryState',
  CrmDeliveryState,
  'Where a consent stands that a system has not taken.',
  {
    PENDING: 'Refused or not answered; it is tried again.',
    FAILED: 'Tried as often as it is; a replay tries again.',
  },
);
describe('TemplateState', words.TemplateState, 'The life of a template version.', {
  DRAFT: 'Being written.',
  SUBMITTED: 'Waits for a decision.',
  APPROVED: 'May be sent.',
  REJECTED: 'May not be sent.',
  RETIRED: 'Is not sent any more.',
});
describe('DevicePlatform', words.DevicePlatform, 'What kind of device it is.', {
  ANDROID: 'Android.',
  IOS: 'iOS.',
  WEB: 'A browser.',
});
describe('DeviceState', words.DeviceState, 'The life of a device’s key.', {
  ACTIVE: 'Messages are sealed to it.',
  REVOKED: 'Nothing is sealed to it any more.',
  REMOVED: 'The app is gone: the key was deleted, its name stays so that it never returns.',
});
describe('AttestationLevel', words.AttestationLevel, 'What vouches for a device’s key.', {
  NONE: 'Nothing but the proof that the device holds it.',
  SELF: 'An authenticator, for which nobody vouches.',
  CERTIFIED: 'An authenticator whose certificates lead to a trusted root.',
});
describe('PiiAction', words.PiiAction, 'What somebody did with personal data in clear text.', {
  UNMASKED: 'They looked at one address.',
  EXPORTED: 'They took out everything that is held of a person.',
});
describe('ImportOutcome', words.ImportOutcome, 'What an import did with a row.', {
  CREATED: 'The person is new.',
  UPDATED: 'The person was known, and was changed or given identifiers.',
  UNCHANGED: 'The person was known, and nothing in the row was new.',
  REFUSED: 'Nothing was done; the errors say why.',
});
describe('VerificationMethod', words.VerificationMethod, 'How a person proved to own an address.', {
  ONE_TIME_CODE: 'By a code that was sent there.',
  LINK: 'By a link that was sent there.',
  IDENTITY_PROVIDER: 'An identity provider vouches for it.',
  DOCUMENT: 'By a document that somebody looked at.',
});
describe('Weekday', Weekday, 'A day of the week.', {
  MONDAY: 'Monday.',
  TUESDAY: 'Tuesday.',
  WEDNESDAY: 'Wednesday.',
  THURSDAY: 'Thursday.',
  FRIDAY: 'Friday.',
  SATURDAY: 'Saturday.',
  SUNDAY: 'Sunday.',
});
describe('AddressKind', words.AddressKind, 'What kind of identifier an address is.', {
  PHONE: 'A phone number.',
  EMAIL: 'An email address.',
  APPLE_ID: 'The opaque id that Apple gives after the person wrote first.',
  PUSH_SUBSCRIPTION: 'Where a browser or an app gets push messages.',
});
describe(
  'UncertainOutcome',
  words.UncertainOutcome,
  'What to do when a provider’s answer was lost.',
  {
    HOLD: 'Do not repeat it; a person follows up.',
    RETRY: 'Send again, at the price of a possible duplicate.',
  },
);
describe('SuccessRule', words.SuccessRule, 'What counts as success of a message.', {
  DELIVERED: 'It reached the device.',
  READ: 'It was seen.',
  CLICKED: 'A link was opened.',
  REPLIED: 'The recipient answered.',
});
describe('VariableKind', words.VariableKind, 'What kind of value a variable takes.', {
  TEXT: 'Any text.',
  NUMBER: 'A decimal number.',
  URL: 'An https address.',
});
describe('Mask', words.Mask, 'What stands for a sensitive value in clear text.', {
  HIDDEN: 'Nothing of it is shown.',
  LAST4: 'Its last four characters are shown.',
});
describe('RecordClass', RecordClass, 'A class of records that are kept for a time only.', {
  CMP_EVENT: 'What a consent management platform sent, as it came.',
  CONVERSATION_ENTRY: 'What a person wrote or tapped, and what was answered.',
  LIFTED_SUPPRESSION: 'An entry of a suppression list that was lifted, or that ended.',
  RAW_CALLBACK: 'What a provider sent, as it came.',
  ONE_TIME_CODE: 'What proves a one-time code; never the code.',
  LINK_VISIT: 'Which browser asked for the code of a secure link, and whether it was right.',
});
