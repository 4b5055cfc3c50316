// One round of a provider's lane: claims what the lane lets through, and sends around it what has to go another way.
import type { Transaction } from '../../platform/database.ts';
import { claimTasks, type ClaimedTask } from '../../platform/task-queue.ts';
import type { Provider } from '../../providers/provider.ts';
import { claimAttempts, type ClaimedAttempt } from './claim-attempts.ts';
import type { MessagesDeps } from './deps.ts';
import { admit, afterClaim, newLane, refillMs } from './domain/lane.ts';
import { goAroundLane } from './go-around-lane.ts';
import type { TemplateCache } from './store/find-template.ts';
import type { ShowLane } from './show-lanes.ts';
import { LANE_HELD, lockLane, openLanes, readLane, saveLane } from './store/lanes.ts';

/** Of the claims of a lane: those that priorities do not order, so that what goes last goes nevertheless. */
const ANY_PRIORITY_SHARE = 0.1;

export interface LaneRound {
  /** To be handed over now. */
  readonly attempts: readonly ClaimedAttempt[];
  /** As a loop's round says it: true when there may be more at once, or the milliseconds until there may be. */
  readonly next: boolean | number;
}

interface LaneWork {
  readonly deps: MessagesDeps;
  readonly templates: TemplateCache;
  readonly provider: Provider;
  readonly show: ShowLane;
  /** Attempts that the worker has room for. */
  readonly limit: number;
}

/** A lane without a rate that is well costs no statement of its own: the claim itself looks whether it is held. */
export async function serveLane(work: LaneWork): Promise<LaneRound> {
  const { deps, provider, limit } = work;
  return deps.database.acrossTenants(async (tx) => {
    if (provider.rate === null) {
      const tasks = await claimLane(tx, work, limit, LANE_HELD);
      if (tasks.length > 0) {
        const attempts = await claimAttempts(tx, deps, work.templates, { provider, tasks });
        work.show(provider, newLane, 0);
        return { attempts, next: tasks.length === limit };
      }
    }
    const { lane, now } = (await readLane(tx, provider.id)) ?? { lane: newLane, now: 0 };
    work.show(provider, lane, now);
    const admission = admit(lane, provider.rate, limit, now);
    if (admission.kind === 'wait') return { attempts: [], next: admission.ms };
    if (admission.kind === 'divert') return divert(tx, work, admission.ms);
    const held = provider.rate !== null || admission.probe;
    return held ? serveHeld(tx, work) : { attempts: [], next: false };
  });
}

/** Workers take turns here: what one takes, the next one finds missing. */
async function serveHeld(tx: Transaction, work: LaneWork): Promise<LaneRound> {
  const { deps, provider, limit } = work;
  const { lane, now } = await lockLane(tx, provider.id);
  const admission = admit(lane, provider.rate, limit, now);
  // Another worker was faster.
  if (admission.kind !== 'serve') return { attempts: [], next: true };
  const tasks = await claimLane(tx, work, admission.limit);
  const attempts = await claimAttempts(tx, deps, work.templates, { provider, tasks });
  const taken = attempts.length;
  if (taken > 0) {
    const leaseMs = deps.settings.sendLeaseMs;
    const after = afterClaim(lane, provider.rate, { taken, leaseMs }, now);
    await saveLane(tx, provider.id, after);
    work.show(provider, after, now);
    if (admission.probe) return { attempts, next: false };
    if (provider.rate !== null && admission.limit < limit && taken === admission.limit) {
      return { attempts, next: refillMs(after, provider.rate, now) };
    }
  }
  return { attempts, next: tasks.length === admission.limit };
}

/** What is due leaves for the next route, or comes back when the breaker is half open. */
async function divert(tx: Transaction, work: LaneWork, forMs: number): Promise<LaneRound> {
  const { deps, templates, provider, limit } = work;
  const tasks = await claimLane(tx, work, limit);
  if (tasks.length === 0) return { attempts: [], next: forMs };
  const repeatable = provider.duplicates === 'client-key';
  const providers = await openLanes(tx);
  await goAroundLane(tx, deps, templates, { tasks, repeatable, unavailable: { providers, forMs } });
  return { attempts: [], next: tasks.length === limit ? true : forMs };
}

function claimLane(
  tx: Transaction,
  { deps, provider }: LaneWork,
  limit: number,
  unless?: string,
): Promise<readonly ClaimedTask[]> {
  const { sendLeaseMs: leaseMs } = deps.settings;
  const anyPriority = deps.random() < ANY_PRIORITY_SHARE;
  const claim = { lane: provider.id, limit, leaseMs, anyPriority };
  return claimTasks(tx, 'messages', { ...claim, ...(unless !== undefined && { unless }) });
}
