// Looks up what phone numbers can do: read, ask the providers outside of any transaction, then save all at once.
import type { CapabilityReport } from '../../providers/provider.ts';
import type { Channel } from '../../schema/vocabulary.ts';
import { openAddresses, type OpenedAddress } from './addresses.ts';
import { CapabilityPriority, putCapabilityTasks } from './capability-task.ts';
import { tellChannelsChanged } from './changed-channels.ts';
import type { RecipientsWork } from './deps.ts';
import { addressKindOf } from './domain/address.ts';
import { askedChannels, learn, mergeReports, type SourceReport } from './domain/capability.ts';
import type { CapabilityProvider } from './ports.ts';
import { loadAddresses } from './store/load-addresses.ts';
import { saveCapabilities, type CapabilityCheck } from './store/save-capabilities.ts';

/** What providers take in one call. */
const ADDRESSES_MAX = 100;

/** Of these people, or these addresses (UUIDs). Addresses that nobody has to ask about are passed over. */
export async function refreshCapabilities(
  deps: RecipientsWork,
  tenantId: string,
  of: { readonly recipientIds: readonly string[] } | { readonly addressIds: readonly string[] },
): Promise<void> {
  const sealed = await deps.database.read(tenantId, (tx) => loadAddresses(tx, tenantId, of));
  const addresses = await openAddresses(deps.dataKeys, sealed);
  const now = deps.clock.now();
  const ttlMs = deps.settings.capabilityTtlSeconds * 1_000;
  const checks: CapabilityCheck[] = [];
  const askAgainAt = new Map<string, number>();
  for (const channel of askedChannels) {
    const asked = addresses.filter(({ kind }) => kind === addressKindOf[channel]);
    const reports = await askProviders(deps, channel, asked);
    for (const address of asked) {
      const report = mergeReports(reports.get(address.value) ?? []);
      // Without a provider there is nothing to learn, until perhaps one is configured.
      const learnt =
        report && learn(address.capabilities.get(channel) ?? null, report, { now, ttlMs });
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

/** By the address in clear, what each provider of the channel says. */
async function askProviders(
  { providers, log }: RecipientsWork,
  channel: Channel,
  addresses: readonly OpenedAddress[],
): Promise<ReadonlyMap<string, readonly SourceReport[]>> {
  const values = addresses.map(({ value }) => value);
  const reports = new Map<string, SourceReport[]>(values.map((value) => [value, []]));
  for (const provider of providers.filter((one) => one.channel === channel)) {
    if (provider.capabilities === undefined) continue;
    for (let from = 0; from < values.length; from += ADDRESSES_MAX) {
      const some = values.slice(from, from + ADDRESSES_MAX);
      const answers = await answersOf(provider, some).catch((error: unknown) => {
        log.warn({ err: error, provider: provider.id }, 'capabilities not answered');
        return new Map<string, CapabilityReport>();
      });
      for (const value of some) {
        reports.get(value)?.push({ ...(answers.get(value) ?? silence), source: provider.id });
      }
    }
  }
  return reports;
}

const silence: CapabilityReport = { supported: 'UNKNOWN', features: [], carrier: null };

async function answersOf(
  provider: CapabilityProvider,
  addresses: readonly string[],
): Promise<ReadonlyMap<string, CapabilityReport>> {
  return (await provider.capabilities?.(addresses)) ?? new Map<string, CapabilityReport>();
}
