// An event that is about to be recorded, whoever told of it.
import type {
  Channel,
  DeliveryEventType,
  FailureCode,
  FallbackReason,
  MessageStatus,
  Protection,
} from '../../../schema/vocabulary.ts';

/** Times in milliseconds since 1970. */
export interface RecordedEvent {
  readonly tenantId: string;
  readonly messageId: string;
  readonly recipientId: string;
  readonly attemptId: string | null;
  readonly channel: Channel | null;
  readonly protection: Protection | null;
  readonly type: DeliveryEventType;
  /** For ENDED: how. */
  readonly endStatus: MessageStatus | null;
  readonly source: 'PLATFORM' | 'PROVIDER';
  readonly provider: string | null;
  /** UUID of the address that it is about; null where nobody said. */
  readonly addressId: string | null;
  readonly providerEventId: string | null;
  readonly providerCode: string | null;
  readonly failureCode: FailureCode | null;
  readonly fallbackReason: FallbackReason | null;
  readonly callbackId: string | null;
  readonly dedupeKey: string;
  readonly occurredAt: number;
  readonly receivedAt: number;
}
