// When a target is looked at next: a target has one task, which stands for all that it is to be told.
import type { Transaction } from '../../platform/database.ts';
import { putTasks, removeTasks, type NewTask } from '../../platform/task-queue.ts';
import type { ConsentDeps } from './deps.ts';
import { findNextDelivery } from './store/crm-deliveries.ts';
import type { CrmTarget } from './store/crm-targets.ts';
import { findLogSize } from './store/log-nodes.ts';

/** The lane of the tasks. A task a target and not a record: however much a target is behind, it takes one place in line. */
export const CRM_LANE = 'crm';

/** `delayMs` from now; turns go round the tenants. */
export const crmTask = (
  { tenantId, id }: Pick<CrmTarget, 'tenantId' | 'id'>,
  delayMs: number,
): NewTask => ({
  tenantId,
  key: id,
  lane: CRM_LANE,
  priority: 0,
  share: tenantId,
  delayMs: Math.max(0, delayMs),
});

/** Puts the target's task to when there is something to tell it, or takes it away. The caller holds the target's lock and
 *  has saved it as given: what is appended after this look puts the task itself. */
export async function scheduleCrmTarget(
  tx: Transaction,
  { database, clock, bus }: ConsentDeps,
  target: CrmTarget,
): Promise<void> {
  const { tenantId, id: key, active, position, replayPosition, pausedUntil } = target;
  const [size, nextDelivery] = await Promise.all([
    findLogSize(tx, tenantId),
    findNextDelivery(tx, target),
  ]);
  const now = clock.now();
  const behind = size > position || replayPosition !== null;
  const nextAt = behind ? now : nextDelivery;
  if (!active || nextAt === null) {
    await removeTasks(tx, database.schema, [{ tenantId, key }]);
    return;
  }
  const delayMs = Math.max(nextAt, pausedUntil ?? 0) - now;
  await putTasks(tx, database.schema, [crmTask(target, delayMs)]);
  tx.afterCommit(() => bus.wake(`tasks:${database.schema}`));
}
