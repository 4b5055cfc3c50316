// Looks up the capabilities of new phone numbers, and again of those whose report runs out; tenants take turns.
import { claimTasks } from '../../../platform/task-queue.ts';
import { createLoop, type Job } from '../../../platform/loop.ts';
import { CAPABILITY_LANE } from '../capability-task.ts';
import type { RecipientsWork } from '../deps.ts';
import { refreshCapabilities } from '../refresh-capabilities.ts';

/** Longer than a provider takes for a run; then another process asks again, which does no harm. */
const LEASE_MS = 60_000;
const POLL_MS = 1_000;

export function refreshStaleCapabilities(deps: RecipientsWork): Job {
  const { database, bus, log } = deps;
  return createLoop({
    name: 'recipients/refresh-stale-capabilities',
    bus,
    topics: [`tasks:${database.schema}`],
    pollMs: POLL_MS,
    log,
    round: () => refreshDue(deps),
  });
}

/** One round; true when there may be more at once. A task needs no fencing: of two look-ups the later one stays. */
export async function refreshDue(deps: RecipientsWork): Promise<boolean> {
  const { database, settings } = deps;
  const limit = settings.capabilityProbesMax;
  const claim = { lane: CAPABILITY_LANE, limit, leaseMs: LEASE_MS };
  const tasks = await database.acrossTenants((tx) => claimTasks(tx, database.schema, claim));
  for (const [tenantId, ofTenant] of Map.groupBy(tasks, (task) => task.tenantId)) {
    await refreshCapabilities(deps, tenantId, { addressIds: ofTenant.map(({ key }) => key) });
  }
  return tasks.length === limit;
}
