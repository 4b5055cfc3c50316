// The option of how fast a provider may be handed messages.
import { integer, type Option } from '../platform/config.ts';
import type { SendRate } from './provider.ts';

export function messagesPerSecond(variable: string): Option<number> {
  return integer(
    variable,
    0,
    { min: 0, max: 100_000 },
    'Messages that all workers together hand over in a second, and at once after a rest; 0: as many as there are.',
  );
}

export function rateOf(perSecond: number): SendRate | null {
  return perSecond === 0 ? null : { perSecond, burst: perSecond };
}
