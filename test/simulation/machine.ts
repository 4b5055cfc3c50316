// A process of the platform, seen from outside: what it asks and what it is answered goes through it, or no more.
import type { Clock } from '../../platform/clock.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Running, stopped (it will go on and know nothing of it, as after SIGSTOP), or dead (as after SIGKILL). */
export class Machine {
  readonly name: string;
  readonly clock: Clock;
  readonly #time: VirtualTime;
  #dead = false;
  #held: (() => void)[] | null = null;
  readonly #whenDead: (() => void)[] = [];

  constructor(name: string, time: VirtualTime, skewMs: number) {
    this.name = name;
    this.#time = time;
    this.clock = { now: () => time.now + skewMs };
  }

  get isDead(): boolean {
    return this.#dead;
  }

  get isStopped(): boolean {
    return this.#held !== null;
  }

  /** What it waits for comes no more: an answer to a dead process is never heard. */
  die(): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#held = null;
    for (const tell of this.#whenDead) tell();
  }

  whenDead(tell: () => void): void {
    this.#whenDead.push(tell);
  }

  /** Nothing reaches it until it goes on. */
  stop(forMs: number): void {
    if (this.#dead || this.#held !== null) return;
    this.#held = [];
    this.#time.after(forMs, () => {
      const held = this.#held ?? [];
      this.#held = null;
      for (const deliver of held) this.#deliver(deliver);
    });
  }

  /** Does it inside the process: later if it is stopped, never if it is dead. */
  reach(deliver: () => void): void {
    if (this.#dead) return;
    if (this.#held === null) deliver();
    else this.#held.push(deliver);
  }

  /** Settles inside the process, with what `answer` gives or throws after so long. */
  hears<T>(afterMs: number, answer: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#time.after(afterMs, () =>
        this.reach(() => {
          try {
            resolve(answer());
          } catch (error) {
            reject(error as Error);
          }
        }),
      );
    });
  }

  #deliver(deliver: () => void): void {
    if (!this.#dead) deliver();
  }
}
