// SMS through Twilio's Programmable Messaging: options, and the provider put together from its parts.
import { Channel } from '../../schema/vocabulary.ts';
import { ConfigurationError, secret, text, url, type Values } from '../../platform/config.ts';
import { createHttpClient } from '../../platform/http-client.ts';
import { sendOverHttp } from '../over-http.ts';
import type { Provider, ProviderDependencies } from '../provider.ts';
import { messagesPerSecond, rateOf } from '../rate.ts';
import { secretsIn } from '../wire.ts';
import { events, verify } from './receive.ts';
import { messageRequest, readAnswer } from './send.ts';

const TWILIO = 'https://api.twilio.com';

export const twilioOptions = {
  baseUrl: url('TWILIO_BASE_URL', `Where Twilio's API is; ${TWILIO} when unset.`),
  accountSid: text(
    'TWILIO_ACCOUNT_SID',
    '',
    'The account that sends. Empty: no SMS through Twilio.',
  ),
  authTokens: secret(
    'TWILIO_AUTH_TOKENS',
    'Auth tokens, separated by commas. The first one sends; callbacks signed with any of them are genuine.',
  ),
  from: text(
    'TWILIO_FROM',
    '',
    'The number, the alphanumeric sender or the Messaging Service (MG...) that sends.',
  ),
  messagesPerSecond: messagesPerSecond('TWILIO_RATE'),
};

const limits = { timeoutMs: 30_000, bodyMaxBytes: 65_536, connectionsMax: 256 } as const;

/** Null when no account is named. Throws ConfigurationError when one is named and the rest is missing. */
export function createTwilio(
  settings: Values<typeof twilioOptions>,
  { callbackBaseUrl, clock }: ProviderDependencies,
): Provider | null {
  const { accountSid, from } = settings;
  if (accountSid === '') return null;
  const authTokens = secretsIn(settings.authTokens);
  const [authToken] = authTokens;
  if (authToken === undefined) throw new ConfigurationError('TWILIO_AUTH_TOKENS is missing.');
  if (from === '') throw new ConfigurationError('TWILIO_FROM is missing.');
  const sender = { accountSid, authToken, from, callbackUrl: `${callbackBaseUrl}/twilio` };
  const client = createHttpClient({ ...limits, baseUrl: settings.baseUrl ?? TWILIO });
  return {
    id: 'twilio',
    channel: Channel.SMS,
    // Twilio takes no idempotency key; only the status callback tells of a message whose answer was lost.
    duplicates: 'none',
    receiptsName: 'attempt',
    reportsDeliveries: true,
    nativeE2ee: false,
    sendsMax: limits.connectionsMax,
    rate: rateOf(settings.messagesPerSecond),
    send: async (outbound, deadlineMs) => {
      const request = messageRequest(outbound, sender);
      if ('kind' in request) return request;
      return sendOverHttp(client, { ...request, deadlineMs }, readAnswer, clock.now());
    },
    verify: (callback) => verify(callback, authTokens),
    events,
    close: () => client.close(),
  };
}
