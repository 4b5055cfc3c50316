// Takes out of the queue what a cancelled campaign put there and nobody has handed over, some messages at a time.
import type { Transaction } from '../../platform/database.ts';
import { lockTasks } from '../../platform/task-queue.ts';
import { applyEvents, type MessageHappening } from './apply-events.ts';
import { putCampaignTask, removeCampaignTask } from './campaign-task.ts';
import type { MessagesDeps } from './deps.ts';
import { findWaiting } from './store/campaign-messages.ts';
import type { Campaign } from './store/campaigns.ts';
import type { TemplateCache } from './store/find-template.ts';
import { lockMessages } from './store/load-messages.ts';

const SWEEP_MAX = 200;

/** One message that a worker has in hand goes out; what is still planned ends as CANCELLED. */
export async function sweepCampaign(
  tx: Transaction,
  deps: MessagesDeps,
  templates: TemplateCache,
  campaign: Campaign,
): Promise<Campaign> {
  const { tenantId, id: campaignId, sweptUntil: after } = campaign;
  const ids = await findWaiting(tx, tenantId, { campaignId, after, limit: SWEEP_MAX });
  const last = ids.at(-1);
  if (last === undefined) {
    await removeCampaignTask(tx, { tenantId, campaignId });
    return campaign;
  }
  await lockTasks(
    tx,
    'messages',
    ids.map((key) => ({ tenantId, key })),
  );
  const keys = ids.map((messageId) => ({ tenantId, messageId }));
  const messages = await lockMessages(tx, keys);
  const versions = [...messages.values()].map(({ templateId }) => templateId);
  const contents = await templates.get(tx, versions);
  const event = { kind: 'cancelled' } as const;
  const happenings = ids.map((messageId): MessageHappening => ({ messageId, event }));
  await applyEvents(tx, deps, messages, contents, happenings);
  await putCampaignTask(tx, { tenantId, campaignId }, 0);
  return { ...campaign, sweptUntil: last };
}
