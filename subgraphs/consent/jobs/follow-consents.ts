// Follows what is recorded, and wakes the tenants' own systems that are told of it.
import { createFollower } from '../../../platform/follower.ts';
import type { Job } from '../../../platform/loop.ts';
import { putTasks } from '../../../platform/task-queue.ts';
import type { ConsentDeps } from '../deps.ts';
import { crmTask } from '../schedule-crm-target.ts';
import { lockIdleCrmTargets } from '../store/crm-targets.ts';

const POLL_MS = 250;

/** The event tells that there is news; what it is, each target reads from the log, from where it stands. */
export function followConsents(deps: ConsentDeps): Job {
  const { database, bus, log, clock } = deps;
  return createFollower({
    name: 'crm',
    database,
    source: database.schema,
    bus,
    log,
    pollMs: POLL_MS,
    handle: async (tx, events) => {
      const recorded = events.filter(({ name }) => name === 'consent.recorded');
      const tenantIds = [...new Set(recorded.map(({ tenantId }) => tenantId))];
      if (tenantIds.length === 0) return;
      const now = clock.now();
      const targets = await lockIdleCrmTargets(tx, tenantIds, now);
      const tasks = targets.map((target) => crmTask(target, (target.pausedUntil ?? now) - now));
      await putTasks(tx, database.schema, tasks);
      if (tasks.length > 0) tx.afterCommit(() => bus.wake(`tasks:${database.schema}`));
    },
  });
}
