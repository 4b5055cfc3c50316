// A campaign that goes on is a task: whoever holds it may see the next people, and where it is gone nobody does.
import type { Transaction } from '../../platform/database.ts';
import { appendEvents } from '../../platform/event-log.ts';
import { putTasks, removeTasks } from '../../platform/task-queue.ts';
import type { MessagesDeps } from './deps.ts';
import type { EventPayloads } from '../../schema/events.ts';

/** Lane of the campaigns that go on. */
export const CAMPAIGN_LANE = 'campaign';

interface Which {
  readonly tenantId: string;
  readonly campaignId: string;
}

const PREFIX = 'campaign:';
export const taskKeyOf = (campaignId: string): string => PREFIX + campaignId;
export const campaignIdOf = (taskKey: string): string => taskKey.slice(PREFIX.length);

/** It is worked on after a while. Tenants take turns; several campaigns of one stand in line. */
export async function putCampaignTask(
  tx: Transaction,
  { tenantId, campaignId }: Which,
  delayMs: number,
): Promise<void> {
  const turn = { lane: CAMPAIGN_LANE, priority: 0, share: tenantId };
  await putTasks(tx, 'messages', [{ tenantId, key: taskKeyOf(campaignId), ...turn, delayMs }]);
}

/** Nobody works on it any more; who does now finds its task gone, and writes nothing. */
export async function removeCampaignTask(
  tx: Transaction,
  { tenantId, campaignId }: Which,
): Promise<void> {
  await removeTasks(tx, 'messages', [{ tenantId, key: taskKeyOf(campaignId) }]);
}

/** Tells who follows campaigns that these came into another state, or went on. */
export async function tellCampaignsChanged(
  tx: Transaction,
  deps: Pick<MessagesDeps, 'newUuid' | 'clock' | 'bus'>,
  changed: readonly Which[],
): Promise<void> {
  const occurredAt = deps.clock.now();
  const events = changed.map(({ tenantId, campaignId }) => {
    const payload: EventPayloads['campaign.changed'] = { campaignId };
    return { tenantId, id: deps.newUuid(), name: 'campaign.changed', payload, occurredAt };
  });
  await appendEvents(tx, 'messages', events);
  tx.afterCommit(() => {
    if (events.length > 0) deps.bus.wake('events:messages');
  });
}
