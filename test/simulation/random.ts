// Randomness of a simulation: everything that is left to chance comes from its seed, so that a seed is one history.

export class Random {
  #state: number;

  constructor(seed: number) {
    // Spread, because neighbours among the seeds would begin alike.
    this.#state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bf03635) >>> 0;
  }

  /** 0..1, 1 excluded. Mulberry32: 32 bits of state are enough for histories that end. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** A time in milliseconds: mostly near the least, seldom near the most, as waits on networks are. */
  wait(leastMs: number, mostMs: number): number {
    return leastMs + Math.floor(this.next() ** 4 * (mostMs - leastMs + 1));
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.between(0, from.length - 1)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  }

  /** Some of them, in their order; at least one. */
  some<T>(from: readonly T[], probability = 0.5): T[] {
    const some = from.filter(() => this.chance(probability));
    return some.length > 0 ? some : [this.pick(from)];
  }
}
