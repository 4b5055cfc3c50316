// Asks the providers of a channel what addresses can do. What fails is silence: it is logged, and nobody is cut off by it.
import type { CapabilityReport } from '../../providers/provider.ts';
import type { Channel } from '../../schema/vocabulary.ts';
import type { RecipientsDeps } from './deps.ts';
import type { SourceReport } from './domain/capability.ts';
import type { CapabilityProvider } from './ports.ts';

/** What providers take in one call. */
const ADDRESSES_MAX = 100;

/** By the address in clear, what each provider of the channel says; an empty list where none can tell. */
export async function askProviders(
  { providers, log }: Pick<RecipientsDeps, 'providers' | 'log'>,
  channel: Channel,
  addresses: readonly string[],
): Promise<ReadonlyMap<string, readonly SourceReport[]>> {
  const reports = new Map<string, SourceReport[]>(addresses.map((value) => [value, []]));
  const values = [...reports.keys()];
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
