// A push service as its senders see it (RFC 8030), with the browsers behind it that open what it brings.
import { createPublicKey, randomBytes } from 'node:crypto';
import { jwtVerify } from 'jose';
import type { FailureCode } from '../schema/vocabulary.ts';
import type { Behaviour } from './behaviour.ts';
import type { History } from './history.ts';
import { isLoopback, parseObject, type JsonObject } from './json.ts';
import type { Message, MessageBook } from './message-book.ts';
import { lostAnswer, type ReceiptStep } from './profile.ts';
import type { PushSubscription, PushSubscriptions } from './push-subscriptions.ts';
import type { Answer, Incoming, Reply } from './server.ts';
import { stepReply, type Refusals } from './step-reply.ts';

export interface WebPushParts {
  readonly behaviour: Behaviour;
  readonly book: MessageBook;
  readonly history: History;
  readonly subscriptions: PushSubscriptions;
}

const BODY_BYTES_MAX = 4_096;
const TTL_SECONDS_MAX = 2_419_200;
const TOPIC = /^[\w-]{1,32}$/;
const TOPICS_MAX = 1_000;
const VAPID = /^vapid t=([\w.-]+), ?k=([\w-]+)$/;
// RFC 8292 section 2.
const TOKEN_SECONDS_MAX = 86_400;

/** Failures that a service knows of. Of all others, as of a person who never looks, it does not tell. */
const failureStatuses: Readonly<Partial<Record<FailureCode, number>>> = {
  INVALID_RECIPIENT: 410,
  UNSUPPORTED: 404,
  INVALID_CONTENT: 413,
  AUTH: 401,
  SENDER_REJECTED: 403,
  THROTTLED: 429,
  PROVIDER_FAULT: 500,
};
const NEVER: readonly ReceiptStep[] = [];

export function createWebPush(parts: WebPushParts): (incoming: Incoming) => Promise<Reply> {
  return async (incoming) => {
    const hit = parts.behaviour.hit('push');
    if (hit !== null) return stepReply(hit, refusals) ?? refuse(500);
    const subscription = parts.subscriptions.find(incoming.path);
    if (incoming.method !== 'POST') return refuse(405);
    if (subscription === undefined) return refuse(410);
    const sender = await senderOf(incoming, subscription);
    if (typeof sender === 'number') return refuse(sender);
    const wrong = wrongIn(incoming);
    return wrong === null ? take(parts, incoming, { subscription, sender }) : refuse(wrong);
  };
}

/** Whom the token names (RFC 8292), or the status for one who may not send here. */
async function senderOf(
  { headers }: Incoming,
  { applicationServerKey }: PushSubscription,
): Promise<string | number> {
  const [, token = '', key = ''] = VAPID.exec(headers.authorization ?? '') ?? [];
  if (applicationServerKey !== null && key !== '' && key !== applicationServerKey) return 403;
  try {
    const point = Buffer.from(key, 'base64url');
    const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) =>
      half.toString('base64url'),
    );
    const jwk = { kty: 'EC', crv: 'P-256', x, y };
    const { payload } = await jwtVerify(token, createPublicKey({ key: jwk, format: 'jwk' }), {
      algorithms: ['ES256'],
      audience: `https://${headers.host}`,
      requiredClaims: ['exp', 'sub'],
    });
    const lifeSeconds = (payload.exp ?? Infinity) - Date.now() / 1_000;
    return lifeSeconds > TOKEN_SECONDS_MAX ? 401 : String(payload.sub);
  } catch {
    return 401;
  }
}

/** The status for a request that breaks a rule of RFC 8030 or 8291; null for one that keeps them. */
function wrongIn({ headers, body }: Incoming): number | null {
  const { ttl, topic } = headers;
  if (body.byteLength > BODY_BYTES_MAX) return 413;
  if (headers['content-encoding'] !== 'aes128gcm') return 400;
  if (typeof ttl !== 'string' || !/^\d+$/.test(ttl)) return 400;
  return topic === undefined || TOPIC.test(String(topic)) ? null : 400;
}

function take(
  { behaviour, book, history }: WebPushParts,
  incoming: Incoming,
  { subscription, sender }: { subscription: PushSubscription; sender: string },
): Reply {
  const { id } = subscription;
  const step = behaviour.nextStep('PUSH', id);
  const content = contentOf(incoming, subscription);
  const message = messageOf(incoming, { id, sender, content });
  const failed = stepReply(step, refusals);
  if (failed !== null) {
    const { attempt } = message;
    const permanent = typeof failed === 'object' && [404, 410, 413].includes(failed.status);
    history.write({ k: 'reject', attempt, recipient: id, channel: 'PUSH', permanent });
    return failed;
  }
  replaceTopic(book, subscription, { topic: incoming.headers['topic'], ref: message.ref });
  const silent = content === null || step.kind === 'fail';
  book.accept(message, silent ? NEVER : undefined);
  const location = `https://${incoming.headers.host}/messages/${message.ref}`;
  return lostAnswer(step) ?? { status: 201, headers: { location }, body: '' };
}

/** What the app reads; null for what its browser cannot open, or is not JSON. */
export function contentOf(
  { body }: Incoming,
  subscription: PushSubscription | undefined,
): JsonObject | null {
  try {
    const opened = subscription?.open(body) ?? null;
    return opened && parseObject(opened);
  } catch {
    return null;
  }
}

/** A message that still waits gives way to the next one of its topic (RFC 8030 section 5.4). */
function replaceTopic(
  book: MessageBook,
  { topics }: PushSubscription,
  { topic, ref }: { topic: string | string[] | undefined; ref: string },
): void {
  if (typeof topic !== 'string') return;
  const before = topics.get(topic);
  if (before !== undefined) book.revoke(before);
  topics.delete(topic);
  topics.set(topic, ref);
  const [oldest] = topics.size > TOPICS_MAX ? topics.keys() : [];
  if (oldest !== undefined) topics.delete(oldest);
}

function messageOf(
  { headers }: Incoming,
  { id, sender, content }: { id: string; sender: string; content: JsonObject | null },
): Message {
  const { title = null, body = '', url = null, actions = [], receipt = null } = content ?? {};
  const callbackUrl = typeof receipt === 'string' && isLoopback(receipt) ? receipt : null;
  const open = typeof url === 'string' ? [{ label: 'Open', url, postback: '' }] : [];
  return {
    ref: randomBytes(12).toString('base64url'),
    attempt: callbackUrl && new URL(callbackUrl).searchParams.get('a'),
    address: id,
    ttlMs: Math.min(Number(headers['ttl']), TTL_SECONDS_MAX) * 1_000,
    shown: {
      channel: 'PUSH',
      from: sender,
      title: typeof title === 'string' ? title : null,
      text: String(body),
      suggestions: [...open, ...(actions as readonly Action[]).map(suggestionOf)],
    },
    answer: {},
    callbackUrl,
  };
}

interface Action {
  readonly id: string;
  readonly label: string;
  readonly url: string | null;
}

const suggestionOf = ({ id, label, url }: Action) => ({ label, url, postback: id });

const refusals: Refusals = {
  byStatus: (status) => refuse(status),
  byCode: (code) => {
    const status = failureStatuses[code];
    return status === undefined ? null : refuse(status);
  },
};

const refuse = (status: number): Answer => ({ status, body: '' });
