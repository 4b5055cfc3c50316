// Internal events: name, version and payload. They tell other subgraphs what happened and never carry personal data.
import type {
  AttemptState,
  Channel,
  ConsentAction,
  DeliveryEventType,
  FailureCode,
  FallbackReason,
  MessageStatus,
  Protection,
  Purpose,
} from './vocabulary.ts';

/** Payload by event name. A name's payload only grows; another meaning is another name. */
export interface EventPayloads {
  /** recipients -> nobody yet. A channel's capability or a device changed. */
  'recipient.channels-changed': {
    recipientId: string;
    reason: 'registered' | 'device' | 'capability';
  };
  /** consent -> nobody yet. A grant or withdrawal was appended. */
  'consent.recorded': {
    consentId: string;
    subject: string;
    purpose: Purpose;
    channel: Channel;
    action: ConsentAction;
  };
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
  };
  /** messages -> delivery. Nothing more will be tried. */
  'message.ended': {
    messageId: string;
    recipientId: string;
    status: MessageStatus;
    reason: string;
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
    failureCode: FailureCode | null;
    fallbackReason: FallbackReason | null;
    occurredAt: string;
    receivedAt: string;
  };
}
export type EventName = keyof EventPayloads;
