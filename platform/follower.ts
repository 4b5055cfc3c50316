// A follower works through another schema's event log: its effect and its place in the log commit together.
import type { Bus } from './bus.ts';
import { isOutage } from './database-outage.ts';
import type { Database, Transaction } from './database.ts';
import { readTail, TAIL_ROWS_MAX, takeTurn, type LoggedEvent, type Position } from './event-log.ts';
import type { Log } from './log.ts';
import { createLoop, type Job } from './loop.ts';

export interface FollowerSettings {
  /** Unique within the following schema. */
  readonly name: string;
  readonly database: Database;
  /** The schema whose events are followed; its log grants reading. */
  readonly source: string;
  readonly bus: Bus;
  readonly log: Log;
  readonly pollMs: number;
  /** Whether what it appends to its own schema's log builds on what others append there; see `takeTurn`. */
  readonly takesTurns?: boolean;
  /** Applies events in their order. All of them or, by throwing, none. */
  handle(tx: Transaction, events: readonly LoggedEvent[]): Promise<void>;
}

/** Rounds in which an event has to fail alone before it is passed over, which loses it for good. */
const FAILURES_MAX = 3;

/** How often each event has failed alone, by id. */
type Failures = Map<string, number>;

/** Each event takes effect once, whatever process does it: the follower's row is locked while a batch is handled.
 *  An event that fails alone again and again is passed over and logged as an error, so that it does not stop its
 *  neighbours for ever. */
export function createFollower(settings: FollowerSettings): Job {
  const { name, database, source, bus, log, pollMs } = settings;
  const schema = database.schema;
  const failures: Failures = new Map();
  let known = false;

  const round = async (): Promise<boolean> => {
    if (!known) {
      await database.acrossTenants((tx) =>
        tx.query(`insert into ${schema}.follower (name) values ($1) on conflict do nothing`, [
          name,
        ]),
      );
      known = true;
    }
    const at = await database.acrossTenants(async (tx) => {
      const [row] = await tx.query<Position>(
        `select tx::text, seq::text from ${schema}.follower where name = $1`,
        [name],
      );
      return row;
    });
    if (at === undefined) return false;
    const events = await readTail(database, source, at);
    if (events.length === 0) return false;
    await advance(settings, failures, at, events);
    failures.clear();
    return events.length === TAIL_ROWS_MAX;
  };

  return createLoop({
    name: `${schema}/${name}`,
    bus,
    topics: [`events:${source}`],
    pollMs,
    log,
    round,
  });
}

/** Halves a failing batch until the event that fails stands alone. */
async function advance(
  settings: FollowerSettings,
  failures: Failures,
  from: Position,
  events: readonly LoggedEvent[],
): Promise<boolean> {
  const [first] = events;
  const last = events.at(-1);
  if (first === undefined || last === undefined) return true;
  try {
    return await commit(settings, from, last.position, events);
  } catch (error) {
    // No event is to blame, and none is passed over.
    if (isOutage(error)) throw error;
    if (events.length === 1) {
      const failed = (failures.get(first.id) ?? 0) + 1;
      failures.set(first.id, failed);
      if (failed < FAILURES_MAX) throw error;
      settings.log.error(
        { err: error, follower: settings.name, eventId: first.id, event: first.name },
        'event passed over',
      );
      return commit(settings, from, last.position, []);
    }
    const half = events.length >> 1;
    const middle = events[half - 1]?.position ?? from;
    const done = await advance(settings, failures, from, events.slice(0, half));
    return done && advance(settings, failures, middle, events.slice(half));
  }
}

/** False when another process holds the follower or has moved it: what we read is then theirs. */
async function commit(
  { database, name, takesTurns = false, handle }: FollowerSettings,
  from: Position,
  to: Position,
  events: readonly LoggedEvent[],
): Promise<boolean> {
  const { schema } = database;
  return database.acrossTenants(async (tx) => {
    const turn = takesTurns ? takeTurn(tx, schema) : null;
    const held = tx.query(
      `select 1 from ${schema}.follower
       where name = $1 and (tx, seq) = ($2::xid8, $3::bigint) for update skip locked`,
      [name, from.tx, from.seq],
    );
    const [mine] = await Promise.all([held, turn]);
    if (mine.length === 0) return false;
    if (events.length > 0) await handle(tx, events);
    await tx.query(`update ${schema}.follower set tx = $2::xid8, seq = $3 where name = $1`, [
      name,
      to.tx,
      to.seq,
    ]);
    return true;
  });
}
