// What goes wrong, and when: drawn from the seed. After `healsAt` nothing does any more, but for what people and carriers do.
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What goes wrong with a transaction. `statement` counts from 0; `at` is a moment around the commit. */
export type TransactionFault =
  | { readonly kind: 'breaks' | 'dies'; readonly statement: number }
  | { readonly kind: 'breaks' | 'dies'; readonly at: 'before-commit' | 'after-commit' };

/** How bad it gets with a seed. Probabilities are per transaction, wake or request. */
interface Severity {
  readonly transaction: number;
  readonly lostWake: number;
  readonly slow: number;
}

const STATEMENTS_MAX = 12;
const LATENCY_MS = 4;
const SLOW_MS = 6_000;

export class Faults {
  readonly #random: Random;
  readonly #time: VirtualTime;
  readonly #healsAt: number;
  readonly #severity: Severity;

  constructor(random: Random, time: VirtualTime, healsAt: number) {
    this.#random = random;
    this.#time = time;
    this.#healsAt = healsAt;
    // Some seeds are calm, so that what needs a long undisturbed history is seen as well.
    this.#severity = {
      transaction: random.pick([0, 0.01, 0.05, 0.15]),
      lostWake: random.pick([0, 0.2, 1]),
      slow: random.pick([0, 0.01, 0.05]),
    };
  }

  get over(): boolean {
    return this.#time.now >= this.#healsAt;
  }

  get leftMs(): number {
    return Math.max(0, this.#healsAt - this.#time.now);
  }

  /** Milliseconds to the database or back. */
  latency(): number {
    const slow = !this.over && this.#random.chance(this.#severity.slow);
    return this.#random.wait(1, slow ? SLOW_MS : LATENCY_MS);
  }

  transaction(): TransactionFault | null {
    if (this.over || !this.#random.chance(this.#severity.transaction)) return null;
    const kind = this.#random.chance(0.3) ? 'dies' : 'breaks';
    if (this.#random.chance(0.4)) {
      return { kind, at: this.#random.pick(['before-commit', 'after-commit'] as const) };
    }
    return { kind, statement: this.#random.between(0, STATEMENTS_MAX) };
  }

  losesWake(): boolean {
    return !this.over && this.#random.chance(this.#severity.lostWake);
  }
}
