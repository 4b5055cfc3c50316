// Marks addresses that do not exist, by the word of mail servers and push services: nothing is sent there until they are proven, or registered anew.
import type { Transaction } from '../../platform/database.ts';
import { tellChannelsChanged } from './changed-channels.ts';
import type { RecipientsWork } from './deps.ts';
import { markBounced, type Bounce } from './store/change-addresses.ts';

/** In the follower's transaction, across tenants. An address that was added or proven after its bounce stays as it is. */
export async function applyBounces(
  tx: Transaction,
  deps: RecipientsWork,
  bounces: readonly Bounce[],
): Promise<void> {
  if (bounces.length === 0) return;
  const marked = await markBounced(tx, bounces);
  for (const [tenantId, some] of Map.groupBy(marked, (one) => one.tenantId)) {
    const recipientIds = some.map(({ recipientId }) => recipientId);
    await tellChannelsChanged(tx, deps, { tenantId, recipientIds, reason: 'address' });
  }
}
