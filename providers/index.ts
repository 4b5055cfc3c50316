// The list of channel providers, where a new one is one line in each of the two, and which of them sends.
import { ConfigurationError, text, type Values } from '../platform/config.ts';
import type { Channel } from '../schema/vocabulary.ts';
import { appleMessagesOptions, createAppleMessages } from './apple-messages/index.ts';
import { createGoogleRbm, googleRbmOptions } from './google-rbm/index.ts';
import type { Provider, ProviderDependencies } from './provider.ts';
import { createSmpp, smppOptions } from './smpp/index.ts';
import { createSmtp, smtpOptions } from './smtp/index.ts';
import { createTwilio, twilioOptions } from './twilio/index.ts';
import { createWebPush, webPushOptions } from './web-push/index.ts';

/** The options of every provider, by group. */
export const providerOptions = {
  googleRbm: googleRbmOptions,
  twilio: twilioOptions,
  smpp: smppOptions,
  smtp: smtpOptions,
  appleMessages: appleMessagesOptions,
  webPush: webPushOptions,
};

/** The providers that are configured. Throws ConfigurationError for one that is configured halfway. */
export function createProviders(
  settings: { readonly [K in keyof typeof providerOptions]: Values<(typeof providerOptions)[K]> },
  dependencies: ProviderDependencies,
): readonly Provider[] {
  return [
    createGoogleRbm(settings.googleRbm, dependencies),
    createTwilio(settings.twilio, dependencies),
    createSmpp(settings.smpp, dependencies),
    createSmtp(settings.smtp),
    createAppleMessages(settings.appleMessages, dependencies),
    createWebPush(settings.webPush, dependencies),
  ].filter((provider) => provider !== null);
}

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
