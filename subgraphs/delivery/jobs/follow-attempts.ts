// Follows what the platform did to messages, so that it stands on the timeline beside what providers report.
import { createFollower } from '../../../platform/follower.ts';
import type { LoggedEvent } from '../../../platform/event-log.ts';
import type { Job } from '../../../platform/loop.ts';
import type { EventPayloads } from '../../../schema/events.ts';
import type { AttemptState, DeliveryEventType } from '../../../schema/vocabulary.ts';
import type { DeliveryDeps } from '../context.ts';
import { dedupeKeyOf } from '../domain/receipt-status.ts';
import type { RecordedEvent } from '../domain/recorded-event.ts';
import { recordAnswers, type Answer } from '../record-answers.ts';
import { recordEvents } from '../record-events.ts';
import {
  insertSentAttempts,
  nameSentAttempts,
  type NamedAttempt,
  type SentAttempt,
} from '../store/sent-attempts.ts';

/** What an attempt's state is on the timeline; null where a provider's report stands there already, or nothing does. */
const TYPE_OF: Readonly<Record<AttemptState, DeliveryEventType | null>> = {
  PLANNED: null,
  SUBMITTING: null,
  SENT: 'SENT',
  DELIVERED: null,
  READ: null,
  FAILED: 'FAILED',
  EXPIRED: 'EXPIRED',
  REVOKED: 'REVOKED',
  SKIPPED: 'SKIPPED',
  OUTCOME_UNKNOWN: 'OUTCOME_UNKNOWN',
  SUPERSEDED_LATE_DELIVERY: null,
};

export function followAttempts(deps: DeliveryDeps): Job {
  return createFollower({
    name: 'attempts',
    database: deps.database,
    source: 'messages',
    bus: deps.bus,
    log: deps.log,
    pollMs: deps.settings.pollMs,
    // Or an event could stand before one that it builds on, and a status seem to go back.
    takesTurns: true,
    handle: async (tx, events) => {
      await insertSentAttempts(tx, events.flatMap(submittedAttempt));
      await nameSentAttempts(
        tx,
        events.flatMap((event) => namedAttempt(event, deps)),
      );
      const now = deps.clock.now();
      await recordEvents(
        tx,
        deps,
        events.flatMap((event) => timelineEntry(event, now)),
      );
      await recordAnswers(tx, deps, events.flatMap(answer));
    },
  });
}

/** The attempt is made known before its provider is called, so a callback finds it however early it comes. */
function submittedAttempt(event: LoggedEvent): SentAttempt[] {
  if (event.name !== 'attempt.changed') return [];
  const change = event.payload as EventPayloads['attempt.changed'];
  if (change.state !== 'SUBMITTING') return [];
  const { attemptId, messageId, recipientId, channel, protection, provider } = change;
  const { tenantId } = event;
  return [{ tenantId, attemptId, messageId, recipientId, channel, protection, provider }];
}

/** Only where receipts need it: the others name the attempt itself. */
function namedAttempt(
  event: LoggedEvent,
  { providers }: Pick<DeliveryDeps, 'providers'>,
): NamedAttempt[] {
  if (event.name !== 'attempt.changed') return [];
  const change = event.payload as EventPayloads['attempt.changed'];
  const { attemptId, provider, providerMessageId } = change;
  if (providerMessageId === null || providers.get(provider)?.receiptsName !== 'message') return [];
  return [{ tenantId: event.tenantId, attemptId, providerMessageId }];
}

/** A message of support that a provider took: on its channel the last word is ours. */
function answer({ tenantId, name, payload, occurredAt }: LoggedEvent): Answer[] {
  if (name !== 'attempt.changed') return [];
  const { state, messageType, messageId, recipientId, channel } =
    payload as EventPayloads['attempt.changed'];
  if (state !== 'SENT' || messageType !== 'SUPPORT') return [];
  return [{ tenantId, messageId, recipientId, channel, handedOverAt: occurredAt }];
}

function timelineEntry(event: LoggedEvent, now: number): RecordedEvent[] {
  const about = aboutEvent(event);
  if (about === null) return [];
  const nothing = {
    attemptId: null,
    channel: null,
    protection: null,
    endStatus: null,
    provider: null,
    addressId: null,
    providerEventId: null,
    failureCode: null,
    fallbackReason: null,
  };
  const entry = { ...nothing, ...about };
  return [
    {
      ...entry,
      tenantId: event.tenantId,
      source: 'PLATFORM',
      providerCode: null,
      callbackId: null,
      dedupeKey: dedupeKeyOf({ ...entry, providerKey: entry.providerEventId }),
      occurredAt: event.occurredAt,
      receivedAt: now,
    },
  ];
}

type About = Pick<RecordedEvent, 'messageId' | 'recipientId' | 'type'> & Partial<RecordedEvent>;

function aboutEvent(event: LoggedEvent): About | null {
  switch (event.name) {
    case 'message.accepted': {
      const { messageId, recipientId } = event.payload as EventPayloads['message.accepted'];
      return { messageId, recipientId, type: 'ACCEPTED' };
    }
    case 'attempt.changed': {
      const { state, ...change } = event.payload as EventPayloads['attempt.changed'];
      const { addressId = null } = change;
      const type = TYPE_OF[state];
      return type === null ? null : { ...change, addressId, type };
    }
    case 'link.accessed': {
      const { accessId, kind, ...about } = event.payload as EventPayloads['link.accessed'];
      // Each opening is a click of its own.
      const click = { ...about, type: 'CLICKED', providerEventId: accessId } as const;
      return kind === 'OPENED' ? click : null;
    }
    case 'message.ended': {
      const end = event.payload as EventPayloads['message.ended'];
      const { messageId, recipientId, status } = end;
      return { messageId, recipientId, type: 'ENDED', endStatus: status };
    }
    default:
      return null;
  }
}
