// Negotiation: from facts and consents to ranked routes, each rejected one with its reasons. Pure, total, deterministic.
import {
  Channel as Channels,
  protectionsOf,
  type Channel,
  type Protection,
  type RejectionReason,
  type Sensitivity,
  type Tristate,
} from '../../../schema/vocabulary.ts';
import { scoreOf, type PolicyContent } from './policy.ts';
import { isRolledOutPast } from './rollout.ts';
import { rankProtections } from './sensitivity.ts';

/** What is known of one channel of the recipient. Times in milliseconds since 1970. */
export interface ChannelSnapshot {
  readonly channel: Channel;
  readonly hasAddress: boolean;
  /** Whether mail to the address came back. */
  readonly bounced: boolean;
  readonly supported: Tristate;
  readonly nativeE2ee: Tristate;
  readonly source: string;
  readonly checkedAt: number | null;
  /** Null: does not expire. */
  readonly expiresAt: number | null;
}

export type Permission =
  | { readonly allowed: true; readonly consentId: string }
  | {
      readonly allowed: false;
      readonly reason: RejectionReason;
      readonly consentId: string | null;
    };

/** A provider that serves a channel. */
export interface ChannelProvider {
  readonly id: string;
  readonly nativeE2ee: boolean;
}

export interface Negotiation {
  readonly sensitivity: Sensitivity;
  /** Whether the message holds a value that its template calls sensitive. */
  readonly hasSensitiveValues: boolean;
  readonly allowedChannels: readonly Channel[];
  readonly channels: readonly ChannelSnapshot[];
  readonly hasDeviceKey: boolean;
  readonly preferredChannels: readonly Channel[];
  /** For the purpose of this message. */
  readonly optedOutChannels: readonly Channel[];
  /** Whether the person wants to be left alone now with messages of this purpose. */
  readonly inQuietHours: boolean;
  /** Whether they get as much of this purpose as they may. */
  readonly isOverCap: boolean;
  readonly permissions: ReadonlyMap<Channel, Permission>;
  readonly providers: ReadonlyMap<Channel, ChannelProvider>;
  /** The names of the policy's rollouts that the person is in. */
  readonly rollouts: ReadonlySet<string>;
  /** Ids of providers that are left alone now: they are used where nothing else is left, and waited for then. */
  readonly unavailable: ReadonlySet<string>;
  readonly now: number;
}

/** One route that was weighed. `rank` counts from 1; null when rejected. */
export interface Candidate {
  readonly channel: Channel;
  readonly protection: Protection;
  readonly provider: string | null;
  readonly score: number;
  readonly rank: number | null;
  readonly reasons: readonly RejectionReason[];
  readonly consentId: string | null;
}

/** What of a policy negotiation asks. */
export type NegotiationPolicy = Pick<PolicyContent, 'scores' | 'rollouts'>;

/** All candidates, the ranked ones first. Every channel is among them: with each protection that it can carry where the
 *  channel itself may be used, otherwise once, with why it may not. */
export function negotiate(input: Negotiation, policy: NegotiationPolicy): Candidate[] {
  const weighed = Object.values(Channels).flatMap((channel) =>
    weighChannel(channel, input, policy),
  );
  const preference = (channel: Channel): number => {
    const index = input.preferredChannels.indexOf(channel);
    return index === -1 ? Number.MAX_SAFE_INTEGER : index;
  };
  const possible = weighed.filter((candidate) => candidate.reasons.length === 0);
  const isThere = ({ provider }: Candidate): boolean => !input.unavailable.has(provider ?? '');
  const best = possible.some(isThere) ? possible.filter(isThere) : possible;
  const accepted = best
    .sort(
      (a, b) =>
        b.score - a.score ||
        preference(a.channel) - preference(b.channel) ||
        (a.channel < b.channel ? -1 : 1),
    )
    .map((candidate, index) => ({ ...candidate, rank: index + 1 }));
  const rejected = weighed.flatMap((candidate): Candidate[] => {
    if (best.includes(candidate)) return [];
    return candidate.reasons.length > 0
      ? [candidate]
      : [{ ...candidate, reasons: ['PROVIDER_UNAVAILABLE'] }];
  });
  return [...accepted, ...rejected];
}

/** A channel's candidates: at most one stays without a reason, so a fallback always changes the channel. */
function weighChannel(
  channel: Channel,
  input: Negotiation,
  policy: NegotiationPolicy,
): Candidate[] {
  const ofChannel = channelReasons(channel, input, policy);
  const order = rankProtections(input.sensitivity, input.hasSensitiveValues);
  const placeOf = (protection: Protection): number => {
    const place = order.indexOf(protection);
    return place === -1 ? order.length : place;
  };
  const byRank = [...protectionsOf[channel]].sort((a, b) => placeOf(a) - placeOf(b));
  // Why a channel is out does not depend on the protection: once is enough to read, and to keep with every message.
  const weighed = ofChannel.length > 0 ? byRank.slice(0, 1) : byRank;
  let taken = false;
  return weighed.map((protection) => {
    const reasons =
      ofChannel.length > 0 ? ofChannel : protectionReasons(channel, protection, input, policy);
    if (reasons.length === 0 && taken) reasons.push('OUTRANKED_ON_CHANNEL');
    if (reasons.length === 0) taken = true;
    return {
      channel,
      protection,
      provider: input.providers.get(channel)?.id ?? null,
      score: scoreOf(policy, { channel, protection }, input.sensitivity),
      rank: null,
      reasons,
      consentId: input.permissions.get(channel)?.consentId ?? null,
    };
  });
}

function channelReasons(
  channel: Channel,
  input: Negotiation,
  { rollouts }: NegotiationPolicy,
): RejectionReason[] {
  const reasons: RejectionReason[] = [];
  if (!input.allowedChannels.includes(channel)) reasons.push('CHANNEL_NOT_IN_TEMPLATE');
  if (!input.providers.has(channel)) reasons.push('NO_PROVIDER');
  if (input.optedOutChannels.includes(channel)) reasons.push('OPTED_OUT');
  if (input.inQuietHours) reasons.push('QUIET_HOURS');
  if (input.isOverCap) reasons.push('FREQUENCY_CAP');
  if (isRolledOutPast(rollouts, { channel, protection: null }, input.rollouts)) {
    reasons.push('ROLLOUT_EXCLUDED');
  }
  const snapshot = input.channels.find((known) => known.channel === channel);
  if (snapshot === undefined || !snapshot.hasAddress) return [...reasons, 'NO_ADDRESS'];
  if (snapshot.bounced) reasons.push('ADDRESS_BOUNCED');
  // A channel nobody answered for is not permitted: silence is no consent.
  const permission = input.permissions.get(channel);
  if (permission === undefined) reasons.push('CONSENT_MISSING');
  else if (!permission.allowed) reasons.push(permission.reason);
  if (snapshot.supported === 'NO') reasons.push('NOT_CAPABLE');
  if (snapshot.supported === 'UNKNOWN') reasons.push('CAPABILITY_UNKNOWN');
  if (snapshot.expiresAt !== null && snapshot.expiresAt <= input.now) {
    reasons.push('CAPABILITY_EXPIRED');
  }
  return reasons;
}

function protectionReasons(
  channel: Channel,
  protection: Protection,
  input: Negotiation,
  { rollouts }: NegotiationPolicy,
): RejectionReason[] {
  if (!protectionsOf[channel].includes(protection)) return ['PROTECTION_NOT_OFFERED'];
  const out = isRolledOutPast(rollouts, { channel, protection }, input.rollouts);
  const reasons: RejectionReason[] = out ? ['ROLLOUT_EXCLUDED'] : [];
  return [...reasons, ...unprotected(channel, protection, input)];
}

/** Why the channel cannot carry the content so. */
function unprotected(
  channel: Channel,
  protection: Protection,
  input: Negotiation,
): RejectionReason[] {
  const snapshot = input.channels.find((known) => known.channel === channel);
  switch (protection) {
    case 'NATIVE_E2EE': {
      // Claimed only where the provider's profile and the recipient's capability both say so.
      const both =
        input.providers.get(channel)?.nativeE2ee === true && snapshot?.nativeE2ee === 'YES';
      return both ? [] : ['NATIVE_E2EE_UNAVAILABLE'];
    }
    case 'ENVELOPE':
      return input.hasDeviceKey ? [] : ['NO_DEVICE_KEY'];
    case 'LINK_ONLY':
      return [];
    case 'CLEAR':
      return input.sensitivity === 'HIGH' ? ['SENSITIVITY_FORBIDS_CLEAR'] : [];
  }
}

/** Whether a route that was planned earlier may still be used with what is known now. Asked again before each
 *  attempt: facts, preferences and consent may have changed since. */
export function stillAllowed(
  route: { readonly channel: Channel; readonly protection: Protection },
  input: Negotiation,
  policy: NegotiationPolicy,
): boolean {
  const { channel, protection } = route;
  const reasons = [
    ...channelReasons(channel, input, policy),
    ...protectionReasons(channel, protection, input, policy),
  ];
  // A capability that ran out while the message waited is no reason to drop it: the provider will tell.
  return reasons.every(
    (reason) => reason === 'CAPABILITY_EXPIRED' || reason === 'CAPABILITY_UNKNOWN',
  );
}
