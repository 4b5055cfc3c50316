// Virtual time: one queue of what happens when. Timers of the engine are events of it like all others.

interface Happening {
  readonly at: number;
  readonly order: number;
  readonly what: () => void;
}

/** Taken before any run replaces them: it is how a run lets promises settle. */
const nextTurn = globalThis.setImmediate;

const TIMERS = ['setTimeout', 'clearTimeout', 'setImmediate'] as const;

/** Times are milliseconds since 1970. Nothing passes by itself: `run` jumps from one happening to the next. */
export class VirtualTime {
  #now: number;
  #order = 0;
  /** A binary heap, earliest first; of the same moment what was asked for first. */
  readonly #heap: Happening[] = [];

  constructor(start: number) {
    this.#now = start;
  }

  get now(): number {
    return this.#now;
  }

  after(ms: number, what: () => void): void {
    this.#order += 1;
    const happening = { at: this.#now + Math.max(0, Math.ceil(ms)), order: this.#order, what };
    this.#heap.push(happening);
    this.#rise(this.#heap.length - 1);
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Until the time is over, or `done` says so. All that is due at one moment happens before promises settle. */
  async run(until: number, done: () => boolean): Promise<void> {
    const restore = this.#install();
    try {
      await settle();
      for (
        let [first] = this.#heap;
        first !== undefined && first.at <= until;
        [first] = this.#heap
      ) {
        this.#now = Math.max(this.#now, first.at);
        while (this.#heap[0] !== undefined && this.#heap[0].at <= this.#now) this.#take()?.what();
        await settle();
        if (done()) return;
      }
      this.#now = Math.max(this.#now, until);
    } finally {
      restore();
    }
  }

  /** The engine's own loops and batches wait by timers: while a run lasts, those are virtual. */
  #install(): () => void {
    const kept = Object.fromEntries(TIMERS.map((name) => [name, globalThis[name]]));
    const measure = performance.now;
    const start = (what: (...values: unknown[]) => void, ms = 0, ...values: unknown[]) => {
      const timer = { running: true };
      this.after(ms, () => {
        if (timer.running) what(...values);
      });
      return timer;
    };
    Object.assign(globalThis, {
      setTimeout: start,
      clearTimeout: (timer: { running: boolean } | undefined) => {
        if (timer !== undefined) timer.running = false;
      },
      setImmediate: (what: (...values: unknown[]) => void, ...values: unknown[]) =>
        start(what, 0, ...values),
    });
    performance.now = () => this.#now;
    return () => {
      Object.assign(globalThis, kept);
      performance.now = measure;
    };
  }

  #take(): Happening | undefined {
    const [first] = this.#heap;
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#sink(0);
    }
    return first;
  }

  #rise(from: number): void {
    for (let place = from; place > 0;) {
      const parent = (place - 1) >> 1;
      if (!this.#swapIfEarlier(place, parent)) return;
      place = parent;
    }
  }

  #sink(from: number): void {
    for (let place = from; ;) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      const least = this.#isEarlier(right, left) ? right : left;
      if (!this.#swapIfEarlier(least, place)) return;
      place = least;
    }
  }

  #swapIfEarlier(a: number, b: number): boolean {
    if (!this.#isEarlier(a, b)) return false;
    const [atA, atB] = [this.#heap[a], this.#heap[b]];
    if (atA === undefined || atB === undefined) return false;
    [this.#heap[a], this.#heap[b]] = [atB, atA];
    return true;
  }

  #isEarlier(a: number, b: number): boolean {
    const [first, second] = [this.#heap[a], this.#heap[b]];
    if (first === undefined || second === undefined) return false;
    return first.at === second.at ? first.order < second.order : first.at < second.at;
  }
}

/** Lets everything run that waits for nothing but promises. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    nextTurn(resolve);
  });
}
