// Google's RCS for Business API as its customers see it: messages with their own ids, capabilities, revocation.
import type { FailureCode } from '../schema/vocabulary.ts';
import type { Behaviour } from './behaviour.ts';
import type { History } from './history.ts';
import type { Message, MessageBook } from './message-book.ts';
import type { TokenEndpoint } from './oauth.ts';
import { lostAnswer, type ReceiptStep } from './profile.ts';
import { contentError, secondsOf, shownContent } from './rbm-content.ts';
import { parseObject, type JsonObject } from './json.ts';
import type { Answer, Incoming, Reply } from './server.ts';
import { stepReply, type Refusals } from './step-reply.ts';

export interface RbmParts {
  readonly agentId: string;
  readonly behaviour: Behaviour;
  readonly tokens: TokenEndpoint;
  readonly book: MessageBook;
  readonly history: History;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const E164 = /^\+[1-9]\d{6,14}$/;
const PHONE_PATH = /^\/v1\/phones\/([^/]+)\/(capabilities|agentMessages)(?:\/([^/]+))?$/;
const BATCH_USERS = { min: 500, max: 10_000 };

// Google's names of the statuses, google/rpc/code.proto.
const statusNames: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

/** Failures that the API answers at once. */
const failureStatuses: Readonly<Partial<Record<FailureCode, number>>> = {
  INVALID_RECIPIENT: 404,
  UNSUPPORTED: 404,
  UNREACHABLE: 404,
  INVALID_CONTENT: 400,
  SENDER_REJECTED: 403,
  AUTH: 401,
  THROTTLED: 429,
  PROVIDER_FAULT: 500,
  UNKNOWN: 500,
};
/** Failures about which the API stays silent: a person who blocked the agent is not told on. */
const silentReceipts: Readonly<Partial<Record<FailureCode, readonly ReceiptStep[]>>> = {
  BLOCKED: [],
  OPTED_OUT: [],
  EXPIRED: [{ kind: 'expired', code: null, afterMs: 50 }],
};

export function createRbm(parts: RbmParts): (incoming: Incoming) => Promise<Reply> {
  const { behaviour, tokens } = parts;
  return async (incoming) => {
    const { method, path } = incoming;
    const hit = behaviour.hit('rbm');
    if (hit !== null) return stepReply(hit, refusals) ?? refuse(500);
    if (method === 'POST' && path === '/token') {
      return tokens.grant(incoming, behaviour.faults.rbm.tokenTtlSeconds);
    }
    if (!tokens.admits(incoming)) return refuse(401);
    if (method === 'POST' && path === '/v1/users:batchGet') return batchGet(parts, incoming);
    const [, phone = '', resource, id] = PHONE_PATH.exec(path) ?? [];
    if (resource === undefined) return refuse(404);
    if (incoming.query.get('agentId') !== parts.agentId) return refuse(403);
    const address = decodeURIComponent(phone);
    if (!E164.test(address)) return refuse(400, 'phone');
    if (resource === 'capabilities' && method === 'GET')
      return capabilities(parts, address, incoming);
    if (resource === 'agentMessages' && method === 'POST') return submit(parts, address, incoming);
    if (resource === 'agentMessages' && method === 'DELETE') {
      return parts.book.revoke(id ?? '') ? { status: 200, body: {} } : refuse(404);
    }
    return refuse(404);
  };
}

function capabilities({ behaviour }: RbmParts, address: string, incoming: Incoming): Answer {
  if (!UUID.test(incoming.query.get('requestId') ?? '')) return refuse(400, 'requestId');
  const { reachable, features } = behaviour.profileOf(address).rcs;
  return reachable ? { status: 200, body: { features } } : refuse(404);
}

function batchGet({ behaviour, agentId }: RbmParts, { body }: Incoming): Answer {
  const given = objectOrEmpty(body);
  const users = new Set(
    Array.isArray(given['users']) ? (given['users'] as unknown[]).map(String) : [],
  );
  if (given['agentId'] !== agentId) return refuse(403);
  if (users.size < BATCH_USERS.min || users.size > BATCH_USERS.max) return refuse(400, 'users');
  const reachableUsers = [...users].filter((user) => behaviour.profileOf(user).rcs.reachable);
  // A random sample of three quarters, as the API gives it: here all of it is reachable or not as told.
  const totalRandomSampleUserCount = Math.floor(users.size * 0.75);
  const reachableRandomSampleUserCount = Math.floor(reachableUsers.length * 0.75);
  const counts = { totalRandomSampleUserCount, reachableRandomSampleUserCount };
  return { status: 200, body: { reachableUsers, ...counts } };
}

function submit(parts: RbmParts, address: string, incoming: Incoming): Reply {
  const { behaviour, history } = parts;
  const messageId = incoming.query.get('messageId') ?? '';
  const body = objectOrEmpty(incoming.body);
  const wrong = UUID.test(messageId) ? contentError(body) : 'messageId';
  if (wrong !== null) return refuse(400, wrong);

  const step = behaviour.nextStep('RCS', address);
  const failed = stepReply(step, refusals);
  if (failed === null && behaviour.profileOf(address).rcs.reachable) {
    const silent = step.kind === 'fail' ? silentReceipts[step.code] : undefined;
    const taken = acceptOnce(parts, messageId, address, body, silent);
    return lostAnswer(step) ?? { status: 200, body: taken.answer };
  }
  const reply = failed ?? refuse(404);
  const permanent = typeof reply === 'object' && [400, 403, 404].includes(reply.status);
  history.write({ k: 'reject', attempt: messageId, recipient: address, channel: 'RCS', permanent });
  return reply;
}

/** A message id that came before is answered like the first time, and delivered once. */
function acceptOnce(
  { book }: RbmParts,
  messageId: string,
  address: string,
  body: JsonObject,
  receipts: readonly ReceiptStep[] | undefined,
): Message {
  const known = book.find(messageId);
  if (known !== undefined) return known;
  const ttl = body['ttl'];
  const message: Message = {
    ref: messageId,
    attempt: messageId,
    address,
    ttlMs: typeof ttl === 'string' ? secondsOf(ttl) * 1000 : null,
    shown: shownContent(body),
    answer: {
      name: `phones/${address}/agentMessages/${messageId}`,
      sendTime: new Date().toISOString(),
      ...body,
    },
    callbackUrl: null,
  };
  book.accept(message, receipts);
  return message;
}

const refusals: Refusals = {
  byStatus: (status) => refuse(status),
  byCode: (code) => {
    const status = failureStatuses[code];
    return status === undefined ? null : refuse(status);
  },
};

/** Google's error envelope; a status without a name of theirs comes from a gateway, in HTML. */
function refuse(status: number, field?: string): Answer {
  const name = statusNames[status];
  if (name === undefined) return { status, body: `<html><h1>${status}</h1></html>` };
  const message = field === undefined ? name : `Invalid value for ${field}.`;
  return { status, body: { error: { code: status, message, status: name } } };
}

function objectOrEmpty(body: Buffer): JsonObject {
  try {
    return parseObject(body);
  } catch {
    return {};
  }
}
