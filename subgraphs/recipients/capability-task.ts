// The task that waits until a phone number's capabilities have to be asked for: one a number, moved at each answer.
import type { Transaction } from '../../platform/database.ts';
import { putTasks } from '../../platform/task-queue.ts';
import type { RecipientsDeps } from './deps.ts';

export const CAPABILITY_LANE = 'capabilities';

/** New people go before those whose capabilities are merely old. */
export const CapabilityPriority = { first: 0, again: 1 } as const;

/** Puts or moves the tasks of these addresses (UUIDs). Tenants take turns. */
export async function putCapabilityTasks(
  tx: Transaction,
  deps: Pick<RecipientsDeps, 'bus' | 'database'>,
  tasks: {
    readonly tenantId: string;
    readonly priority: (typeof CapabilityPriority)[keyof typeof CapabilityPriority];
    readonly addresses: readonly { readonly addressId: string; readonly delayMs: number }[];
  },
): Promise<void> {
  const { tenantId, priority, addresses } = tasks;
  const { schema } = deps.database;
  await putTasks(
    tx,
    schema,
    addresses.map(({ addressId, delayMs }) => ({
      tenantId,
      key: addressId,
      lane: CAPABILITY_LANE,
      priority,
      share: tenantId,
      delayMs,
    })),
  );
  if (addresses.some(({ delayMs }) => delayMs === 0)) {
    tx.afterCommit(() => deps.bus.wake(`tasks:${schema}`));
  }
}
