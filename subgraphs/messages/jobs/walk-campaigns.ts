// Goes on with campaigns, a few side by side: one page of each, then whoever is next.
import { createLoop, type Job } from '../../../platform/loop.ts';
import { claimTasks } from '../../../platform/task-queue.ts';
import { CAMPAIGN_LANE } from '../campaign-task.ts';
import type { MessagesDeps } from '../deps.ts';
import { defaultPace } from '../domain/campaign-pace.ts';
import type { TemplateCache } from '../store/find-template.ts';
import { walkCampaign, type WalkDeps } from '../walk-campaign.ts';

/** Side by side in one worker: each holds a connection. */
const CAMPAIGNS_MAX = 2;

export function walkCampaigns(deps: MessagesDeps, templates: TemplateCache): Job {
  const walk = createWalk({ ...deps, pace: defaultPace }, templates);
  return createLoop({
    name: 'walk-campaigns',
    bus: deps.bus,
    // Its tasks are in the same table as those of all messages: to be woken by each of them costs more than to look.
    topics: [],
    pollMs: deps.settings.pollMs,
    log: deps.log,
    round: walk,
  });
}

/** A round: one step of each campaign that is due. True when there was one. A step that fails is taken again when its
 *  lease is over, by whoever comes first. */
export function createWalk(deps: WalkDeps, templates: TemplateCache): () => Promise<boolean> {
  const claim = { lane: CAMPAIGN_LANE, limit: CAMPAIGNS_MAX, leaseMs: deps.settings.sendLeaseMs };
  return async () => {
    const tasks = await deps.database.acrossTenants((tx) => claimTasks(tx, 'messages', claim));
    await Promise.all(
      tasks.map((task) =>
        walkCampaign(deps, templates, task).catch((error: unknown) => {
          deps.log.error({ err: error, task: task.key }, 'step of a campaign failed');
        }),
      ),
    );
    return tasks.length > 0;
  };
}
