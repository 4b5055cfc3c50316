// RCS through Google's RCS for Business API (RBM): options, and the provider put together from its parts.
import { Channel } from '../../schema/vocabulary.ts';
import type { Clock } from '../../platform/clock.ts';
import { ConfigurationError, secret, text, url, type Values } from '../../platform/config.ts';
import {
  createHttpClient,
  HttpClientError,
  type HttpAnswer,
  type HttpRequest,
} from '../../platform/http-client.ts';
import { sendOverHttp } from '../over-http.ts';
import type { Outbound, Provider, ProviderDependencies, SendOutcome } from '../provider.ts';
import { messagesPerSecond, rateOf } from '../rate.ts';
import { secretsIn } from '../wire.ts';
import { createAccessToken, readServiceAccount, TokenRefused } from './access-token.ts';
import { authorizedClient, type AuthorizedClient } from './authorized-client.ts';
import { askCapabilities, capabilityPath } from './capabilities.ts';
import { events, verify } from './receive.ts';
import { agentMessageRequest, answerReader, revokeRequest } from './send.ts';

const GOOGLE = 'https://rcsbusinessmessaging.googleapis.com';

export const googleRbmOptions = {
  baseUrl: url('RBM_BASE_URL', `Where the RCS for Business API is; ${GOOGLE} when unset.`),
  agentId: text('RBM_AGENT_ID', '', 'The RCS agent that sends. Empty: no RCS.'),
  serviceAccountFile: text(
    'RBM_SERVICE_ACCOUNT_FILE',
    '',
    'Path of the JSON file of the service account that owns the agent.',
  ),
  clientTokens: secret(
    'RBM_CLIENT_TOKENS',
    'Client tokens that sign the webhook, separated by commas: the present one and those being replaced.',
  ),
  messagesPerSecond: messagesPerSecond('RBM_RATE'),
};

const limits = { timeoutMs: 30_000, bodyMaxBytes: 65_536, connectionsMax: 256 } as const;
const TOKEN_CONNECTIONS_MAX = 1;
const CAPABILITY_BUDGET_MS = 10_000;

/** Null when no agent is named. Throws ConfigurationError when one is named and the rest is missing. */
export function createGoogleRbm(
  settings: Values<typeof googleRbmOptions>,
  { clock, newUuid }: ProviderDependencies,
): Provider | null {
  const { agentId } = settings;
  if (agentId === '') return null;
  const clientTokens = secretsIn(settings.clientTokens);
  if (clientTokens.length === 0) throw new ConfigurationError('RBM_CLIENT_TOKENS is missing.');
  const account = readServiceAccount(settings.serviceAccountFile, 'RBM_SERVICE_ACCOUNT_FILE');
  const tokenClient = createHttpClient({
    ...limits,
    baseUrl: new URL(account.tokenUri).origin,
    connectionsMax: TOKEN_CONNECTIONS_MAX,
  });
  const client = createHttpClient({ ...limits, baseUrl: settings.baseUrl ?? GOOGLE });
  const authorized = authorizedClient(
    client,
    createAccessToken(account, tokenClient, clock),
    clock,
  );
  return {
    id: 'google-rbm',
    channel: Channel.RCS,
    // The message id is ours: Google ignores a message whose id it has seen.
    duplicates: 'client-key',
    // Google can read what businesses send; no field or key of the API says otherwise.
    receiptsName: 'attempt',
    reportsDeliveries: true,
    nativeE2ee: false,
    sendsMax: limits.connectionsMax,
    rate: rateOf(settings.messagesPerSecond),
    send: (outbound, deadlineMs) => send(authorized, outbound, { agentId, deadlineMs, clock }),
    revoke: async ({ attemptId, to }, deadlineMs) => {
      const request = { ...revokeRequest(to, attemptId, agentId), deadlineMs };
      return (await answerOrNull(authorized, request))?.status === 200;
    },
    capabilities: (addresses) => {
      const endsAt = clock.now() + CAPABILITY_BUDGET_MS;
      return askCapabilities(addresses, async (address) => {
        const deadlineMs = endsAt - clock.now();
        const path = capabilityPath(address, newUuid(), agentId);
        return deadlineMs > 0
          ? answerOrNull(authorized, { method: 'GET', path, deadlineMs })
          : null;
      });
    },
    verify: (callback) => verify(callback, clientTokens),
    events,
    close: async () => {
      await Promise.all([client.close(), tokenClient.close()]);
    },
  };
}

async function send(
  authorized: AuthorizedClient,
  outbound: Outbound,
  { agentId, deadlineMs, clock }: { agentId: string; deadlineMs: number; clock: Clock },
): Promise<SendOutcome> {
  const request = agentMessageRequest(outbound, agentId);
  if ('kind' in request) return request;
  try {
    const read = answerReader(outbound.attemptId);
    return await sendOverHttp(authorized, { ...request, deadlineMs }, read, clock.now());
  } catch (error) {
    if (error instanceof TokenRefused) return error.refusal;
    throw error;
  }
}

/** For questions where silence and refusal mean the same. */
async function answerOrNull(
  authorized: AuthorizedClient,
  request: HttpRequest,
): Promise<HttpAnswer | null> {
  try {
    return await authorized.request(request);
  } catch (error) {
    if (error instanceof TokenRefused || error instanceof HttpClientError) return null;
    throw error;
  }
}
