// Builds the push of an attempt, hands it to the subscription's push service, and reads the answer.
import { encodeBase64url } from '../../crypto/base64url.ts';
import { PUSH_CONTENT_BYTES_MAX, sealPush } from '../../crypto/web-push.ts';
import { assert } from '../../platform/assert.ts';
import { HttpClientError, type HttpAnswer } from '../../platform/http-client.ts';
import type { OutsideClient, OutsideRequest } from '../../platform/outside-client.ts';
import { retryAfterMs } from '../../platform/retry-after.ts';
import { FailureCode, type MessageType } from '../../schema/vocabulary.ts';
import { attemptUrl, type UrlProof } from '../attempt-url.ts';
import { refusal, type Refusal } from '../over-http.ts';
import type { Outbound, SendOutcome } from '../provider.ts';
import { answerFailures } from './errors.ts';
import type { PushHosts } from './hosts.ts';
import { readSubscription } from './subscription.ts';
import type { Vapid } from './vapid.ts';

/** How soon a device is woken for it, RFC 8030 section 5.3: `low` waits for a device that is not saving power. */
const urgencies: Readonly<Record<MessageType, 'high' | 'normal' | 'low'>> = {
  OTP: 'high',
  ALERT: 'high',
  RECEIPT: 'normal',
  SUPPORT: 'normal',
  NOTIFICATION: 'normal',
  MARKETING: 'low',
};
/** Four weeks: services take no more, or keep no longer. */
const TTL_SECONDS_MAX = 2_419_200;
/** The push service, and whoever listens before it, learns of a content only in which of four sizes it comes. */
const PADDED_STEP_BYTES = 1_024;

export interface PushSender {
  /** Where receipts go: the provider's callback URL. */
  readonly callbackUrl: string;
  readonly proof: UrlProof;
  readonly vapid: Vapid;
  readonly hosts: PushHosts;
  /** To the services of the browsers' makers: public addresses alone. */
  readonly outside: OutsideClient;
  /** To hosts that were configured by name, wherever they are. */
  readonly own: OutsideClient;
}

export async function send(
  sender: PushSender,
  outbound: Outbound,
  { deadlineMs, now }: { readonly deadlineMs: number; readonly now: number },
): Promise<SendOutcome> {
  const request = await pushRequest(sender, outbound);
  if ('kind' in request) return request;
  const client = sender.hosts.isOwn(new URL(request.url).host) ? sender.own : sender.outside;
  try {
    return readAnswer(await client.request({ ...request, deadlineMs }), outbound, now);
  } catch (error) {
    if (!(error instanceof HttpClientError)) throw error;
    if (error.code === 'not-sent') return refusal(FailureCode.PROVIDER_FAULT, error.code);
    return { kind: 'unknown', detail: error.message };
  }
}

async function pushRequest(
  sender: PushSender,
  outbound: Outbound,
): Promise<OutsideRequest | Refusal> {
  const subscription = readSubscription(outbound.to);
  // What may be subscribed to can have changed since somebody subscribed.
  if (subscription === null || !sender.hosts.admits(subscription.endpoint.host)) {
    return refusal(FailureCode.INVALID_RECIPIENT, 'not sent: no service that is admitted');
  }
  const { endpoint, keys } = subscription;
  const content = payloadOf(outbound, sender);
  if (content.byteLength > PUSH_CONTENT_BYTES_MAX) {
    return refusal(FailureCode.INVALID_CONTENT, 'not sent: the content is over its limit');
  }
  const steps = Math.ceil(content.byteLength / PADDED_STEP_BYTES);
  const paddedBytes = Math.min(steps * PADDED_STEP_BYTES, PUSH_CONTENT_BYTES_MAX);
  return {
    method: 'POST',
    url: endpoint.href,
    headers: {
      authorization: await sender.vapid.authorizationFor(endpoint.origin),
      'content-type': 'application/octet-stream',
      'content-encoding': 'aes128gcm',
      ttl: String(Math.min(outbound.ttlSeconds, TTL_SECONDS_MAX)),
      urgency: urgencies[outbound.type],
      topic: topicOf(outbound.attemptId),
    },
    body: sealPush(content, keys, { paddedBytes }),
  };
}

/** The attempt's UUID in 22 characters; a topic has 32 at the most (RFC 8030 section 5.4). */
export function topicOf(attemptId: string): string {
  return encodeBase64url(Buffer.from(attemptId.replaceAll('-', ''), 'hex'));
}

/** What the app reads: docs/push.md. */
function payloadOf(
  { content, messageId, attemptId }: Outbound,
  { callbackUrl, proof }: PushSender,
): Buffer {
  assert(content.channel === 'PUSH', 'a push provider is handed push content');
  const { title, body, url, isSealed, actions } = content;
  const receipt = attemptUrl(callbackUrl, attemptId, proof);
  return Buffer.from(JSON.stringify({ messageId, title, body, url, isSealed, actions, receipt }));
}

function readAnswer(
  { status, headers }: HttpAnswer,
  { attemptId }: Outbound,
  now: number,
): SendOutcome {
  // Apple's service names no message.
  if (status === 201) {
    return { kind: 'accepted', providerMessageId: headers['location'] ?? attemptId };
  }
  const code =
    answerFailures.get(status) ?? (status >= 400 && status < 500 ? FailureCode.UNKNOWN : null);
  if (code === null) return { kind: 'unknown', detail: `status ${status} of a push service` };
  return refusal(code, `http ${status}`, retryAfterMs(headers['retry-after'], now));
}
