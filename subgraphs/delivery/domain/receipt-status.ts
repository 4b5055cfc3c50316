// A message's status as a semilattice: the join of what its events tell, whatever their order and however often.
import {
  MessageStatus as Statuses,
  type DeliveryEventType,
  type MessageStatus,
} from '../../../schema/vocabulary.ts';

// The vocabulary lists them in the order of their rank. A delivery outranks every failure: what reached the person has
// reached them, also after the platform had given up.
const RANK: readonly MessageStatus[] = Object.values(Statuses);

/** The higher of the two. Commutative, associative, idempotent: a status never goes back. */
export function joinStatus(a: MessageStatus, b: MessageStatus): MessageStatus {
  return RANK.indexOf(a) >= RANK.indexOf(b) ? a : b;
}

/** What one event tells of its message's status; null where it tells only of an attempt. */
export function statusOf(event: {
  readonly type: DeliveryEventType;
  readonly endStatus: MessageStatus | null;
}): MessageStatus | null {
  switch (event.type) {
    case 'ACCEPTED':
      return 'ACCEPTED';
    case 'SENT':
      return 'SENT';
    case 'DELIVERED':
      return 'DELIVERED';
    // Nobody taps or answers what they have not seen.
    case 'READ':
    case 'CLICKED':
    case 'REPLIED':
      return 'READ';
    case 'ENDED':
      return event.endStatus;
    case 'FAILED':
    case 'EXPIRED':
    case 'REVOKED':
    case 'SKIPPED':
    case 'OUTCOME_UNKNOWN':
      return null;
  }
}

/** When a message was first sent, delivered, read and ended; null where it was not. Milliseconds since 1970. */
export interface Standing {
  readonly status: MessageStatus;
  readonly sentAt: number | null;
  readonly deliveredAt: number | null;
  readonly readAt: number | null;
  readonly endedAt: number | null;
}

export const ACCEPTED: Standing = {
  status: 'ACCEPTED',
  sentAt: null,
  deliveredAt: null,
  readAt: null,
  endedAt: null,
};

const earliest = (known: number | null, told: number): number =>
  known === null ? told : Math.min(known, told);

/** Folds one event in. A read implies a delivery: where no delivery was reported, the read's time stands for it. */
export function foldEvent(
  standing: Standing,
  event: {
    readonly type: DeliveryEventType;
    readonly endStatus: MessageStatus | null;
    readonly occurredAt: number;
  },
): Standing {
  const told = statusOf(event);
  if (told === null) return standing;
  const at = event.occurredAt;
  const status = joinStatus(standing.status, told);
  switch (told) {
    case 'ACCEPTED':
      return { ...standing, status };
    case 'SENT':
      return { ...standing, status, sentAt: earliest(standing.sentAt, at) };
    case 'DELIVERED':
      return { ...standing, status, deliveredAt: earliest(standing.deliveredAt, at) };
    case 'READ':
      return {
        ...standing,
        status,
        deliveredAt: earliest(standing.deliveredAt, at),
        readAt: earliest(standing.readAt, at),
      };
    case 'EXPIRED':
    case 'CANCELLED':
    case 'SUPPRESSED':
    case 'UNDELIVERABLE':
    case 'FAILED':
      return { ...standing, status, endedAt: earliest(standing.endedAt, at) };
  }
}

/** What tells an event from its repetition. An attempt is sent, delivered, read or failed once, however many parts of
 *  the system say so; a person may tap and answer many times. */
export function dedupeKeyOf(event: {
  readonly type: DeliveryEventType;
  readonly messageId: string;
  readonly attemptId: string | null;
  readonly provider: string | null;
  /** The provider's own key of the event; null for events of the platform. */
  readonly providerKey: string | null;
}): string {
  const about = event.attemptId ?? event.messageId;
  const many = event.type === 'CLICKED' || event.type === 'REPLIED';
  return many && event.providerKey !== null
    ? `${event.provider}:${event.providerKey}`
    : `${about}:${event.type}`;
}
