// Follows which people were found to be one and who was erased: their conversations follow them.
import { createFollower } from '../../../platform/follower.ts';
import type { Job } from '../../../platform/loop.ts';
import type { EventPayloads } from '../../../schema/events.ts';
import { eraseConversations, mergeConversations } from '../carry-conversations.ts';
import type { DeliveryDeps } from '../context.ts';

export function followPeople(deps: DeliveryDeps): Job {
  const { database, bus, log, settings } = deps;
  return createFollower({
    name: 'people',
    database,
    source: 'recipients',
    bus,
    log,
    pollMs: settings.pollMs,
    // One by one: both are rare, and each changes what the next one finds.
    async handle(tx, events) {
      for (const { tenantId, name, payload } of events) {
        if (name === 'recipient.merged') {
          const { recipientId, mergedId } = payload as EventPayloads['recipient.merged'];
          await mergeConversations(tx, deps, { tenantId, recipientId, mergedId });
        } else if (name === 'recipient.erased') {
          const { recipientId } = payload as EventPayloads['recipient.erased'];
          await eraseConversations(tx, deps, { tenantId, recipientId });
        }
      }
    },
  });
}
