// The questions that recipients asks elsewhere; wiring.ts connects them.
import type { Provider } from '../../providers/provider.ts';

/** A channel provider, as far as recipients needs it: what can an address do? Many have no answer to that. */
export type CapabilityProvider = Pick<Provider, 'id' | 'channel' | 'capabilities'>;
