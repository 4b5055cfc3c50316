// The live tail: one reader of a schema's event log a process, which hands each event to the subscribers of its tenant.
import type { Bus } from './bus.ts';
import type { Database } from './database.ts';
import {
  comparePositions,
  endOfLog,
  positionOf,
  readTail,
  readTenantEvents,
  TAIL_ROWS_MAX,
  type LoggedEvent,
  type Position,
} from './event-log.ts';
import { ApiError } from './errors.ts';
import type { Log } from './log.ts';
import { createLoop, type Job } from './loop.ts';
import { createQueue, type BoundedQueue, type Stream } from './stream.ts';

/** An event, or the end of a stream whose reader fell behind: it resumes after the last one it got. */
export type TailItem =
  | { readonly kind: 'event'; readonly event: LoggedEvent }
  | { readonly kind: 'gap'; readonly resumeAfter: Position };

interface Subscriber {
  readonly tenantId: string;
  readonly wants: (event: LoggedEvent) => boolean;
  readonly queue: BoundedQueue<LoggedEvent>;
  fellBehind: boolean;
}

export interface LiveTailSettings {
  readonly database: Database;
  /** The schema whose log is read: the database's own, or one that grants it. */
  readonly source: string;
  readonly bus: Bus;
  readonly log: Log;
  readonly pollMs: number;
  /** Events that a slow subscriber may be behind before its stream ends with a gap. */
  readonly bufferMax: number;
}

/** Costs one query for a batch of events, whatever the number of subscribers, and nothing while there are none. */
export class LiveTail {
  readonly #database: Database;
  readonly #source: string;
  readonly #bufferMax: number;
  readonly #byTenant = new Map<string, Set<Subscriber>>();
  readonly #job: Job;
  /** Up to where events were handed out; null while nobody listens. */
  #at: Position | null = null;
  #finding: Promise<Position> | null = null;

  constructor({ database, source, bus, log, pollMs, bufferMax }: LiveTailSettings) {
    this.#database = database;
    this.#source = source;
    this.#bufferMax = bufferMax;
    this.#job = createLoop({
      name: `${source}/live-tail`,
      bus,
      topics: [`events:${source}`],
      pollMs,
      log,
      round: () => this.#round(),
    });
  }

  start(): void {
    this.#job.start();
  }

  /** Ends all streams. */
  async stop(): Promise<void> {
    await this.#job.stop();
    for (const subscribers of this.#byTenant.values()) {
      for (const { queue } of subscribers) queue.end();
    }
    this.#byTenant.clear();
  }

  subscriberCount(): number {
    let count = 0;
    for (const subscribers of this.#byTenant.values()) count += subscribers.size;
    return count;
  }

  /** The tenant's events that `wants` accepts: those after `after` from the log, then what comes, without a gap between
   *  the two; only what comes where `after` is null. Each once and in order. */
  async subscribe(ask: {
    tenantId: string;
    after: Position | null;
    wants: (event: LoggedEvent) => boolean;
  }): Promise<Stream<TailItem>> {
    const { tenantId, after, wants } = ask;
    const subscribers = this.#byTenant.get(tenantId) ?? new Set();
    const subscriber: Subscriber = {
      tenantId,
      wants,
      queue: createQueue<LoggedEvent>(this.#bufferMax, () => this.#leave(subscriber)),
      fellBehind: false,
    };
    // Joined before anything is waited for: from here on the queue takes what is new, and the tail does not rest.
    this.#byTenant.set(tenantId, subscribers.add(subscriber));
    const joinedAt =
      this.#at ??
      (await this.#findEnd().catch((error: unknown) => {
        this.#leave(subscriber);
        throw error;
      }));
    // The log has all that is older.
    const missed = after === null ? [] : this.#missed(subscriber, after, joinedAt);
    return itemsOf(subscriber, missed, after ?? joinedAt);
  }

  async *#missed(
    { tenantId, wants }: Subscriber,
    after: Position,
    until: Position,
  ): AsyncGenerator<LoggedEvent, undefined, undefined> {
    let at = after;
    while (comparePositions(at, until) < 0) {
      const page = await readTenantEvents(this.#database, this.#source, {
        tenantId,
        after: at,
        until,
      });
      for (const event of page) if (wants(event)) yield event;
      const last = page.at(-1);
      if (last === undefined || page.length < TAIL_ROWS_MAX) return;
      at = last.position;
    }
  }

  /** The first subscriber makes the tail start at the present end of the log: the position that it starts after. */
  #findEnd(): Promise<Position> {
    this.#finding ??= endOfLog(this.#database, this.#source)
      .then((end) => (this.#at = end))
      .finally(() => {
        this.#finding = null;
      });
    return this.#finding;
  }

  async #round(): Promise<boolean> {
    if (this.#at === null) return false;
    if (this.#byTenant.size === 0) {
      this.#at = null;
      return false;
    }
    const events = await readTail(this.#database, this.#source, this.#at);
    for (const event of events) {
      for (const subscriber of this.#byTenant.get(event.tenantId) ?? [])
        this.#hand(subscriber, event);
      this.#at = event.position;
    }
    return events.length === TAIL_ROWS_MAX;
  }

  #hand(subscriber: Subscriber, event: LoggedEvent): void {
    if (!subscriber.wants(event) || subscriber.queue.push(event)) return;
    // Memory stays bounded: the reader gets what it has, then learns where to resume.
    subscriber.fellBehind = true;
    subscriber.queue.end();
    this.#leave(subscriber);
  }

  #leave(subscriber: Subscriber): void {
    const subscribers = this.#byTenant.get(subscriber.tenantId);
    subscribers?.delete(subscriber);
    if (subscribers?.size === 0) this.#byTenant.delete(subscriber.tenantId);
  }
}

function itemsOf(
  subscriber: Subscriber,
  missed: AsyncGenerator<LoggedEvent, undefined, undefined> | readonly LoggedEvent[],
  from: Position,
): Stream<TailItem> {
  const { queue } = subscriber;
  const older = Symbol.asyncIterator in missed ? missed : null;
  let catchingUp = older !== null;
  let last = from;
  let told = false;
  const give = (event: LoggedEvent): IteratorResult<TailItem, undefined> => {
    last = event.position;
    return { done: false, value: { kind: 'event', event } };
  };
  return {
    async next() {
      if (catchingUp && older !== null) {
        const step = await older.next();
        if (step.done !== true) return give(step.value);
        catchingUp = false;
      }
      const step = await queue.next();
      if (step.done !== true) return give(step.value);
      if (!subscriber.fellBehind || told) return { done: true, value: undefined };
      told = true;
      return { done: false, value: { kind: 'gap', resumeAfter: last } };
    },
    async return() {
      subscriber.fellBehind = false;
      await older?.return(undefined);
      return queue.return();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Where a stream resumes: after the cursor that a client hands back, or null to begin now. Throws BAD_USER_INPUT. */
export function resumeAfter(cursor: string | null | undefined): Position | null {
  if (cursor === null || cursor === undefined) return null;
  const position = positionOf(cursor);
  if (position !== null) return position;
  throw new ApiError('BAD_USER_INPUT', 'after is not a cursor of this stream.', { field: 'after' });
}

const FILTER_IDS_MAX = 1_000;

/** What the ids of a stream's filter read as; null where the field was left out, which narrows nothing. Ids that are none
 *  of ours match nothing, like ids of another tenant. Throws BAD_USER_INPUT for more than 1,000. */
export function idFilter(
  field: string,
  ids: readonly string[] | null | undefined,
  read: (id: string) => string | null,
): ReadonlySet<string | null> | null {
  if (!ids) return null;
  if (ids.length > FILTER_IDS_MAX) {
    const sentence = `${field} takes at most ${FILTER_IDS_MAX} ids.`;
    throw new ApiError('BAD_USER_INPUT', sentence, { field });
  }
  return new Set(ids.map(read));
}
