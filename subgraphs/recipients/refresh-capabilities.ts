// Looks up what phone numbers can do: read, ask the providers outside of any transaction, then save all at once.
import { openAddresses } from './addresses.ts';
import { askProviders } from './ask-providers.ts';
import { CapabilityPriority, putCapabilityTasks } from './capability-task.ts';
import { tellChannelsChanged } from './changed-channels.ts';
import type { RecipientsWork } from './deps.ts';
import { addressKindOf } from './domain/address.ts';
import { ttlSecondsFor } from './domain/capability-ttl.ts';
import { askedChannels, learn, mergeReports } from './domain/capability.ts';
import { loadTtlRules } from './store/capability-ttls.ts';
import { loadAddresses } from './store/load-addresses.ts';
import { saveCapabilities, type CapabilityCheck } from './store/save-capabilities.ts';

/** Of these people, or these addresses (UUIDs). Addresses that nobody has to ask about are passed over. */
export async function refreshCapabilities(
  deps: RecipientsWork,
  tenantId: string,
  of: { readonly recipientIds: readonly string[] } | { readonly addressIds: readonly string[] },
): Promise<void> {
  const [sealed, rules] = await deps.database.read(tenantId, (tx) =>
    Promise.all([loadAddresses(tx, tenantId, of), loadTtlRules(tx, tenantId)]),
  );
  const addresses = await openAddresses(deps.dataKeys, sealed);
  const now = deps.clock.now();
  const { capabilityTtlSeconds } = deps.settings;
  const checks: CapabilityCheck[] = [];
  const askAgainAt = new Map<string, number>();
  for (const channel of askedChannels) {
    const asked = addresses.filter(({ kind }) => kind === addressKindOf[channel]);
    const reports = await askProviders(
      deps,
      channel,
      asked.map(({ value }) => value),
    );
    for (const address of asked) {
      const report = mergeReports(reports.get(address.value) ?? []);
      const previous = address.capabilities.get(channel) ?? null;
      const carrier = report?.carrier ?? previous?.carrier ?? null;
      const market = { region: address.region, carrier };
      const ttlMs = ttlSecondsFor(rules, market, capabilityTtlSeconds) * 1_000;
      // Without a provider there is nothing to learn, until perhaps one is configured.
      const learnt = report && learn(previous, report, { now, ttlMs });
      const capability = learnt?.capability ?? null;
      if (capability !== null) checks.push({ addressId: address.id, channel, capability });
      askAgainAt.set(address.id, learnt?.askAgainAt ?? now + ttlMs);
    }
  }
  if (askAgainAt.size === 0) return;
  await deps.database.transaction(tenantId, async (tx) => {
    const changed = await saveCapabilities(tx, tenantId, checks);
    const owners = addresses.filter(({ id }) => changed.has(id)).map((row) => row.recipientId);
    const recipientIds = [...new Set(owners)];
    await putCapabilityTasks(tx, deps, {
      tenantId,
      priority: CapabilityPriority.again,
      addresses: [...askAgainAt].map(([addressId, at]) => ({ addressId, delayMs: at - now })),
    });
    await tellChannelsChanged(tx, deps, { tenantId, recipientIds, reason: 'capability' });
  });
}
