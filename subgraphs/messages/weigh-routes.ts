// Brings together what negotiation weighs: recipients' facts, their consents and our providers. Set-based.
import type { Transaction } from '../../platform/database.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Channel } from '../../schema/vocabulary.ts';
import type { ChannelProvider, Negotiation, Permission } from './domain/negotiation.ts';
import type { Policy } from './domain/policy.ts';
import { rolloutsOf } from './domain/rollout.ts';
import type { Template, Variables } from './domain/template.ts';
import type { AskConsent, ConsentQuestion, RecipientFacts } from './ports.ts';

/** One message to be weighed for some of its channels. */
export interface Weighing {
  readonly tenantId: string;
  readonly facts: RecipientFacts;
  readonly template: Template;
  readonly variables: Variables;
  readonly channels: readonly Channel[];
  /** The tenant's. */
  readonly policy: Policy;
  /** Whether the hours for it do not come while the message is good. */
  readonly inQuietHours: boolean;
  /** Ids of providers that are left alone while this message is to be sent. */
  readonly unavailable: ReadonlySet<string>;
}

export function channelProviders(
  providers: ReadonlyMap<Channel, Provider>,
): ReadonlyMap<Channel, ChannelProvider> {
  return new Map(
    [...providers].map(([channel, { id, nativeE2ee }]) => [channel, { id, nativeE2ee }]),
  );
}

/** Asks consent for all weighings at once, in the caller's transaction, and returns what negotiation needs of each. */
export async function weighRoutes(
  tx: Transaction,
  weighings: readonly Weighing[],
  deps: {
    consent: AskConsent;
    providers: ReadonlyMap<Channel, ChannelProvider>;
    now: number;
  },
): Promise<readonly Negotiation[]> {
  const questions: ConsentQuestion[] = [];
  const asked = weighings.map(({ tenantId, facts, template, channels }) =>
    facts.channels.flatMap(({ channel, consentSubject }) => {
      if (consentSubject === null || !channels.includes(channel)) return [];
      const { purpose } = template;
      questions.push({ tenantId, subject: consentSubject, purpose, channel, region: facts.region });
      return [{ channel, index: questions.length - 1 }];
    }),
  );
  const decisions = await deps.consent(tx, questions, deps.now);
  return weighings.map((weighing, place) => {
    const permissions = new Map<Channel, Permission>();
    for (const { channel, index } of asked[place] ?? []) {
      const decision = decisions[index];
      if (decision !== undefined) permissions.set(channel, decision);
    }
    return negotiationOf(weighing, permissions, deps);
  });
}

function negotiationOf(
  { tenantId, facts, template, variables, channels, policy, inQuietHours, unavailable }: Weighing,
  permissions: ReadonlyMap<Channel, Permission>,
  deps: Pick<Negotiation, 'providers' | 'now'>,
): Negotiation {
  return {
    sensitivity: template.sensitivity,
    hasSensitiveValues: template.variables.some(
      ({ name, sensitive }) => sensitive && variables.has(name),
    ),
    allowedChannels: template.channels.filter((channel) => channels.includes(channel)),
    channels: facts.channels.map((known) => ({
      channel: known.channel,
      hasAddress: known.address !== null,
      bounced: known.bounced,
      supported: known.supported,
      nativeE2ee: known.nativeE2ee,
      source: known.source,
      checkedAt: known.checkedAt,
      expiresAt: known.expiresAt,
    })),
    hasDeviceKey: facts.devices.length > 0,
    preferredChannels: facts.preferredChannels,
    optedOutChannels: [
      ...facts.optedOutChannels,
      ...(facts.purposeOptOuts[template.purpose] ?? []),
    ],
    inQuietHours,
    // Counted where a message is accepted; a message that was is one of those that count.
    isOverCap: false,
    permissions,
    providers: deps.providers,
    rollouts: rolloutsOf(policy.rollouts, {
      tenantId,
      recipientId: facts.recipientId,
      region: facts.region,
      flags: facts.featureFlags,
      carriers: carriersOf(facts),
    }),
    unavailable,
    now: deps.now,
  };
}

const carriersOf = ({ channels }: RecipientFacts): ReadonlyMap<Channel, string> =>
  new Map(
    channels.flatMap(({ channel, carrier }) => (carrier === null ? [] : [[channel, carrier]])),
  );
