// The event that a person's channels changed: appended with the change, and told once it has committed.
import type { Transaction } from '../../platform/database.ts';
import { appendEvents } from '../../platform/event-log.ts';
import type { EventName, EventPayloads } from '../../schema/events.ts';
import type { RecipientsDeps } from './deps.ts';

const NAME = 'recipient.channels-changed' satisfies EventName;

/** One event a person, in one statement. recipientIds: UUIDs. */
export async function tellChannelsChanged(
  tx: Transaction,
  deps: Pick<RecipientsDeps, 'bus' | 'clock' | 'newUuid' | 'database'>,
  change: {
    readonly tenantId: string;
    readonly recipientIds: readonly string[];
    readonly reason: EventPayloads[typeof NAME]['reason'];
  },
): Promise<void> {
  const { tenantId, recipientIds, reason } = change;
  if (recipientIds.length === 0) return;
  const { schema } = deps.database;
  const occurredAt = deps.clock.now();
  const events = recipientIds.map((recipientId) => {
    const payload: EventPayloads[typeof NAME] = { recipientId, reason };
    return { tenantId, id: deps.newUuid(), name: NAME, payload, occurredAt };
  });
  await appendEvents(tx, schema, events);
  tx.afterCommit(() => deps.bus.wake(`events:${schema}`));
}
