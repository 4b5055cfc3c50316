// Follows where messages come to stand, and counts it for the campaigns that they are of: many at once, whatever they are of.
import { createFollower } from '../../../platform/follower.ts';
import type { LoggedEvent } from '../../../platform/event-log.ts';
import type { Job } from '../../../platform/loop.ts';
import type { EventPayloads } from '../../../schema/events.ts';
import { tellCampaignsChanged } from '../campaign-task.ts';
import type { MessagesDeps } from '../deps.ts';
import { countStatuses, higherStatus, type ToldStatus } from '../store/campaign-messages.ts';

export function followCampaignOutcomes(deps: MessagesDeps): Job {
  return createFollower({
    name: 'campaign-outcomes',
    database: deps.database,
    source: 'delivery',
    bus: deps.bus,
    log: deps.log,
    pollMs: deps.settings.pollMs,
    handle: async (tx, events) => {
      const changed = await countStatuses(tx, statusesOf(events));
      await tellCampaignsChanged(tx, deps, changed);
    },
  });
}

/** The highest status that was told of each message. Before a message is past ACCEPTED nothing is counted. */
function statusesOf(events: readonly LoggedEvent[]): ToldStatus[] {
  const told = new Map<string, ToldStatus>();
  for (const { tenantId, name, payload } of events) {
    if (name !== 'delivery.recorded') continue;
    const { messageId, status } = payload as EventPayloads['delivery.recorded'];
    if (status === 'ACCEPTED') continue;
    const known = told.get(messageId)?.status ?? status;
    told.set(messageId, { tenantId, messageId, status: higherStatus(known, status) });
  }
  return [...told.values()];
}
