// Appends what a person said, one record a channel, and folds the state in the same commit: it is in effect when we answer.
import type { Transaction } from '../../platform/database.ts';
import { appendEvents } from '../../platform/event-log.ts';
import type { EventName, EventPayloads } from '../../schema/events.ts';
import { uuidOf } from '../../schema/ids.ts';
import { IdempotencyKeyReused, InvalidInput, NotFound } from '../../schema/user-errors.ts';
import type { Channel, Regulation } from '../../schema/vocabulary.ts';
import type { ConsentDeps } from './deps.ts';
import { checkStatement, type ConsentStatement } from './domain/consent-record.ts';
import { foldConsent } from './domain/consent-state.ts';
import type { ConsentSubject } from './ports.ts';
import { appendRecords, saveStanding } from './store/append-records.ts';
import {
  findByIdempotencyKey,
  findStandingRecords,
  placeOf,
  type ConsentRecord,
} from './store/find-records.ts';
import { lockSubjects } from './store/lock-subjects.ts';

export interface AppendConsentRequest extends ConsentStatement {
  readonly tenantId: string;
  /** `rcp_...` */
  readonly recipientId: string;
  /** `dev_...`, as the caller says. */
  readonly deviceId: string | null;
  /** Under whose law it counts; two of different laws never replace each other. */
  readonly regulation: Regulation;
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
  const statement = readRequest(deps, request);
  if ('errors' in statement) return statement;
  return deps.database.transaction(request.tenantId, (tx) => append(tx, deps, statement));
}

/** The same in the caller's transaction: what else it writes commits with the record. */
export async function appendConsentIn(
  tx: Transaction,
  deps: ConsentDeps,
  request: AppendConsentRequest,
): Promise<AppendConsentResult> {
  const statement = readRequest(deps, request);
  return 'errors' in statement ? statement : append(tx, deps, statement);
}

function readRequest(
  deps: ConsentDeps,
  request: AppendConsentRequest,
): Statement | AppendConsentResult {
  const recordedAt = deps.clock.now();
  const errors = checkStatement(request, recordedAt).map(
    ({ path, sentence }) => new InvalidInput(path, sentence),
  );
  if (request.deviceId !== null && uuidOf('device', request.deviceId) === null) {
    errors.push(new InvalidInput(['deviceId'], 'This is not the id of a device.'));
  }
  if (errors.length > 0) return refuse(errors);
  const recipientId = uuidOf('recipient', request.recipientId);
  if (recipientId === null) return refuse([noRecipient()]);
  return { ...request, recipientId, recordedAt };
}

/** With the recipient's UUID. */
type Statement = AppendConsentRequest & { readonly recordedAt: number };

async function append(
  tx: Transaction,
  deps: ConsentDeps,
  statement: Statement,
): Promise<AppendConsentResult> {
  const { tenantId, recipientId, channels, idempotencyKey } = statement;
  const asked = await deps.ports.consentSubjects(tx, tenantId, [recipientId]);
  const subjects = asked.get(recipientId);
  if (subjects === undefined) return refuse([noRecipient()]);
  const records = recordsOf(statement, subjects, deps.newUuid);
  const missing = channels.filter((channel) => !records.some((one) => one.channel === channel));
  if (missing.length > 0) {
    return refuse(missing.map((channel) => noAddress(channel, channels.indexOf(channel))));
  }
  const names = records.map(({ subject }) => subject);
  await lockSubjects(tx, tenantId, idempotencyKey === null ? names : [...names, idempotencyKey]);
  const earlier =
    idempotencyKey === null ? [] : await findByIdempotencyKey(tx, tenantId, idempotencyKey);
  if (earlier.length > 0) {
    if (!repeats(statement, earlier)) return refuse([keyReused()]);
    return { consents: await standingOf(tx, tenantId, records), replayed: true, errors: [] };
  }
  const fresh = await appendRecords(tx, records);
  const appended = records.filter(({ id }) => fresh.has(id));
  const before = await findStandingRecords(tx, tenantId, [...new Set(names)]);
  const standing = new Map(before.map((record) => [placeOf(record), record]));
  await saveStanding(
    tx,
    appended.filter((next) => foldConsent(standing.get(placeOf(next)) ?? null, next) === next),
  );
  await tell(tx, deps, appended);
  const consents = await standingOf(tx, tenantId, records);
  return { consents, replayed: appended.length === 0, errors: [] };
}

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

/** Whether the records that came with the key say what this statement says. */
function repeats(statement: Statement, earlier: readonly ConsentRecord[]): boolean {
  const deviceId = statement.deviceId === null ? null : uuidOf('device', statement.deviceId);
  const sameChannels =
    earlier.length === statement.channels.length &&
    earlier.every(({ channel }) => statement.channels.includes(channel));
  return (
    sameChannels &&
    earlier.every(
      (record) =>
        record.recipientId === statement.recipientId &&
        record.deviceId === deviceId &&
        record.purpose === statement.purpose &&
        record.action === statement.action &&
        record.source === statement.source &&
        record.method === statement.method &&
        record.jurisdiction === statement.jurisdiction &&
        record.regulation === statement.regulation &&
        record.policyVersion === statement.policyVersion &&
        record.expiresAt === statement.expiresAt &&
        (statement.occurredAt === null || record.occurredAt === statement.occurredAt),
    )
  );
}

async function standingOf(
  tx: Transaction,
  tenantId: string,
  records: readonly ConsentRecord[],
): Promise<ConsentRecord[]> {
  const subjects = [...new Set(records.map(({ subject }) => subject))];
  const standing = await findStandingRecords(tx, tenantId, subjects);
  const byPlace = new Map(standing.map((record) => [placeOf(record), record]));
  return records.flatMap((record) => byPlace.get(placeOf(record)) ?? []);
}

async function tell(
  tx: Transaction,
  { database, bus, newUuid }: ConsentDeps,
  records: readonly ConsentRecord[],
): Promise<void> {
  if (records.length === 0) return;
  const events = records.map((record) => {
    const { tenantId, id: consentId, subject, purpose, channel, action, recordedAt } = record;
    const payload: EventPayloads[typeof NAME] = { consentId, subject, purpose, channel, action };
    return { tenantId, id: newUuid(), name: NAME, payload, occurredAt: recordedAt };
  });
  await appendEvents(tx, database.schema, events);
  tx.afterCommit(() => bus.wake(`events:${database.schema}`));
}

function refuse(errors: AppendConsentError[]): AppendConsentResult {
  return { consents: null, replayed: false, errors };
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
