// A person whom every channel reaches, for negotiation; each test changes the one thing that it is about.
import { Channel as Channels, type Channel } from '../../schema/vocabulary.ts';
import type {
  ChannelProvider,
  ChannelSnapshot,
  Negotiation,
  Permission,
} from '../../subgraphs/messages/domain/negotiation.ts';

export const NOW = 1_000_000;
export const ALL: readonly Channel[] = Object.values(Channels);
export const GRANTED: Permission = { allowed: true, consentId: 'c-1' };

export const refusedBy = (reason: 'CONSENT_WITHDRAWN' | 'CONSENT_SUPPRESSED'): Permission => ({
  allowed: false,
  reason,
  consentId: 'c-2',
});

export const reachable = (
  channel: Channel,
  more: Partial<ChannelSnapshot> = {},
): ChannelSnapshot => ({
  channel,
  hasAddress: true,
  bounced: false,
  supported: 'YES',
  nativeE2ee: 'NO',
  source: 'probe',
  checkedAt: NOW - 1,
  expiresAt: NOW + 1,
  ...more,
});

/** A provider for each channel, that offers the channel's own encryption or not. */
export const served = (nativeE2ee = false): ReadonlyMap<Channel, ChannelProvider> =>
  new Map(ALL.map((channel) => [channel, { id: `${channel}-provider`, nativeE2ee }]));

/** Reachable, permitted and served on every channel, with a device. */
export const person = (more: Partial<Negotiation> = {}): Negotiation => ({
  sensitivity: 'LOW',
  hasSensitiveValues: false,
  allowedChannels: ALL,
  channels: ALL.map((channel) => reachable(channel)),
  hasDeviceKey: true,
  preferredChannels: [],
  optedOutChannels: [],
  inQuietHours: false,
  isOverCap: false,
  permissions: new Map(ALL.map((channel) => [channel, GRANTED])),
  providers: served(),
  rollouts: new Set(),
  unavailable: new Set(),
  now: NOW,
  ...more,
});

/** The same person and a template for two channels; `rcs`: what else is known of theirs. */
export const rcsAndSms = (
  more: Partial<Negotiation> = {},
  rcs: Partial<ChannelSnapshot> = {},
): Negotiation =>
  person({
    allowedChannels: ['RCS', 'SMS'],
    channels: [reachable('RCS', rcs), reachable('SMS')],
    ...more,
  });

/** Undefined: nobody answered for the channel. */
export function withPermission(
  channel: Channel,
  permission: Permission | undefined,
): Pick<Negotiation, 'permissions'> {
  const permissions = new Map(ALL.map((known) => [known, GRANTED]));
  if (permission === undefined) permissions.delete(channel);
  else permissions.set(channel, permission);
  return { permissions };
}
