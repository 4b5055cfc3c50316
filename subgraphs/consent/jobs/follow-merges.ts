// Follows which people were found to be one, so that what they took back stays taken back.
import { createFollower } from '../../../platform/follower.ts';
import type { Job } from '../../../platform/loop.ts';
import type { EventPayloads } from '../../../schema/events.ts';
import { carryWithdrawals, type Merge } from '../carry-withdrawals.ts';
import type { ConsentDeps } from '../deps.ts';

const POLL_MS = 250;

export function followMerges(deps: ConsentDeps): Job {
  const { database, bus, log } = deps;
  return createFollower({
    name: 'merges',
    database,
    source: 'recipients',
    bus,
    log,
    pollMs: POLL_MS,
    handle: async (tx, events) => {
      const merges = events.flatMap(({ tenantId, name, payload }): Merge[] =>
        name === 'recipient.merged'
          ? [{ tenantId, ...(payload as EventPayloads['recipient.merged']) }]
          : [],
      );
      if (merges.length > 0) await carryWithdrawals(tx, deps, merges);
    },
  });
}
