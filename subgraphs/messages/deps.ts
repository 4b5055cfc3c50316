// What messages is connected to: its database, its ports, the providers, and the numbers it works with.
import type { Kms } from '../../crypto/kms.ts';
import type { Bus } from '../../platform/bus.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { Provider } from '../../providers/provider.ts';
import type { NewUuid } from '../../schema/ids.ts';
import type { Channel } from '../../schema/vocabulary.ts';
import type { MessagePorts } from './ports.ts';
import type { Policies } from './policies.ts';
import type { TemplateCache } from './store/find-template.ts';

export interface MessagesSettings {
  /** How long a provider may take to answer: also the grace of a revocation that races a send. */
  readonly providerTimeoutMs: number;
  /** How long a claimed attempt is its worker's own; longer than the provider's timeout. */
  readonly sendLeaseMs: number;
  /** Attempts that one worker has under way at the most, for each provider. */
  readonly sendsMax: number;
  /** Whether a template version is approved by somebody else than who submitted it. */
  readonly templateFourEyes: 'on' | 'off';
  /** How often the lanes are looked at when nobody wakes the worker. */
  readonly pollMs: number;
  /** The public URL below which secure links are served, without a trailing slash. */
  readonly linkBaseUrl: string;
}

/** The ids of those that do not report every delivery. */
export function silentProviders(providers: ReadonlyMap<Channel, Provider>): ReadonlySet<string> {
  const silent = [...providers.values()].filter((provider) => !provider.reportsDeliveries);
  return new Set(silent.map(({ id }) => id));
}

/** What the deeds of secure links are given. */
export interface LinkDeps extends MessagesDeps {
  readonly templates: TemplateCache;
}

export interface MessagesDeps {
  readonly database: Database;
  readonly ports: MessagePorts;
  /** One provider a channel. */
  readonly providers: ReadonlyMap<Channel, Provider>;
  readonly kms: Kms;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  /** 0..1 */
  readonly random: () => number;
  readonly policies: Policies;
  readonly settings: MessagesSettings;
  readonly log: Log;
  readonly metrics: Metrics;
}
