// Applies what became of messages: every outcome is counted against its prediction, and what contradicts it is corrected.
import type { Transaction } from '../../platform/database.ts';
import { hastenTasks } from '../../platform/task-queue.ts';
import type { Channel } from '../../schema/vocabulary.ts';
import { CapabilityPriority, putCapabilityTasks } from './capability-task.ts';
import { tellChannelsChanged } from './changed-channels.ts';
import type { RecipientsWork } from './deps.ts';
import { contradicted, probeDelayMs } from './domain/outcome.ts';
import { loadBeliefs, type Belief } from './store/load-beliefs.ts';
import { countOutcomes } from './store/outcomes.ts';
import { saveCapabilities, type CapabilityCheck } from './store/save-capabilities.ts';

/** One attempt that reached its person, or could not. */
export interface Outcome {
  readonly tenantId: string;
  /** UUID. */
  readonly recipientId: string;
  readonly reached: boolean;
  /** Milliseconds since 1970. */
  readonly occurredAt: number;
}

/** In the follower's transaction, across tenants. The prediction of an outcome is what is believed when it is told. */
export async function applyOutcomes(
  tx: Transaction,
  deps: RecipientsWork,
  channel: Channel,
  outcomes: readonly Outcome[],
): Promise<void> {
  const beliefs = await loadBeliefs(tx, channel, outcomes);
  const known = outcomes.flatMap((outcome) => {
    const belief = beliefs.get(outcome.recipientId);
    return belief === undefined ? [] : [{ outcome, belief }];
  });
  await countOutcomes(
    tx,
    known.map(({ outcome, belief: { region, carrier, capability } }) => {
      const predicted = capability?.supported ?? 'UNKNOWN';
      return { ...outcome, channel, region, carrier, predicted };
    }),
  );
  const now = deps.clock.now();
  const corrections = new Map<string, { belief: Belief; check: CapabilityCheck }>();
  for (const { outcome, belief } of known) {
    const capability = contradicted(belief.capability, outcome, now);
    if (capability === null) continue;
    const { addressId } = belief;
    corrections.set(addressId, { belief, check: { addressId, channel, capability } });
  }
  const byTenant = Map.groupBy(corrections.values(), ({ belief }) => belief.tenantId);
  for (const [tenantId, some] of byTenant) {
    await correct(tx, deps, tenantId, some);
  }
  await hastenTasks(tx, deps.database.schema, probes(known, corrections, now));
}

async function correct(
  tx: Transaction,
  deps: RecipientsWork,
  tenantId: string,
  corrections: readonly { readonly belief: Belief; readonly check: CapabilityCheck }[],
): Promise<void> {
  const changed = await saveCapabilities(
    tx,
    tenantId,
    corrections.map(({ check }) => check),
  );
  const beliefs = corrections.flatMap(({ belief }) =>
    changed.has(belief.addressId) ? [belief] : [],
  );
  await putCapabilityTasks(tx, deps, {
    tenantId,
    priority: CapabilityPriority.first,
    addresses: beliefs.map(({ addressId }) => ({ addressId, delayMs: 0 })),
  });
  const recipientIds = beliefs.map(({ recipientId }) => recipientId);
  await tellChannelsChanged(tx, deps, { tenantId, recipientIds, reason: 'capability' });
}

/** Whoever has traffic is asked about before the belief runs out, not after. */
function probes(
  known: readonly { readonly belief: Belief }[],
  corrections: ReadonlyMap<string, unknown>,
  now: number,
): { tenantId: string; key: string; delayMs: number }[] {
  return known.flatMap(({ belief: { tenantId, addressId, capability } }) =>
    capability === null || corrections.has(addressId)
      ? []
      : [{ tenantId, key: addressId, delayMs: probeDelayMs(capability, now) }],
  );
}
