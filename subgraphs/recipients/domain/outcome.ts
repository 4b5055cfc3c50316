// What a delivery proves about a capability: whether the channel reached the person, and whether that was believed.
import type { Channel, DeliveryEventType, FailureCode } from '../../../schema/vocabulary.ts';
import { DELIVERY_SOURCE, UNKNOWN_TTL_MS, type CheckedCapability } from './capability.ts';

/** Failures that are about the person's end of the channel. All others say nothing of what it can do. */
const incapable: readonly (FailureCode | null)[] = ['UNSUPPORTED', 'INVALID_RECIPIENT'];

/** Whether the channel reached the person; null when the event does not tell. READ repeats what DELIVERED told. */
export function reachedBy(event: {
  readonly type: DeliveryEventType;
  readonly failureCode: FailureCode | null;
}): boolean | null {
  if (event.type === 'DELIVERED') return true;
  return event.type === 'FAILED' && incapable.includes(event.failureCode) ? false : null;
}

/** Whether a mail server or a push service says that the address does not exist, or no more. A full mailbox or a refused
 *  text says nothing of that; nor does a failure that names none of a person's subscriptions. */
export function isBounce(event: {
  readonly channel: Channel | null;
  readonly type: DeliveryEventType;
  readonly failureCode: FailureCode | null;
  readonly addressId: string | null;
}): boolean {
  const { channel, type, failureCode, addressId } = event;
  if (type !== 'FAILED' || failureCode !== 'INVALID_RECIPIENT') return false;
  return channel === 'EMAIL' || (channel === 'PUSH' && addressId !== null);
}

/** What is believed after an outcome that contradicts it; null when it does not, or when the belief is the newer one.
 *  It is believed as shortly as an empty answer: the provider is asked again at once. Times in ms since 1970. */
export function contradicted(
  belief: CheckedCapability | null,
  outcome: { readonly reached: boolean; readonly occurredAt: number },
  now: number,
): CheckedCapability | null {
  const opposite = outcome.reached ? 'NO' : 'YES';
  if (belief === null || belief.supported !== opposite || outcome.occurredAt < belief.checkedAt) {
    return null;
  }
  return {
    ...belief,
    supported: outcome.reached ? 'YES' : 'NO',
    nativeE2ee: 'UNKNOWN',
    source: DELIVERY_SOURCE,
    // Later than what it replaces, whatever the clock of the process that learnt that.
    checkedAt: Math.max(now, belief.checkedAt + 1),
    expiresAt: now + UNKNOWN_TTL_MS,
  };
}

/** The last tenth of a belief's time is when a person with traffic is asked about again, so that it never runs out. */
const PROBE_AT = 0.9;

/** Milliseconds from now until a belief should be renewed; 0 when that moment has passed. */
export function probeDelayMs(belief: CheckedCapability, now: number): number {
  const { checkedAt, expiresAt } = belief;
  return Math.max(0, checkedAt + (expiresAt - checkedAt) * PROBE_AT - now);
}
