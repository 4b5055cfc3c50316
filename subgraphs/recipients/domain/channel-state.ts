// Whether a person can be reached on a channel, why not, and how content could be protected on the way.
import {
  protectionsOf,
  type Channel,
  type Protection,
  type RejectionReason,
} from '../../../schema/vocabulary.ts';
import type { Capability } from './capability.ts';

export interface ChannelFindings {
  /** Null without an address. */
  readonly capability: Capability | null;
  readonly optedOut: boolean;
  /** Whether mail to the address came back. */
  readonly bounced: boolean;
  readonly hasDeviceKey: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface Reachability {
  readonly reachable: boolean;
  /** Empty when reachable. */
  readonly reasons: readonly RejectionReason[];
  /** Strongest first; what the person's side makes possible, whatever a message then asks for. */
  readonly protections: readonly Protection[];
}

/** Consent is not asked here: it belongs to a purpose, and reachability does not. */
export function reachability(channel: Channel, findings: ChannelFindings): Reachability {
  const { capability, optedOut, bounced, hasDeviceKey } = findings;
  const reasons: RejectionReason[] = optedOut ? ['OPTED_OUT'] : [];
  if (capability === null) {
    return { reachable: false, reasons: [...reasons, 'NO_ADDRESS'], protections: [] };
  }
  if (bounced) reasons.push('ADDRESS_BOUNCED');
  reasons.push(...capabilityReasons(capability, findings.now));
  const protections = protectionsOf[channel].filter((protection) => {
    if (protection === 'NATIVE_E2EE') return capability.nativeE2ee === 'YES';
    return protection !== 'ENVELOPE' || hasDeviceKey;
  });
  return { reachable: reasons.length === 0, reasons, protections };
}

function capabilityReasons(capability: Capability, now: number): RejectionReason[] {
  if (capability.expiresAt !== null && capability.expiresAt <= now) return ['CAPABILITY_EXPIRED'];
  if (capability.supported === 'NO') return ['NOT_CAPABLE'];
  return capability.supported === 'UNKNOWN' ? ['CAPABILITY_UNKNOWN'] : [];
}
