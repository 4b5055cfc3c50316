// Follows which people were found to be one, and who was erased: what they said follows them.
import { createFollower } from '../../../platform/follower.ts';
import type { Job } from '../../../platform/loop.ts';
import type { EventPayloads } from '../../../schema/events.ts';
import type { DeliveryDeps } from '../context.ts';
import { erasePerson } from '../erase-person.ts';
import { mergeConversations } from '../merge-conversations.ts';

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
          const { recipientId, mergedIds = [] } = payload as EventPayloads['recipient.erased'];
          await erasePerson(tx, deps, { tenantId, recipientIds: [recipientId, ...mergedIds] });
        }
      }
    },
  });
}
