// Internal events: name, version and payload. They tell other subgraphs what happened and never carry personal data.
import type {
  AddressKind,
  AttemptState,
  Channel,
  ConsentAction,
  DeliveryEventType,
  FailureCode,
  FallbackReason,
  Keyword,
  MessageStatus,
  MessageType,
  Protection,
  Purpose,
} from './vocabulary.ts';
import type { FollowUpReason, FollowUpResolution } from './vocabulary-followup.ts';
import type { ConversationEntryKind, ConversationState } from './vocabulary-conversations.ts';
import type { LinkAccessKind } from './vocabulary-links.ts';

/** Payload by event name. A name's payload only grows; another meaning is another name. */
export interface EventPayloads {
  /** recipients -> nobody yet. A channel's capability or a device changed. */
  'recipient.channels-changed': {
    recipientId: string;
    reason: 'registered' | 'device' | 'capability' | 'address' | 'profile' | 'merged' | 'erased';
  };
  /** recipients -> consent (withdrawals follow the person), delivery (conversations do). One person was found to be another;
   *  the merged id goes on naming the kept one. */
  'recipient.merged': { recipientId: string; mergedId: string };
  /** recipients -> delivery (what they said goes). Nothing of the person is left but the signed record that says so.
   *  mergedIds: the other ids that they had; missing in events of before anybody followed. */
  'recipient.erased': { recipientId: string; mergedIds?: readonly string[] };
  /** recipients -> audit. Somebody saw an address in clear text: who, whose, which kind, and why. */
  'recipient.unmasked': {
    recipientId: string;
    addressId: string;
    kind: AddressKind;
    actor: string;
    reason: string;
  };
  /** recipients -> audit. Everything that is held of a person was handed out. */
  'recipient.exported': { recipientId: string; actor: string; reason: string };
  /** consent -> consent (the live stream, the tenants' own systems). A grant or withdrawal was appended. */
  'consent.recorded': {
    consentId: string;
    /** Null: nobody was known by the subject. Missing in events of before there was a stream. */
    recipientId?: string | null;
    subject: string;
    purpose: Purpose;
    channel: Channel;
    action: ConsentAction;
  };
  /** consent -> consent (cached decisions). A list names a person from now on, or no longer. */
  'consent.suppression-changed': { suppressionId: string; subject: string; standing: boolean };
  /** consent -> nobody yet. A person asked for help and waits for an answer on this channel. */
  'consent.help-requested': { recipientId: string; channel: Channel };
  /** messages -> delivery (timeline and status). The message is a durable row. */
  'message.accepted': { messageId: string; recipientId: string };
  /** messages -> delivery. An attempt changed its state on our side. */
  'attempt.changed': {
    messageId: string;
    recipientId: string;
    attemptId: string;
    channel: Channel;
    protection: Protection;
    provider: string;
    state: AttemptState;
    failureCode: FailureCode | null;
    fallbackReason: FallbackReason | null;
    /** The provider's own id, in the change that follows its acceptance. */
    providerMessageId: string | null;
    /** Missing in events of before there were conversations. */
    messageType?: MessageType;
    /** The person's address (UUID) that the provider was given, in the change that follows its answer. Missing in events
     *  of before. */
    addressId?: string | null;
  };
  /** messages -> delivery. Nothing more will be tried. */
  'message.ended': {
    messageId: string;
    recipientId: string;
    status: MessageStatus;
    reason: string;
  };
  /** messages -> messages (the live stream). A message came onto the follow-up list, or was dealt with. */
  'followup.changed': {
    followUpId: string;
    messageId: string;
    recipientId: string;
    reason: FollowUpReason;
    /** Null: it is open. */
    resolution: FollowUpResolution | null;
  };
  /** messages -> messages (the live stream). A campaign came into another state, or went on. */
  'campaign.changed': { campaignId: string };
  /** messages -> delivery (a click, where it was opened). Somebody who has a secure link did something with it. */
  'link.accessed': {
    accessId: string;
    messageId: string;
    recipientId: string;
    /** The one that carried the link, and its channel. */
    attemptId: string;
    channel: Channel;
    kind: LinkAccessKind;
  };
  /** delivery -> messages (done or fall back), the live stream. One entry of a message's timeline. */
  'delivery.recorded': {
    eventId: string;
    messageId: string;
    recipientId: string;
    attemptId: string | null;
    channel: Channel | null;
    protection: Protection | null;
    type: DeliveryEventType;
    status: MessageStatus;
    /** PROVIDER: a carrier told us. PLATFORM: we did it ourselves. */
    source: 'PLATFORM' | 'PROVIDER';
    provider: string | null;
    /** The person's address (UUID) that it is about, where we know it; a report that comes later does not say. */
    addressId?: string | null;
    failureCode: FailureCode | null;
    fallbackReason: FallbackReason | null;
    occurredAt: string;
    receivedAt: string;
  };
  /** delivery -> consent (STOP, START, HELP). A person wrote or unsubscribed. Never what they wrote, nor their number. */
  'inbound.received': {
    inboundId: string;
    recipientId: string;
    /** The pseudonym of the address that it came from. */
    subject: string;
    channel: Channel;
    /** Null: something else, for a person to read. */
    keyword: Keyword | null;
    /** Of the lists that read it. */
    keywordsVersion: string;
    occurredAt: string;
  };
  /** delivery -> the live stream. An entry was added to a conversation. Never what it says. */
  'conversation.changed': {
    conversationId: string;
    entryId: string;
    recipientId: string;
    channel: Channel;
    kind: ConversationEntryKind;
    /** Where the conversation stood after it. */
    state: ConversationState;
    /** The message that the person answered, or that was sent; null where none is known. */
    messageId: string | null;
    occurredAt: string;
  };
}
export type EventName = keyof EventPayloads;
