// Records what happened to messages: deduplicates, folds the status, keeps the timeline and tells everybody who follows.
import type { Transaction } from '../../platform/database.ts';
import { appendEvents } from '../../platform/event-log.ts';
import type { EventPayloads } from '../../schema/events.ts';
import type { MessageStatus } from '../../schema/vocabulary.ts';
import type { DeliveryDeps } from './context.ts';
import { ACCEPTED, foldEvent } from './domain/receipt-status.ts';
import type { RecordedEvent } from './domain/recorded-event.ts';
import { findKnownKeys, insertEvents, lockStandings, saveStandings } from './store/fold-events.ts';

/** Six statements for any number of events, of any tenants. Repetitions change nothing and tell nobody. */
export async function recordEvents(
  tx: Transaction,
  deps: Pick<DeliveryDeps, 'newUuid' | 'bus'>,
  events: readonly RecordedEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const standings = await lockStandings(tx, events);
  const known = new Set(await findKnownKeys(tx, events));
  const fresh: (RecordedEvent & { id: string; status: MessageStatus })[] = [];
  const changed = new Map<string, RecordedEvent>();
  for (const event of events) {
    const key = `${event.tenantId} ${event.dedupeKey}`;
    if (known.has(key)) continue;
    known.add(key);
    const standing = foldEvent(standings.get(event.messageId) ?? ACCEPTED, event);
    standings.set(event.messageId, standing);
    changed.set(event.messageId, event);
    fresh.push({ ...event, id: deps.newUuid(), status: standing.status });
  }
  if (fresh.length === 0) return;
  const standingsNow = [...changed.values()].map(({ tenantId, messageId }) => ({
    tenantId,
    messageId,
    standing: standings.get(messageId) ?? ACCEPTED,
  }));
  const told = fresh.map((event) => ({
    tenantId: event.tenantId,
    id: event.id,
    name: 'delivery.recorded',
    payload: payloadOf(event),
    occurredAt: event.occurredAt,
  }));
  await Promise.all([
    insertEvents(tx, fresh),
    saveStandings(tx, standingsNow),
    appendEvents(tx, 'delivery', told),
  ]);
  tx.afterCommit(() => deps.bus.wake('events:delivery'));
}

function payloadOf(
  event: RecordedEvent & { id: string; status: MessageStatus },
): EventPayloads['delivery.recorded'] {
  return {
    eventId: event.id,
    messageId: event.messageId,
    recipientId: event.recipientId,
    attemptId: event.attemptId,
    channel: event.channel,
    protection: event.protection,
    type: event.type,
    status: event.status,
    source: event.source,
    provider: event.provider,
    addressId: event.addressId,
    failureCode: event.failureCode,
    fallbackReason: event.fallbackReason,
    occurredAt: new Date(event.occurredAt).toISOString(),
    receivedAt: new Date(event.receivedAt).toISOString(),
  };
}
