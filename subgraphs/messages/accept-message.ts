// Accepts messages: decides their routes and makes them durable, with decision, attempt, task and event in one commit.
import { ApiError } from '../../platform/errors.ts';
import { coalesce } from '../../platform/coalesce.ts';
import type { Transaction } from '../../platform/database.ts';
import { appendEvents, type NewEvent } from '../../platform/event-log.ts';
import { putTasks, type NewTask } from '../../platform/task-queue.ts';
import type { MessagesDeps } from './deps.ts';
import { taskOf } from './domain/message-state.ts';
import { priorityOf } from './domain/policy.ts';
import {
  bodyOf,
  draftMessages,
  loadGround,
  type AcceptRequest,
  type Draft,
} from './draft-message.ts';
import { refuse, refuseOne, type Result } from './refusal.ts';
import { sameRequest } from './request-digest.ts';
import { findByIdempotencyKeys } from './store/find-messages.ts';
import { insertMessages, type NewMessage } from './store/insert-messages.ts';
import type { MessageRow } from './store/message.table.ts';
import { saveAttempts } from './store/save-attempts.ts';
import { taskKeyOf } from './task-key.ts';

/** What the API shows of a message: the row without what it says. */
export type AcceptedMessage = Omit<MessageRow, 'variablesSealed' | 'requestDigest'>;
export type AcceptResult = Result<{ message: AcceptedMessage; replayed: boolean }>;
export type AcceptMessage = (request: AcceptRequest) => Promise<AcceptResult>;

const BATCH_MAX = 200;
const BATCHES_MAX = 4;
const WAITING_MAX = 5_000;

/** Concurrent calls of one tenant share their statements and their commit: 4 to 5 times the rate of one by one. */
export function createAcceptMessage(deps: MessagesDeps): AcceptMessage {
  return coalesce<AcceptRequest, AcceptResult>({
    itemsMax: BATCH_MAX,
    batchesMax: BATCHES_MAX,
    waitingMax: WAITING_MAX,
    overflow: () =>
      new ApiError('RATE_LIMITED', 'More messages wait to be accepted than fit.', {
        retryAfter: 1,
      }),
    groupOf: (request) => request.tenantId,
    run: (requests, tenantId) =>
      deps.database.transaction(tenantId, (tx) => acceptBatch(tx, deps, tenantId, requests)),
  });
}

/** About ten statements for any number of requests of one tenant. Results stand in the requests' order. */
export async function acceptBatch(
  tx: Transaction,
  deps: MessagesDeps,
  tenantId: string,
  requests: readonly AcceptRequest[],
): Promise<AcceptResult[]> {
  const keys = [...new Set(requests.map((request) => request.idempotencyKey))];
  const [used, ground] = await Promise.all([
    findByIdempotencyKeys(tx, tenantId, keys),
    loadGround(tx, deps, tenantId, requests),
  ]);
  const known = new Map(used);
  // Of twins in one batch the first is accepted and the others are answered like later repetitions.
  const fresh = new Map<string, AcceptRequest>();
  for (const request of requests) {
    const { idempotencyKey } = request;
    if (!known.has(idempotencyKey) && !fresh.has(idempotencyKey))
      fresh.set(idempotencyKey, request);
  }
  const drafts = await draftMessages(tx, deps, ground, [...fresh.values()]);
  const accepted = await storeMessages(tx, deps, tenantId, drafts);
  const lost = drafts.flatMap(({ draft }) =>
    draft.ok && !accepted.has(draft.value.idempotencyKey) ? [draft.value.idempotencyKey] : [],
  );
  for (const [key, row] of await findByIdempotencyKeys(tx, tenantId, lost)) known.set(key, row);
  const refused = new Map(
    drafts.flatMap(({ request, draft }) => (draft.ok ? [] : [[request.idempotencyKey, draft]])),
  );
  // A refused request used no key: its twins are weighed by themselves.
  const spared = requests.filter(
    (request) =>
      refused.has(request.idempotencyKey) && fresh.get(request.idempotencyKey) !== request,
  );
  const later = spared.length === 0 ? [] : await acceptBatch(tx, deps, tenantId, spared);
  const spare = new Map(spared.map((request, index) => [request, later[index]]));

  return Promise.all(
    requests.map(async (request): Promise<AcceptResult> => {
      const { idempotencyKey } = request;
      const own = spare.get(request) ?? refused.get(idempotencyKey);
      if (own !== undefined) return own;
      const mine = accepted.get(idempotencyKey);
      if (mine !== undefined && fresh.get(idempotencyKey) === request) {
        return { ok: true, value: { message: mine.message, replayed: false } };
      }
      const earlier = known.get(idempotencyKey) ?? mine?.message;
      const stored = known.get(idempotencyKey)?.requestDigest ?? mine?.requestDigest;
      // Neither accepted nor refused: another transaction took the key and is not to be seen yet.
      if (earlier === undefined || stored === undefined) return refuse([]);
      return (await sameRequest(deps.kms, tenantId, bodyOf(request), stored))
        ? { ok: true, value: { message: earlier, replayed: true } }
        : refuseOne(
            'IDEMPOTENCY_KEY_REUSED',
            ['idempotencyKey'],
            'This key came before with another body; use a new key for another message.',
          );
    }),
  );
}

interface Stored {
  readonly message: AcceptedMessage;
  readonly requestDigest: string;
}

/** Writes what was drafted, by idempotency key; one that another transaction took in the meantime is missing. */
export async function storeMessages(
  tx: Transaction,
  deps: MessagesDeps,
  tenantId: string,
  drafts: readonly Draft[],
): Promise<ReadonlyMap<string, Stored>> {
  const ready = drafts.flatMap(({ draft }) => (draft.ok ? [draft.value] : []));
  if (ready.length === 0) return new Map();
  const inserted = await insertMessages(tx, ready);
  const messages = ready.filter((message) => inserted.has(message.id));
  const now = deps.clock.now();
  const attempts = messages.flatMap(({ id: messageId, attempts: ofMessage }) =>
    ofMessage.map((attempt) => ({ tenantId, messageId, attempt, evidence: {} })),
  );
  const tasks = messages.flatMap(({ id, attempts: ofMessage, template, sendAt }) =>
    ofMessage.map((attempt): NewTask => ({
      tenantId,
      key: taskKeyOf(id, taskOf(attempt)),
      lane: attempt.route.provider,
      priority: priorityOf[template.content.type],
      share: tenantId,
      delayMs: sendAt === null ? 0 : Math.max(0, sendAt - now),
    })),
  );
  const events = messages.map((message): NewEvent => ({
    tenantId,
    id: deps.newUuid(),
    name: 'message.accepted',
    payload: { messageId: message.id, recipientId: message.recipientId },
    occurredAt: message.createdAt,
  }));
  await Promise.all([
    saveAttempts(tx, attempts, now),
    putTasks(tx, 'messages', tasks),
    appendEvents(tx, 'messages', events),
  ]);
  tx.afterCommit(() => {
    deps.bus.wake('tasks:messages');
    deps.bus.wake('events:messages');
  });
  return new Map(messages.map((message) => [message.idempotencyKey, storedOf(message)]));
}

function storedOf(message: NewMessage): Stored {
  const { tenantId, id, idempotencyKey, recipientId, templateId, reference, locale, decision } =
    message;
  return {
    requestDigest: message.requestDigest,
    message: {
      tenantId,
      id,
      idempotencyKey,
      recipientId,
      templateId,
      reference,
      locale,
      decision,
      phase: 'ACTIVE',
      endStatus: null,
      endReason: null,
      sendAt: message.sendAt === null ? null : new Date(message.sendAt),
      expiresAt: new Date(message.expiresAt),
      createdAt: new Date(message.createdAt),
    },
  };
}
