// Keeps the follow-up list in step with what happens to messages, and tells of every change of it.
import type { Transaction } from '../../platform/database.ts';
import { appendEvents, type NewEvent } from '../../platform/event-log.ts';
import type { EventPayloads } from '../../schema/events.ts';
import type { MessagesDeps } from './deps.ts';
import {
  closeDelivered,
  insertFollowUps,
  type FollowUpRow,
  type NewFollowUp,
} from './store/follow-ups.ts';

type KeepDeps = Pick<MessagesDeps, 'clock' | 'newUuid' | 'bus'>;

/** Messages that come onto the list, and messages that reached their person after all. */
export interface FollowUpChanges {
  readonly opened: readonly NewFollowUp[];
  readonly delivered: readonly { readonly tenantId: string; readonly messageId: string }[];
}

/** No statement where there is nothing to keep, which is nearly always. */
export async function keepFollowUps(
  tx: Transaction,
  deps: KeepDeps,
  { opened, delivered }: FollowUpChanges,
): Promise<void> {
  if (opened.length === 0 && delivered.length === 0) return;
  const now = deps.clock.now();
  const changed = await Promise.all([
    insertFollowUps(tx, opened, now),
    closeDelivered(tx, delivered, now),
  ]);
  await tellFollowUps(tx, deps, changed.flat());
}

/** An event for each item, as it is now. */
export async function tellFollowUps(
  tx: Transaction,
  { clock, newUuid, bus }: KeepDeps,
  changed: readonly FollowUpRow[],
): Promise<void> {
  if (changed.length === 0) return;
  const events = changed.map((item): NewEvent => {
    const { tenantId, id: followUpId, messageId, recipientId, reason, resolution } = item;
    const payload: EventPayloads['followup.changed'] = {
      followUpId,
      messageId,
      recipientId,
      reason,
      resolution,
    };
    return { tenantId, id: newUuid(), name: 'followup.changed', payload, occurredAt: clock.now() };
  });
  await appendEvents(tx, 'messages', events);
  tx.afterCommit(() => bus.wake('events:messages'));
}
