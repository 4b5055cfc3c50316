// Takes the callbacks that come over sessions of the providers' own, by the same way as those that come by HTTP.
import type { DeliveryDeps } from './context.ts';
import type { TakeCallback } from './take-callback.ts';

/** Returns what ends it. */
export function listenToProviders(
  { providers, log }: Pick<DeliveryDeps, 'providers' | 'log'>,
  takeCallback: TakeCallback,
): () => Promise<unknown> {
  const stops = [...providers.values()].flatMap((provider) => {
    const stop = provider.listen?.({
      take: async (callback) => {
        const taken = await takeCallback(provider, callback);
        if (taken.kind !== 'kept') throw new Error('a session handed in what is not genuine');
      },
      interrupted: (reason) => log.warn({ provider: provider.id, reason }, 'provider session down'),
    });
    return stop === undefined ? [] : [stop];
  });
  return () => Promise.all(stops.map((stop) => stop()));
}
