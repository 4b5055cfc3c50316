// The bus over LISTEN/NOTIFY: in-process listeners at once, other processes by one coalesced NOTIFY.
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { Listeners, type Bus, type Topic } from './bus.ts';
import type { Log } from './log.ts';

const NOTIFY_CHANNEL = 'parley_wake';

/** At most one NOTIFY per process in this time. NOTIFY takes a lock over the whole database until its commit,
 *  so it never stands in a business transaction: there it halves the write rate (0.46 with one listener). */
const NOTIFY_INTERVAL_MS = 5;
const RECONNECT_MS = 500;
/** A line that is lost without a word looks like one on which nothing happens, so that one is asked whether it is there. */
const HEARTBEAT_MS = 5_000;
const ANSWER_MS = 5_000;

export class PostgresBus implements Bus {
  readonly #url: string;
  readonly #log: Log;
  readonly #listeners = new Listeners();
  readonly #self = randomUUID();
  readonly #pending = new Set<string>();
  #client: Client | null = null;
  #timer: NodeJS.Timeout | null = null;
  #reconnect: NodeJS.Timeout | null = null;
  #heartbeat: NodeJS.Timeout | null = null;
  #closed = false;

  private constructor(url: string, log: Log) {
    this.#url = url;
    this.#log = log;
  }

  static async open(url: string, log: Log): Promise<PostgresBus> {
    const bus = new PostgresBus(url, log);
    await bus.#connect();
    return bus;
  }

  wake(topic: Topic): void {
    this.#listeners.call(topic);
    this.#pending.add(topic);
    this.#timer ??= setTimeout(() => this.#notify(), NOTIFY_INTERVAL_MS);
  }

  listen(topic: Topic, listener: () => void): () => void {
    return this.#listeners.add(topic, listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#reconnect !== null) clearTimeout(this.#reconnect);
    if (this.#heartbeat !== null) clearInterval(this.#heartbeat);
    const client = this.#client;
    this.#client = null;
    await client?.end();
  }

  #notify(): void {
    this.#timer = null;
    const payload = [this.#self, ...this.#pending].join(' ');
    this.#pending.clear();
    this.#ask('select pg_notify($1, $2)', [NOTIFY_CHANNEL, payload]);
  }

  /** Who does not answer is not there any more. */
  #ask(sql: string, values: readonly string[]): void {
    const client = this.#client;
    client?.query(sql, [...values]).catch((error: unknown) => {
      if (this.#closed || this.#client !== client) return;
      this.#log.warn({ err: error }, 'bus lost');
      this.#lost(client);
      client.end().catch(() => undefined);
    });
  }

  async #connect(): Promise<void> {
    const client = new Client({
      connectionString: this.#url,
      application_name: 'parley-bus',
      keepAlive: true,
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
    });
    client.on('notification', ({ payload = '' }) => {
      const [sender, ...topics] = payload.split(' ');
      if (sender !== this.#self) for (const topic of topics) this.#listeners.call(topic);
    });
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    await client.connect();
    await client.query(`listen ${NOTIFY_CHANNEL}`);
    // Another try was faster.
    if (this.#client !== null || this.#closed) return client.end();
    this.#client = client;
    this.#heartbeat ??= setInterval(() => this.#ask('select 1', []), HEARTBEAT_MS);
  }

  /** Reconnects for as long as it takes; meanwhile everybody polls. */
  #lost(client: Client): void {
    if (this.#closed || (this.#client !== null && this.#client !== client)) return;
    this.#client = null;
    this.#reconnect ??= setTimeout(() => {
      this.#reconnect = null;
      this.#connect().catch((error: unknown) => {
        this.#log.warn({ err: error }, 'bus not reachable');
        this.#lost(client);
      });
    }, RECONNECT_MS);
  }
}
