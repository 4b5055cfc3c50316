// Who sends on a channel where several providers could: their callbacks are taken all the same.
import { ConfigurationError, text, type Values } from '../platform/config.ts';
import type { Channel } from '../schema/vocabulary.ts';
import type { Provider } from './provider.ts';

export const senderOptions = {
  chosen: text(
    'SENDING_PROVIDERS',
    '',
    'Where several providers of a channel are configured: the ids of those that send, separated by commas, such as smpp.',
  ),
};

/** One provider a channel. Throws ConfigurationError where it is not plain which one. */
export function sendersOf(
  providers: readonly Provider[],
  { chosen }: Values<typeof senderOptions>,
): ReadonlyMap<Channel, Provider> {
  const named = chosen.split(',').map((id) => id.trim());
  const unknown = named.find(
    (id) => id !== '' && !providers.some((provider) => provider.id === id),
  );
  if (unknown !== undefined) {
    throw new ConfigurationError(`SENDING_PROVIDERS names ${unknown}, which is not configured.`);
  }
  const byChannel = Map.groupBy(providers, ({ channel }) => channel);
  return new Map(
    [...byChannel].map(([channel, able]) => {
      const [sender, ...others] =
        able.length === 1 ? able : able.filter(({ id }) => named.includes(id));
      if (sender !== undefined && others.length === 0) return [channel, sender];
      const ids = able.map(({ id }) => id).join(' and ');
      throw new ConfigurationError(
        `${ids} are configured for ${channel}: SENDING_PROVIDERS must name one of them.`,
      );
    }),
  );
}
