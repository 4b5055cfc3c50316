// Appends what a person said, one record a channel, and folds the state in the same commit: it is in effect when we answer.
import { assert } from '../../platform/assert.ts';
import type { Transaction } from '../../platform/database.ts';
import { appendEvents } from '../../platform/event-log.ts';
import type { EventName, EventPayloads } from '../../schema/events.ts';
import { uuidOf } from '../../schema/ids.ts';
import { IdempotencyKeyReused, InvalidInput, NotFound } from '../../schema/user-errors.ts';
import type { Channel, Regulation } from '../../schema/vocabulary.ts';
import type { ConsentDeps } from './deps.ts';
import {
  checkStatement,
  type CmpEvidence,
  type ConsentRecord,
  type ConsentStatement,
} from './domain/consent-record.ts';
import { foldConsent } from './domain/consent-state.ts';
import { placeInLog } from './grow-log.ts';
import type { ConsentSubject } from './ports.ts';
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

export interface AppendConsentRequest extends ConsentStatement {
  readonly tenantId: string;
  /** `rcp_...` */
  readonly recipientId: string;
  /** `dev_...`, as the caller says. */
  readonly deviceId: string | null;
  /** Under whose law it counts; two of different laws never replace each other. */
  readonly regulation: Regulation;
  /** Where a consent management platform told us. */
  readonly cmp: CmpEvidence | null;
  /** Who tells us: the token's subject. */
  readonly actor: string;
}

export type AppendConsentError = InvalidInput | NotFound | IdempotencyKeyReused;

export interface AppendConsentResult {
  /** What stands for the channels now, in their order; null when refused. */
  readonly consents: ConsentRecord[] | null;
  /** True when nothing was new. */
  readonly replayed: boolean;
  readonly errors: AppendConsentError[];
}

const NAME = 'consent.recorded' satisfies EventName;

export async function appendConsent(
  deps: ConsentDeps,
  request: AppendConsentRequest,
): Promise<AppendConsentResult> {
  const { tenantId } = request;
  const append = async (tx: Transaction) => {
    const [result] = await appendConsents(tx, deps, tenantId, [request]);
    return result;
  };
  const result = await deps.database.transaction(tenantId, append);
  assert(result !== undefined, 'every request has its result');
  return result;
}

/** The same for many requests of one tenant, in the caller's transaction: what else it writes commits with the records.
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

/** A request as records, one a channel; without records it is refused. */
interface Draft {
  readonly records: readonly ConsentRecord[];
  /** Whether the caller said when it happened: only then a repetition has to say the same. */
  readonly timed: boolean;
  readonly errors: readonly AppendConsentError[];
}

interface Taken {
  readonly draft: Draft;
  readonly replayed: boolean;
  readonly errors: AppendConsentError[];
}

async function draftRecords(
  tx: Transaction,
  { ports, newUuid }: ConsentDeps,
  tenantId: string,
  { requests, recordedAt }: { requests: readonly AppendConsentRequest[]; recordedAt: number },
): Promise<Draft[]> {
  const uuids = requests.map(({ recipientId }) => uuidOf('recipient', recipientId));
  const known = [...new Set(uuids.filter((uuid) => uuid !== null))];
  const asked = await ports.consentSubjects(tx, tenantId, known);
  return requests.map((request, index) => {
    const timed = request.occurredAt !== null;
    const errors: AppendConsentError[] = checkRequest(request, recordedAt);
    const recipientId = uuids[index] ?? null;
    const subjects = recipientId === null ? undefined : asked.get(recipientId);
    if (errors.length > 0) return { records: [], timed, errors };
    if (recipientId === null || subjects === undefined) {
      return { records: [], timed, errors: [noRecipient()] };
    }
    const records = recordsOf({ ...request, recipientId, recordedAt }, subjects, newUuid);
    const missing = request.channels.flatMap((channel, place) =>
      records.some((record) => record.channel === channel) ? [] : [noAddress(channel, place)],
    );
    return { records: missing.length > 0 ? [] : records, timed, errors: missing };
  });
}

function checkRequest(request: AppendConsentRequest, recordedAt: number): InvalidInput[] {
  const errors = checkStatement(request, recordedAt).map(
    ({ path, sentence }) => new InvalidInput(path, sentence),
  );
  if (request.deviceId !== null && uuidOf('device', request.deviceId) === null) {
    errors.push(new InvalidInput(['deviceId'], 'This is not the id of a device.'));
  }
  return errors;
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

/** With the recipient's UUID. */
type Statement = AppendConsentRequest & { readonly recordedAt: number };

function recordsOf(
  statement: Statement,
  subjects: readonly ConsentSubject[],
  newUuid: () => string,
): ConsentRecord[] {
  const { channels, occurredAt, deviceId, ...said } = statement;
  return channels.flatMap((channel) => {
    const found = subjects.find((known) => known.channel === channel);
    if (found === undefined) return [];
    const { subject, linkage } = found;
    return [
      {
        ...said,
        id: newUuid(),
        channel,
        subject,
        linkage,
        deviceId: deviceId === null ? null : uuidOf('device', deviceId),
        occurredAt: occurredAt ?? said.recordedAt,
      },
    ];
  });
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
    const { tenantId, id: consentId, subject, purpose, channel, action, recordedAt } = record;
    const payload: EventPayloads[typeof NAME] = { consentId, subject, purpose, channel, action };
    return { tenantId, id: newUuid(), name: NAME, payload, occurredAt: recordedAt };
  });
  await appendEvents(tx, database.schema, events);
  tx.afterCommit(() => bus.wake(`events:${database.schema}`));
}

function noRecipient(): NotFound {
  return new NotFound(['recipientId'], 'There is no recipient with this id.');
}

function noAddress(channel: Channel, index: number): InvalidInput {
  return new InvalidInput(['channels', String(index)], `There is no address for ${channel}.`);
}

function keyReused(): IdempotencyKeyReused {
  const sentence = 'This key came before with another body; use a new key for another record.';
  return new IdempotencyKeyReused(['idempotencyKey'], sentence);
}
