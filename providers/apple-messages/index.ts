// Apple Messages for Business through Infobip's API: options, and the provider put together from its parts.
import { Channel } from '../../schema/vocabulary.ts';
import { ConfigurationError, secret, text, url, type Values } from '../../platform/config.ts';
import { createHttpClient } from '../../platform/http-client.ts';
import { attemptUrl, readUrlProof } from '../attempt-url.ts';
import { sendOverHttp } from '../over-http.ts';
import type { Provider, ProviderDependencies } from '../provider.ts';
import { messagesPerSecond, rateOf } from '../rate.ts';
import { secretsIn } from '../wire.ts';
import { events, verify } from './receive.ts';
import { answerReader, messageRequest } from './send.ts';

export const appleMessagesOptions = {
  sender: text('APPLE_MESSAGES_SENDER', '', 'The id of the Apple business. Empty: no iMessage.'),
  baseUrl: url('INFOBIP_BASE_URL', 'The base URL of the account at Infobip.'),
  apiKey: secret('INFOBIP_API_KEY', 'Its API key.'),
  reportKeys: secret(
    'INFOBIP_REPORT_KEYS',
    'Secrets that prove reports, separated by commas. The first one makes their URLs; all of them count.',
  ),
  inboundLogins: secret(
    'INFOBIP_INBOUND_LOGINS',
    'user:password of the webhook for what people write, separated by commas; none: nothing is taken.',
  ),
  messagesPerSecond: messagesPerSecond('APPLE_MESSAGES_RATE'),
};

const LABEL = 'parley apple report 1';
const limits = { timeoutMs: 30_000, bodyMaxBytes: 65_536, connectionsMax: 64 } as const;

/** Null when no business is named. Throws ConfigurationError when one is named and the rest is missing. */
export function createAppleMessages(
  settings: Values<typeof appleMessagesOptions>,
  { callbackBaseUrl, clock }: ProviderDependencies,
): Provider | null {
  const { sender, baseUrl, apiKey } = settings;
  if (sender === '') return null;
  if (baseUrl === null) throw new ConfigurationError('INFOBIP_BASE_URL is missing.');
  if (apiKey === null) throw new ConfigurationError('INFOBIP_API_KEY is missing.');
  const reports = readUrlProof(LABEL, settings.reportKeys, 'INFOBIP_REPORT_KEYS');
  const proofs = { reports, inboundLogins: secretsIn(settings.inboundLogins) };
  const client = createHttpClient({ ...limits, baseUrl });
  const authorization = `App ${apiKey.reveal()}`;
  return {
    id: 'apple-messages',
    channel: Channel.IMESSAGE,
    // The message id is ours: Infobip rejects one that it has seen.
    duplicates: 'client-key',
    receiptsName: 'attempt',
    reportsDeliveries: true,
    // What a business sends is encrypted to Apple and its partner, not between the business and the person.
    nativeE2ee: false,
    sendsMax: limits.connectionsMax,
    rate: rateOf(settings.messagesPerSecond),
    send: async (outbound, deadlineMs) => {
      const { attemptId } = outbound;
      const reportUrl = attemptUrl(`${callbackBaseUrl}/apple-messages`, attemptId, reports);
      const request = messageRequest(outbound, { sender, reportUrl });
      if ('kind' in request) return request;
      const headers = { ...request.headers, authorization };
      const sent = { ...request, headers, deadlineMs };
      return sendOverHttp(client, sent, answerReader(attemptId), clock.now());
    },
    verify: (callback) => verify(callback, proofs),
    events,
    close: () => client.close(),
  };
}
