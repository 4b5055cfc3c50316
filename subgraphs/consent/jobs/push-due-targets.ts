// Tells the tenants' own systems that have something due, side by side, each in its own time.
import { createLoop, type Job } from '../../../platform/loop.ts';
import { claimTasks } from '../../../platform/task-queue.ts';
import type { ConsentDeps } from '../deps.ts';
import { pushToCrm } from '../push-to-crm.ts';
import { CRM_LANE } from '../schedule-crm-target.ts';
import { crmLeaseMs } from '../take-crm-batch.ts';
import type { WebhookSecrets } from '../webhook-secrets.ts';

const POLL_MS = 250;
/** Targets that a process tells at once: as many that hang hold up the others for one answer's time, no longer. */
const TARGETS_MAX = 64;
/** How long a stopping process waits for answers. */
const STOP_MS = 5_000;

export function pushDueTargets(deps: ConsentDeps, secrets: WebhookSecrets): Job {
  const { database, bus, log, settings } = deps;
  const underWay = new Set<Promise<void>>();
  const push = async (tenantId: string, id: string): Promise<void> => {
    try {
      await pushToCrm(deps, secrets, { tenantId, id });
    } catch (error) {
      // The lease runs out, and it is tried again.
      log.error({ err: error, tenantId, targetId: id }, 'crm target not told');
    }
  };
  const loop = createLoop({
    name: 'consent/push-due-targets',
    bus,
    topics: [`tasks:${database.schema}`],
    pollMs: POLL_MS,
    log,
    round: async () => {
      const room = TARGETS_MAX - underWay.size;
      if (room === 0) {
        await Promise.race(underWay);
        return true;
      }
      const claim = { lane: CRM_LANE, limit: room, leaseMs: crmLeaseMs(settings) };
      const tasks = await database.acrossTenants((tx) => claimTasks(tx, database.schema, claim));
      for (const { tenantId, key } of tasks) {
        const pushing = push(tenantId, key).finally(() => underWay.delete(pushing));
        underWay.add(pushing);
      }
      return tasks.length === room;
    },
  });
  return {
    ...loop,
    async stop() {
      await loop.stop();
      // What is cut counts as not answered, and is told again.
      const cut = setTimeout(() => void deps.outside.close(), STOP_MS);
      await Promise.all(underWay);
      clearTimeout(cut);
    },
  };
}
