// The questions that recipients asks elsewhere; wiring.ts connects them.
import type { Provider } from '../../providers/provider.ts';

/** A channel provider, as far as recipients needs it: what can an address do? Many have no answer to that. */
export type CapabilityProvider = Pick<Provider, 'id' | 'channel' | 'capabilities'>;

/** What there is to know of push: whose subscriptions are taken, and for whom pages subscribe. */
export interface PushService {
  /** The sender's public key in base64url; null where there is no push. */
  readonly applicationServerKey: string | null;
  /** Whether a push service is one that we send to. host: with its port where that is not 443. */
  admits(host: string): boolean;
}
