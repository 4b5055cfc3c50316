// Appends what a person said, one record a channel, and folds the state in the same commit: it is in effect when we answer.
import { coalesce } from '../../platform/coalesce.ts';
import type { Transaction } from '../../platform/database.ts';
import { ApiError } from '../../platform/errors.ts';
import { appendEvents } from '../../platform/event-log.ts';
import type { EventName, EventPayloads } from '../../schema/events.ts';
import { IdempotencyKeyReused } from '../../schema/user-errors.ts';
import type { ConsentDeps } from './deps.ts';
import type { ConsentRecord } from './domain/consent-record.ts';
import { foldConsent } from './domain/consent-state.ts';
import {
  draftRecords,
  type AppendConsentError,
  type AppendConsentRequest,
  type Draft,
} from './draft-records.ts';
import { placeInLog } from './grow-log.ts';
import { appendRecords, saveStanding } from './store/append-records.ts';
import {
  findByIdempotencyKeys,
  findHappenings,
  findStandingRecords,
  happeningOf,
  placeOf,
} from './store/find-records.ts';
import { lockSubjects } from './store/lock-subjects.ts';
import { lockHead, saveGrowth } from './store/log-nodes.ts';

export interface AppendConsentResult {
  /** What stands for the channels now, in their order; null when refused. */
  readonly consents: ConsentRecord[] | null;
  /** True when nothing was new. */
  readonly replayed: boolean;
  readonly errors: AppendConsentError[];
}

const NAME = 'consent.recorded' satisfies EventName;

/** In effect when it answers. */
export type AppendConsent = (request: AppendConsentRequest) => Promise<AppendConsentResult>;

const BATCH_MAX = 200;
/** Of one tenant, one waits for the other's place in the log while it finds out what is new. */
const BATCHES_MAX = 2;
const WAITING_MAX = 5_000;

/** Concurrent calls of one tenant share their statements and their commit, and one step in the tenant's log. */
export function createAppendConsent(deps: ConsentDeps): AppendConsent {
  return coalesce<AppendConsentRequest, AppendConsentResult>({
    itemsMax: BATCH_MAX,
    batchesMax: BATCHES_MAX,
    waitingMax: WAITING_MAX,
    overflow: () =>
      new ApiError('RATE_LIMITED', 'More consents wait to be recorded than fit.', {
        retryAfter: 1,
      }),
    groupOf: ({ tenantId }) => tenantId,
    run: (requests, tenantId) =>
      deps.database.transaction(tenantId, (tx) => appendConsents(tx, deps, tenantId, requests)),
  });
}

/** Many requests of one tenant, in the caller's transaction: what else it writes commits with the records.
 *  About ten statements for any number. Each request is taken or refused by itself; results stand in their order. */
export async function appendConsents(
  tx: Transaction,
  deps: ConsentDeps,
  tenantId: string,
  requests: readonly AppendConsentRequest[],
): Promise<AppendConsentResult[]> {
  const recordedAt = deps.clock.now();
  const drafts = await draftRecords(tx, deps, tenantId, { requests, recordedAt });
  const records = drafts.flatMap((draft) => draft.records);
  const subjects = [...new Set(records.map(({ subject }) => subject))];
  const keys = [...new Set(records.flatMap(({ idempotencyKey }) => idempotencyKey ?? []))];
  if (records.length > 0) await lockSubjects(tx, tenantId, [...subjects, ...keys]);
  const [earlier, happened, before] = await Promise.all([
    findByIdempotencyKeys(tx, tenantId, keys),
    findHappenings(tx, records),
    findStandingRecords(tx, tenantId, subjects),
  ]);
  const { taken, fresh } = sift(drafts, earlier, happened);
  const standing = new Map(
    before.map((record): [string, ConsentRecord] => [placeOf(record), record]),
  );
  const changed = foldInto(standing, fresh);
  if (fresh.length > 0) {
    const growth = placeInLog(await lockHead(tx, tenantId), fresh);
    await Promise.all([
      appendRecords(tx, growth.placed),
      saveGrowth(tx, tenantId, growth),
      saveStanding(tx, changed),
      tell(tx, deps, fresh),
    ]);
  }
  return taken.map(({ draft, replayed, errors }) => {
    if (errors.length > 0) return { consents: null, replayed: false, errors };
    const consents = draft.records.flatMap((record) => standing.get(placeOf(record)) ?? []);
    return { consents, replayed, errors: [] };
  });
}

interface Taken {
  readonly draft: Draft;
  readonly replayed: boolean;
  readonly errors: AppendConsentError[];
}

/** Tells what is new from what was said before, in the log or earlier in this batch. */
function sift(
  drafts: readonly Draft[],
  earlier: readonly ConsentRecord[],
  happened: ReadonlySet<string>,
): { readonly taken: readonly Taken[]; readonly fresh: readonly ConsentRecord[] } {
  const byKey = new Map(Map.groupBy(earlier, ({ idempotencyKey }) => idempotencyKey));
  const known = new Set(happened);
  const fresh: ConsentRecord[] = [];
  const taken = drafts.map((draft): Taken => {
    if (draft.errors.length > 0) return { draft, replayed: false, errors: [...draft.errors] };
    const key = draft.records[0]?.idempotencyKey ?? null;
    const same = key === null ? undefined : byKey.get(key);
    if (same !== undefined) {
      return { draft, replayed: true, errors: repeats(draft, same, known) ? [] : [keyReused()] };
    }
    const novel = draft.records.filter((record) => !known.has(happeningOf(record)));
    for (const record of novel) known.add(happeningOf(record));
    if (key !== null && novel.length > 0) byKey.set(key, novel);
    fresh.push(...novel);
    return { draft, replayed: novel.length === 0, errors: [] };
  });
  return { taken, fresh };
}

/** Folds records into what stands; answers those that stand now and did not. */
function foldInto(
  standing: Map<string, ConsentRecord>,
  records: readonly ConsentRecord[],
): readonly ConsentRecord[] {
  const changed = new Map<string, ConsentRecord>();
  for (const record of records) {
    const place = placeOf(record);
    if (foldConsent(standing.get(place) ?? null, record) !== record) continue;
    standing.set(place, record);
    changed.set(place, record);
  }
  return [...changed.values()];
}

/** Whether the records that came with the key say what this one says. What had happened before did not come with it. */
function repeats(
  { records, timed }: Draft,
  earlier: readonly ConsentRecord[],
  happened: ReadonlySet<string>,
): boolean {
  const sameOf = (one: ConsentRecord, others: readonly ConsentRecord[]) =>
    others.find(({ channel }) => channel === one.channel);
  return (
    earlier.every((record) => sameOf(record, records) !== undefined) &&
    records.every((record) => {
      const same = sameOf(record, earlier);
      return same === undefined
        ? happened.has(happeningOf(record))
        : saysTheSame(record, same, timed);
    })
  );
}

function saysTheSame(one: ConsentRecord, other: ConsentRecord, timed: boolean): boolean {
  return (
    other.recipientId === one.recipientId &&
    other.deviceId === one.deviceId &&
    other.purpose === one.purpose &&
    other.action === one.action &&
    other.source === one.source &&
    other.method === one.method &&
    other.jurisdiction === one.jurisdiction &&
    other.regulation === one.regulation &&
    other.policyVersion === one.policyVersion &&
    other.expiresAt === one.expiresAt &&
    (!timed || other.occurredAt === one.occurredAt)
  );
}

async function tell(
  tx: Transaction,
  { database, bus, newUuid }: ConsentDeps,
  records: readonly ConsentRecord[],
): Promise<void> {
  const events = records.map((record) => {
    const { tenantId, id: consentId, recipientId, recordedAt } = record;
    const { subject, purpose, channel, action } = record;
    const said = { subject, purpose, channel, action };
    const payload: EventPayloads[typeof NAME] = { consentId, recipientId, ...said };
    return { tenantId, id: newUuid(), name: NAME, payload, occurredAt: recordedAt };
  });
  await appendEvents(tx, database.schema, events);
  tx.afterCommit(() => bus.wake(`events:${database.schema}`));
}

function keyReused(): IdempotencyKeyReused {
  const sentence = 'This key came before with another body; use a new key for another record.';
  return new IdempotencyKeyReused(['idempotencyKey'], sentence);
}
