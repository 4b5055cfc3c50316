// The bus: it wakes whoever waits for work or news. It carries no data; losing a wake costs a poll interval.

/** What there may be news of: the event log or the tasks of one PostgreSQL schema, that one of its lanes is not well, that
 *  a tenant has set something there, or that keys were destroyed. */
export type Topic =
  | `events:${string}`
  | `tasks:${string}`
  | `lanes:${string}`
  | `settings:${string}`
  | `keys:${string}`;

export interface Bus {
  /** Wakes all listeners of the topic in every process. Never waits, never throws. */
  wake(topic: Topic): void;
  /** Calls `listener` at each wake; returns how to stop. Wakes may be merged or lost. */
  listen(topic: Topic, listener: () => void): () => void;
  close(): Promise<void>;
}

/** Listeners of this process, by topic. */
export class Listeners {
  readonly #byTopic = new Map<string, Set<() => void>>();

  add(topic: Topic, listener: () => void): () => void {
    const set = this.#byTopic.get(topic) ?? new Set();
    this.#byTopic.set(topic, set.add(listener));
    return () => set.delete(listener);
  }

  call(topic: string): void {
    for (const listener of this.#byTopic.get(topic) ?? []) listener();
  }
}
