// The list of channel providers: a new one is one line in each of the two.
import type { Values } from '../platform/config.ts';
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
