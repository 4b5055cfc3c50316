// At the end of a fault test: waits until nothing is left to do, and reads back what the platform tells of each message.
import { Client } from 'pg';
import { uuidOf } from '../../schema/ids.ts';
import type { Json, Parley } from '../support/parley.ts';
import type { Person } from './people.ts';
import type { Recorder } from './recorder.ts';

const MESSAGES_MAX = 50;
const LOOK_MS = 250;

const RECENT = `query ($id: ID!) { recipient(id: $id) { recentMessages(first: ${MESSAGES_MAX}) {
  id reference status endReason template { uncertainOutcome }
  attempts { id number channel provider state fallbackReason startedAt }
  timeline { type attemptId occurredAt } } } }`;

/** One statement over a connection of its own, as the superuser. */
export async function look<Row extends object>(parley: Parley, sql: string): Promise<Row[]> {
  const database = new Client({ connectionString: parley.databaseUrl });
  await database.connect();
  try {
    return (await database.query<Row>(sql)).rows;
  } finally {
    await database.end();
  }
}

/** Waits until no task, callback or timer is left; throws after `patienceMs`. */
export async function drain(parley: Parley, patienceMs: number): Promise<void> {
  const giveUp = AbortSignal.timeout(patienceMs);
  for (let calm = 0; calm < 2;) {
    const left = await leftIn(parley);
    calm = left === 0 ? calm + 1 : 0;
    if (giveUp.aborted) throw new Error(`${left} tasks and callbacks are left`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

async function leftIn(parley: Parley): Promise<number> {
  const [row] = await look<{ left: number }>(
    parley,
    `select ((select count(*) from messages.task)
       + (select count(*) from delivery.raw_callback where state = 'NEW'))::int as left`,
  );
  const waiting = Object.values(parley.carrier.control.stats().waitingCallbackCount);
  return (row?.left ?? 0) + waiting.reduce((sum, count) => sum + count, 0);
}

/** One `final` line for each message of these people, and a line for each deadline that the platform recorded. */
export async function readBack(
  parley: Parley,
  history: Recorder,
  people: readonly Person[],
): Promise<void> {
  for (const person of people) {
    const answer = await parley.ask(RECENT, { id: person.id }, person.token);
    const messages = answer.data.recipient.recentMessages as readonly Json[];
    if (messages.length === MESSAGES_MAX) throw new Error('there may be more messages than shown');
    for (const message of messages) tell(history, person, message);
  }
}

function tell(history: Recorder, person: Person, message: Json): void {
  const attempts = message.attempts as readonly Json[];
  const attemptOf = (id: string): string => uuidOf('attempt', id) ?? id;
  for (const [index, { id, channel }] of attempts.entries()) {
    const t = deadlineOf(message, attempts[index + 1], { id });
    if (t !== null) history.write({ t, k: 'fallback-deadline', attempt: attemptOf(id), channel });
  }
  history.write({
    k: 'final',
    messageId: message.id,
    key: `${person.tenant}/${message.reference}`,
    tenant: person.tenant,
    recipient: person.id,
    addresses: person.addresses,
    status: message.status,
    endReason: message.endReason,
    attempts: attempts.map(({ id, channel, provider, state }) => ({
      attempt: attemptOf(id),
      channel,
      provider,
      state,
    })),
  });
}

/** When the platform wrote down that it waited long enough for this attempt; null where it did not. A failure that it
 *  wrote down does not count: that is for the provider to tell. */
function deadlineOf(message: Json, next: Json, attempt: { id: string }): number | null {
  if (next?.fallbackReason !== 'NO_RECEIPT_IN_WINDOW') return null;
  const toldOf = (...types: string[]): Json =>
    (message.timeline as readonly Json[]).find(
      ({ type, attemptId }) => types.includes(type) && attemptId === attempt.id,
    );
  const told = toldOf('EXPIRED', 'REVOKED');
  if (told !== undefined) return Date.parse(told.occurredAt);
  // Nobody knows, and the template says that it is sent again.
  const mayRepeat = message.template.uncertainOutcome === 'RETRY';
  const repeated = mayRepeat && toldOf('OUTCOME_UNKNOWN') !== undefined;
  return repeated && next.startedAt !== null ? Date.parse(next.startedAt) : null;
}
