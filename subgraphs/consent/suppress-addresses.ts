// Puts addresses on a suppression list, one or a thousand at once, and takes one off. In effect when it answers.
import type { Transaction } from '../../platform/database.ts';
import { appendEvents } from '../../platform/event-log.ts';
import type { EventName, EventPayloads } from '../../schema/events.ts';
import { uuidOf } from '../../schema/ids.ts';
import { InvalidInput, NotFound } from '../../schema/user-errors.ts';
import type { ConsentDeps } from './deps.ts';
import {
  checkPeriod,
  checkScope,
  IMPORT_ROWS_MAX,
  type SuppressionPeriod,
  type SuppressionScope,
} from './domain/suppression.ts';
import type { WrittenAddress } from './ports.ts';
import { addSuppressions, liftSuppressionRow, type Suppression } from './store/suppressions.ts';

export interface SuppressionRow extends SuppressionPeriod {
  /** As the caller wrote them: exactly one of both. Neither is kept. */
  readonly phone: string | null;
  readonly email: string | null;
}

export interface SuppressRequest extends SuppressionScope {
  readonly tenantId: string;
  readonly source: string;
  /** Who tells us: the token's subject. */
  readonly actor: string;
  readonly rows: readonly SuppressionRow[];
}

export interface SuppressedRow {
  /** Null when refused. */
  readonly suppression: Suppression | null;
  /** True when the entry stood before. */
  readonly replayed: boolean;
  readonly errors: readonly InvalidInput[];
}

export interface SuppressResult {
  /** In the order of the rows; empty when the whole was refused. */
  readonly rows: readonly SuppressedRow[];
  /** What is wrong with the whole; then nothing was written. */
  readonly errors: readonly InvalidInput[];
}

const NAME = 'consent.suppression-changed' satisfies EventName;

/** Good rows are written together, in one commit; a bad row gets its errors and hinders no other. */
export async function suppressAddresses(
  deps: ConsentDeps,
  request: SuppressRequest,
): Promise<SuppressResult> {
  const { tenantId, rows } = request;
  const now = deps.clock.now();
  const errors = checkScope(request).map(({ path, sentence }) => new InvalidInput(path, sentence));
  if (rows.length === 0 || rows.length > IMPORT_ROWS_MAX) {
    errors.push(new InvalidInput(['rows'], `An import has 1 to ${IMPORT_ROWS_MAX} rows.`));
  }
  if (errors.length > 0) return { rows: [], errors };
  const addresses = rows.map(addressOf);
  const known = addresses.filter((address) => address !== null);
  const subjects = (await deps.ports.addressSubjects(tenantId, known)).values();
  const read = rows.map((row, index) => {
    const address = addresses[index] ?? null;
    const subject = address === null ? null : (subjects.next().value ?? null);
    return { row, subject, errors: errorsOf(row, { address, subject }, now) };
  });
  const entries = read.flatMap(({ row, subject, errors: bad }) =>
    subject === null || bad.length > 0 ? [] : [entryOf(deps, request, { row, subject, now })],
  );
  const standing = await deps.database.transaction(tenantId, async (tx) => {
    const added = await addSuppressions(tx, entries);
    const fresh = added.filter((entry, index) => entry.id === entries[index]?.id);
    await tell(tx, deps, fresh, now);
    return added;
  });
  let next = 0;
  const answered = read.map(({ errors: bad }): SuppressedRow => {
    if (bad.length > 0) return { suppression: null, replayed: false, errors: bad };
    const suppression = standing[next] ?? null;
    const replayed = suppression?.id !== entries[next]?.id;
    next += 1;
    return { suppression, replayed, errors: [] };
  });
  return { rows: answered, errors: [] };
}

export interface LiftResult {
  readonly suppression: Suppression | null;
  readonly replayed: boolean;
  readonly errors: readonly NotFound[];
}

/** The entry stays as evidence, and stops nothing any more. */
export async function liftSuppression(
  deps: ConsentDeps,
  { tenantId, suppressionId, actor }: { tenantId: string; suppressionId: string; actor: string },
): Promise<LiftResult> {
  const id = uuidOf('suppression', suppressionId);
  const now = deps.clock.now();
  const lifted =
    id === null
      ? null
      : await deps.database.transaction(tenantId, async (tx) => {
          const found = await liftSuppressionRow(tx, { tenantId, id, actor, now });
          if (found !== null && !found.replayed) await tell(tx, deps, [found.entry], now);
          return found;
        });
  if (lifted !== null) return { suppression: lifted.entry, replayed: lifted.replayed, errors: [] };
  const error = new NotFound(['suppressionId'], 'There is no entry with this id.');
  return { suppression: null, replayed: false, errors: [error] };
}

function addressOf({ phone, email }: SuppressionRow): WrittenAddress | null {
  if (phone !== null && email === null) return { kind: 'PHONE', text: phone };
  if (email !== null && phone === null) return { kind: 'EMAIL', text: email };
  return null;
}

function errorsOf(
  row: SuppressionRow,
  { address, subject }: { address: WrittenAddress | null; subject: string | null },
  now: number,
): InvalidInput[] {
  const errors = checkPeriod(row, now).map(
    ({ path, sentence }) => new InvalidInput(path, sentence),
  );
  if (address === null) {
    errors.push(new InvalidInput([], 'An entry names a phone or an email, one of both.'));
  } else if (subject === null) {
    const sentence =
      address.kind === 'PHONE'
        ? 'A phone number is written in international form, such as +4366012345678.'
        : 'This is not an email address.';
    errors.push(new InvalidInput([address.kind.toLowerCase()], sentence));
  }
  return errors;
}

function entryOf(
  { newUuid }: ConsentDeps,
  { tenantId, list, region, channel, purpose, source, actor }: SuppressRequest,
  { row, subject, now }: { row: SuppressionRow; subject: string; now: number },
): Suppression {
  const scope = { tenantId, list, region, channel, purpose, source, actor, subject };
  const times = { from: row.from ?? now, until: row.until, recordedAt: now, liftedAt: null };
  return { ...scope, ...times, id: newUuid() };
}

async function tell(
  tx: Transaction,
  { database, bus, newUuid }: ConsentDeps,
  entries: readonly Suppression[],
  occurredAt: number,
): Promise<void> {
  if (entries.length === 0) return;
  const events = entries.map(({ tenantId, id: suppressionId, subject, liftedAt }) => {
    const payload: EventPayloads[typeof NAME] = {
      suppressionId,
      subject,
      standing: liftedAt === null,
    };
    return { tenantId, id: newUuid(), name: NAME, payload, occurredAt };
  });
  await appendEvents(tx, database.schema, events);
  tx.afterCommit(() => bus.wake(`events:${database.schema}`));
}
