// Makes a decision again from its record: the proof that the record holds all that was weighed.
import type { Channel, RejectionReason } from '../../../schema/vocabulary.ts';
import type { Decision } from './decision.ts';
import {
  negotiate,
  type Candidate,
  type ChannelSnapshot,
  type Negotiation,
  type NegotiationPolicy,
  type Permission,
} from './negotiation.ts';

/** The candidates that `policy`, which has to be the version that the record names, makes of the record's facts. Null for
 *  a record of before facts were kept. */
export function replay(decision: Decision, policy: NegotiationPolicy): readonly Candidate[] | null {
  const facts = factsOf(decision);
  return facts === null ? null : negotiate(facts, policy);
}

/** A rejected channel tells everything that is against it, so what it does not tell was not. */
function factsOf({ decidedAt, candidates, capabilities, weighed }: Decision): Negotiation | null {
  if (weighed === undefined) return null;
  const channels = [...new Set(candidates.map(({ channel }) => channel))];
  const of = new Map(candidates.map((candidate) => [candidate.channel, candidate]));
  const against = (channel: Channel, reason: RejectionReason): boolean =>
    of.get(channel)?.reasons.includes(reason) === true;
  const native = weighed.nativeE2eeChannels ?? [];
  return {
    sensitivity: weighed.sensitivity,
    hasSensitiveValues: weighed.hasSensitiveValues === true,
    hasDeviceKey: weighed.hasDeviceKey === true,
    preferredChannels: weighed.preferredChannels ?? [],
    rollouts: new Set(weighed.rollouts),
    unavailable: new Set(weighed.unavailableProviders),
    allowedChannels: channels.filter((channel) => !against(channel, 'CHANNEL_NOT_IN_TEMPLATE')),
    optedOutChannels: channels.filter((channel) => against(channel, 'OPTED_OUT')),
    inQuietHours: channels.some((channel) => against(channel, 'QUIET_HOURS')),
    isOverCap: channels.some((channel) => against(channel, 'FREQUENCY_CAP')),
    channels: capabilities.map((known): ChannelSnapshot => {
      return {
        ...known,
        checkedAt: msOf(known.checkedAt),
        expiresAt: msOf(known.expiresAt),
        hasAddress: !against(known.channel, 'NO_ADDRESS'),
        bounced: against(known.channel, 'ADDRESS_BOUNCED'),
      };
    }),
    permissions: new Map(
      [...of].flatMap(([channel, candidate]) => {
        const permission = permissionOf(candidate);
        return permission === null ? [] : [[channel, permission]];
      }),
    ),
    providers: new Map(
      [...of].flatMap(([channel, { provider }]) =>
        provider === null
          ? []
          : [[channel, { id: provider, nativeE2ee: native.includes(channel) }]],
      ),
    ),
    now: Date.parse(decidedAt),
  };
}

/** Null where nobody answered, or where it did not matter: without an address there is nobody to be permitted. */
function permissionOf({ reasons, consentId }: Candidate): Permission | null {
  const refused = reasons.find((reason) => reason.startsWith('CONSENT_'));
  if (refused !== undefined) return { allowed: false, reason: refused, consentId };
  return consentId === null ? null : { allowed: true, consentId };
}

const msOf = (iso: string | null): number | null => (iso === null ? null : Date.parse(iso));
