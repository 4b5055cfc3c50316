// Moves on what waits in lanes that nobody serves: their provider is configured no more.
import { createLoop, type Job } from '../../../platform/loop.ts';
import type { Transaction } from '../../../platform/database.ts';
import { claimTasks, usedLanes } from '../../../platform/task-queue.ts';
import { WAIT_LANE } from '../apply-events.ts';
import { CAMPAIGN_LANE } from '../campaign-task.ts';
import type { MessagesDeps } from '../deps.ts';
import { goAroundLane } from '../go-around-lane.ts';
import type { TemplateCache } from '../store/find-template.ts';
import { markServed, servedLanes } from '../store/lanes.ts';

const SWEEP_MS = 60_000;
/** Nobody has served it for that long: workers that are replaced by others are back sooner. */
const STRANDED_MS = 300_000;
const CLAIM_MAX = 100;

export function leaveStrandedLanes(deps: MessagesDeps, templates: TemplateCache): Job {
  return createLoop({
    name: 'leave-stranded-lanes',
    bus: deps.bus,
    topics: [],
    pollMs: SWEEP_MS,
    log: deps.log,
    round: createSweep(deps, templates),
  });
}

/** A round: says which lanes are served here, and empties those that were served nowhere for five minutes of watching.
 *  Workers need not all have the same providers, so that one of them is not configured here says nothing yet. */
export function createSweep(deps: MessagesDeps, templates: TemplateCache): () => Promise<boolean> {
  const own = [...deps.providers.values()].map(({ id }) => id);
  const unservedSince = new Map<string, number>();
  return () =>
    deps.database.acrossTenants(async (tx) => {
      await markServed(tx, own);
      const used = await usedLanes(tx, 'messages');
      const served = new Set([...(await servedLanes(tx, 2 * SWEEP_MS)), WAIT_LANE, CAMPAIGN_LANE]);
      const now = deps.clock.now();
      for (const lane of unservedSince.keys()) {
        if (served.has(lane) || !used.includes(lane)) unservedSince.delete(lane);
      }
      let more = false;
      for (const lane of used.filter((name) => !served.has(name))) {
        const since = unservedSince.get(lane) ?? now;
        unservedSince.set(lane, since);
        if (now - since >= STRANDED_MS) more = (await empty(tx, deps, templates, lane)) || more;
      }
      return more;
    });
}

/** Whether there may be more. */
async function empty(
  tx: Transaction,
  deps: MessagesDeps,
  templates: TemplateCache,
  lane: string,
): Promise<boolean> {
  const claim = { lane, limit: CLAIM_MAX, leaseMs: deps.settings.sendLeaseMs };
  const tasks = await claimTasks(tx, 'messages', claim);
  const unavailable = { providers: new Set([lane]), forMs: null };
  await goAroundLane(tx, deps, templates, { tasks, repeatable: false, unavailable });
  if (tasks.length > 0) deps.log.warn({ provider: lane, count: tasks.length }, 'lane left');
  return tasks.length === CLAIM_MAX;
}
