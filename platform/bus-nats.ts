// The bus over NATS core, for many processes: each wake is one small message, and a lost one costs a poll interval.
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { Listeners, type Bus, type Topic } from './bus.ts';
import type { Log } from './log.ts';

const SUBJECT = 'parley.wake';

/** At most one message per process in this time, as with NOTIFY, so that a busy process does not flood the idle ones. */
const PUBLISH_INTERVAL_MS = 5;
const RECONNECT_MS = 500;

export class NatsBus implements Bus {
  readonly #connection: NatsConnection;
  readonly #listeners = new Listeners();
  readonly #pending = new Set<string>();
  #timer: NodeJS.Timeout | null = null;

  private constructor(connection: NatsConnection) {
    this.#connection = connection;
  }

  /** `url`: nats://user:password@host:port. Rejects when the server is not there at the start; later it reconnects for
   *  as long as it takes. */
  static async open(url: string, log: Log): Promise<NatsBus> {
    const { username, password, host } = new URL(url);
    const connection = await connect({
      servers: host,
      ...(username !== '' && {
        user: decodeURIComponent(username),
        pass: decodeURIComponent(password),
      }),
      name: 'parley',
      // What this process wakes it has woken itself already.
      noEcho: true,
      maxReconnectAttempts: -1,
      reconnectTimeWait: RECONNECT_MS,
    });
    const bus = new NatsBus(connection);
    connection.subscribe(SUBJECT, {
      callback: (error, message) => {
        if (error !== null) return;
        for (const topic of message.string().split(' ')) bus.#listeners.call(topic);
      },
    });
    void bus.#tellStatus(log);
    return bus;
  }

  wake(topic: Topic): void {
    this.#listeners.call(topic);
    this.#pending.add(topic);
    this.#timer ??= setTimeout(() => this.#publish(), PUBLISH_INTERVAL_MS);
  }

  listen(topic: Topic, listener: () => void): () => void {
    return this.#listeners.add(topic, listener);
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#connection.close();
  }

  #publish(): void {
    this.#timer = null;
    const topics = [...this.#pending].join(' ');
    this.#pending.clear();
    // While it reconnects a message would be kept and sent late; a poll finds the work before that.
    if (!this.#connection.isClosed()) this.#connection.publish(SUBJECT, topics);
  }

  async #tellStatus(log: Log): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (status.type === 'disconnect') log.warn('bus not reachable');
      if (status.type === 'reconnect') log.info('bus reachable again');
    }
  }
}
