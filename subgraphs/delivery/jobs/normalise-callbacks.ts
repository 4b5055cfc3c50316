// Turns kept callbacks into events and inbounds: many a commit, each once. A receipt that comes before its attempt waits.
import type { Transaction } from '../../../platform/database.ts';
import { takeTurn } from '../../../platform/event-log.ts';
import { createLoop, type Job } from '../../../platform/loop.ts';
import type { Provider, ProviderEvent, RawCallback } from '../../../providers/provider.ts';
import type { CallbackVault } from '../callback-vault.ts';
import type { DeliveryDeps } from '../context.ts';
import { actionOf } from '../domain/conversation.ts';
import { readKeyword } from '../domain/keywords.ts';
import { dedupeKeyOf } from '../domain/receipt-status.ts';
import type { RecordedEvent } from '../domain/recorded-event.ts';
import { hearPeople, type HeardTap } from '../hear-people.ts';
import { recordEvents } from '../record-events.ts';
import { recordInbounds, type ReceivedInbound } from '../record-inbounds.ts';
import {
  lockDueCallbacks,
  settleCallbacks,
  type CallbackFate,
  type WaitingCallback,
} from '../store/insert-callbacks.ts';
import { publicId } from '../../../schema/ids.ts';
import { findNamedAttempts, findSentAttempts, type SentAttempt } from '../store/sent-attempts.ts';

const BATCH_MAX = 200;
const RETRY_BASE_MS = 20;
const RETRY_CAP_MS = 600_000;
/** After about a day: attempts are known within milliseconds, unless the log is far behind. */
const TRIES_MAX = 160;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function normaliseCallbacks(deps: DeliveryDeps, vault: CallbackVault): Job {
  return createLoop({
    name: 'normalise-callbacks',
    bus: deps.bus,
    // The attempt that a callback waits for arrives by the follower, which wakes this topic with its events.
    topics: ['tasks:delivery', 'events:delivery'],
    pollMs: deps.settings.pollMs,
    log: deps.log,
    round: () =>
      deps.database.acrossTenants(async (tx) => {
        const turn = takeTurn(tx, 'delivery');
        const [waiting] = await Promise.all([lockDueCallbacks(tx, BATCH_MAX), turn]);
        if (waiting.length > 0) await normalise(tx, deps, vault, waiting);
        return waiting.length === BATCH_MAX;
      }),
  });
}

interface ReadEvent {
  readonly event: ProviderEvent;
  /** Null where it is about no attempt of ours. */
  readonly subject: Subject | null;
}

interface ReadCallback {
  readonly callback: WaitingCallback;
  /** False: it does not open, or its provider's words were never said so. Nobody will make more of it. */
  readonly readable: boolean;
  readonly events: readonly ReadEvent[];
  readonly inbounds: readonly ReceivedInbound[];
}

async function normalise(
  tx: Transaction,
  deps: DeliveryDeps,
  vault: CallbackVault,
  waiting: readonly WaitingCallback[],
): Promise<void> {
  const now = deps.clock.now();
  const opened = await vault.open(tx, waiting);
  const read = waiting.map((callback): ReadCallback => {
    const raw = opened.get(callback.id);
    const provider = deps.providers.get(callback.provider);
    const events = raw && provider ? wordsOf(deps, provider, { callback, raw }) : null;
    if (events === null || provider === undefined) {
      return { callback, readable: false, events: [], inbounds: [] };
    }
    return {
      callback,
      readable: true,
      events: events.map((event) => ({ event, subject: subjectOf(event, provider) })),
      inbounds: events.flatMap((event) => toInbound(callback, event, provider, now)),
    };
  });
  const subjects = read.flatMap(({ events }) => events.flatMap(({ subject }) => subject ?? []));
  const findAttempt = await findAttempts(tx, subjects);
  const recorded = read.flatMap(({ callback, events }) =>
    events.flatMap((event) => toRecorded(callback, event, findAttempt, now)),
  );
  await recordEvents(tx, deps, recorded);
  const { owned, texts } = await recordInbounds(
    tx,
    deps,
    read.flatMap(({ inbounds }) => inbounds),
  );
  const taps = read.flatMap(({ callback, events }) =>
    events.flatMap((event) => toTap(callback, event, findAttempt, now)),
  );
  await hearPeople(tx, deps, { taps, texts });
  await settleCallbacks(
    tx,
    read.map((one) => fateOf(one, findAttempt, owned)),
  );
}

/** Null where the provider's own reader fails on them: a fault of ours that must not hold up the others. */
function wordsOf(
  { log }: Pick<DeliveryDeps, 'log'>,
  provider: Provider,
  { callback, raw }: { callback: WaitingCallback; raw: RawCallback },
): readonly ProviderEvent[] | null {
  try {
    return provider.events(raw);
  } catch (error) {
    log.error(
      { err: error, callbackId: callback.id, provider: provider.id },
      'callback unreadable',
    );
    return null;
  }
}

/** What an event says of whose it is: our attempt's id, or the provider's id of a message. */
type Subject =
  | { readonly attemptId: string }
  | { readonly provider: string; readonly providerMessageId: string };

function subjectOf(event: ProviderEvent, { id, receiptsName }: Provider): Subject | null {
  const { attemptId, providerMessageId, type } = event;
  if (isUuid(attemptId)) return { attemptId };
  const named = receiptsName === 'message' && type !== null && providerMessageId !== null;
  return named ? { provider: id, providerMessageId } : null;
}

/** The attempt that a subject is; undefined while it is not known. */
type FindAttempt = (subject: Subject) => SentAttempt | undefined;

async function findAttempts(tx: Transaction, subjects: readonly Subject[]): Promise<FindAttempt> {
  const ids = subjects.flatMap((one) => ('attemptId' in one ? [one.attemptId] : []));
  const messages = subjects.flatMap((one) => ('attemptId' in one ? [] : [one]));
  const byId = await findSentAttempts(tx, [...new Set(ids)]);
  const byName = await findNamedAttempts(tx, messages);
  return (subject) =>
    'attemptId' in subject
      ? byId.get(subject.attemptId)
      : byName.get(subject.provider)?.get(subject.providerMessageId);
}

const isUuid = (text: string | null): text is string => text !== null && UUID.test(text);

function fateOf(
  { callback, readable, events, inbounds }: ReadCallback,
  findAttempt: FindAttempt,
  owned: ReadonlySet<string>,
): CallbackFate {
  const { id, tries } = callback;
  if (!readable) return { id, tenantId: '', state: 'UNREADABLE', delayMs: 0 };
  const ours = events.flatMap(({ subject }) => subject ?? []);
  if (ours.length === 0) {
    // An inbound may be several tenants', so the callback stays with none of them.
    const state = inbounds.some(({ from }) => owned.has(from)) ? 'MATCHED' : 'IGNORED';
    return { id, tenantId: '', state, delayMs: 0 };
  }
  const known = ours.map((subject) => findAttempt(subject));
  const [first] = known;
  if (first !== undefined && !known.includes(undefined)) {
    return { id, tenantId: first.tenantId, state: 'MATCHED', delayMs: 0 };
  }
  if (tries >= TRIES_MAX) return { id, tenantId: '', state: 'UNMATCHED', delayMs: 0 };
  const delayMs = Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** Math.min(tries, 20));
  return { id, tenantId: '', state: 'NEW', delayMs };
}

function toRecorded(
  callback: WaitingCallback,
  { event, subject }: ReadEvent,
  findAttempt: FindAttempt,
  now: number,
): RecordedEvent[] {
  const attempt = attemptOf(callback, subject, findAttempt);
  if (attempt === null || event.type === null) return [];
  const { type, providerEventId, providerCode, failureCode } = event;
  const about = { ...attempt, type, providerKey: event.dedupeKey };
  return [
    {
      ...attempt,
      type,
      endStatus: null,
      source: 'PROVIDER',
      addressId: null,
      providerEventId,
      providerCode,
      failureCode,
      fallbackReason: null,
      callbackId: callback.id,
      dedupeKey: dedupeKeyOf(about),
      occurredAt: occurredAtOf(event, callback, now),
      receivedAt: Math.round(callback.receivedAt),
    },
  ];
}

/** A genuine callback about an attempt that another provider carries is a mix-up, not a receipt. */
function attemptOf(
  { provider }: WaitingCallback,
  subject: Subject | null,
  findAttempt: FindAttempt,
): SentAttempt | null {
  const attempt = subject === null ? undefined : findAttempt(subject);
  return attempt?.provider === provider ? attempt : null;
}

/** A provider's clock that runs ahead must not put a delivery into the future. */
const occurredAtOf = ({ occurredAt }: ProviderEvent, callback: WaitingCallback, now: number) =>
  Math.min(occurredAt ?? Math.round(callback.receivedAt), now);

/** A reply that was tapped, beside its place on the timeline: somebody waits for an answer. */
function toTap(
  callback: WaitingCallback,
  { event, subject }: ReadEvent,
  findAttempt: FindAttempt,
  now: number,
): HeardTap[] {
  const attempt = attemptOf(callback, subject, findAttempt);
  const tapped = event.inbound?.tapped ?? null;
  if (attempt === null || tapped === null) return [];
  const { tenantId, recipientId, channel, messageId, provider } = attempt;
  const occurredAt = occurredAtOf(event, callback, now);
  const actionId = actionOf(tapped, publicId('message', messageId));
  const { dedupeKey } = event;
  return [{ tenantId, recipientId, channel, messageId, actionId, provider, dedupeKey, occurredAt }];
}

/** What a person wrote, and what they did without words that is a keyword. Taps are about an attempt. */
function toInbound(
  callback: WaitingCallback,
  event: ProviderEvent,
  { id: provider, channel }: Provider,
  now: number,
): ReceivedInbound[] {
  const { inbound, dedupeKey } = event;
  if (inbound === undefined) return [];
  const { from, text, continues = false } = inbound;
  const readable = text !== null && !continues;
  const keyword = inbound.keyword ?? (readable ? readKeyword(text, provider) : null);
  if (keyword === null && (text === null || text.trim() === '')) return [];
  return [
    {
      from,
      channel,
      keyword,
      text: keyword === null ? text : null,
      provider,
      callbackId: callback.id,
      dedupeKey,
      occurredAt: occurredAtOf(event, callback, now),
      receivedAt: Math.round(callback.receivedAt),
    },
  ];
}
