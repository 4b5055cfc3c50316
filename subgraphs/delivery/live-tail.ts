// The live tail: one reader of the event log a process, which hands each event to the subscribers of its tenant.
import type { Bus } from '../../platform/bus.ts';
import type { Database } from '../../platform/database.ts';
import {
  comparePositions,
  endOfLog,
  readTail,
  readTenantEvents,
  TAIL_ROWS_MAX,
  type LoggedEvent,
  type Position,
} from '../../platform/event-log.ts';
import type { Log } from '../../platform/log.ts';
import { createLoop, type Job } from '../../platform/loop.ts';
import { createQueue, type BoundedQueue, type Stream } from '../../platform/stream.ts';

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

const SCHEMA = 'delivery';

/** Costs one query for a batch of events, whatever the number of subscribers, and nothing while there are none. */
export class LiveTail {
  readonly #database: Database;
  readonly #bufferMax: number;
  readonly #byTenant = new Map<string, Set<Subscriber>>();
  readonly #job: Job;
  /** Up to where events were handed out; null while nobody listens. */
  #at: Position | null = null;
  #finding: Promise<Position> | null = null;

  constructor(settings: {
    database: Database;
    bus: Bus;
    log: Log;
    pollMs: number;
    bufferMax: number;
  }) {
    const { database, bus, log, pollMs, bufferMax } = settings;
    this.#database = database;
    this.#bufferMax = bufferMax;
    this.#job = createLoop({
      name: 'live-tail',
      bus,
      topics: [`events:${SCHEMA}`],
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
      const page = await readTenantEvents(this.#database, SCHEMA, { tenantId, after: at, until });
      for (const event of page) if (wants(event)) yield event;
      const last = page.at(-1);
      if (last === undefined || page.length < TAIL_ROWS_MAX) return;
      at = last.position;
    }
  }

  /** The first subscriber makes the tail start at the present end of the log: the position that it starts after. */
  #findEnd(): Promise<Position> {
    this.#finding ??= endOfLog(this.#database, SCHEMA)
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
    const events = await readTail(this.#database, SCHEMA, this.#at);
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
