// Brings carriers' reports to the platform: twice, in any order, before our own commit, late, or never.
import { callbackOf } from './adapter.ts';
import type { CarrierKind, Report } from './carrier.ts';
import type { PlatformProcess } from './platform-process.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

const LATE_MS = 40_000;
const ANSWER_MS = 5_000;
const PAUSE_MS = 500;
const PAUSE_MAX_MS = 20_000;

export class Postman {
  readonly #random: Random;
  readonly #time: VirtualTime;
  readonly #processes: () => readonly PlatformProcess[];
  readonly #kept: (report: Report) => void;
  #underWay = 0;

  constructor(
    at: { random: Random; time: VirtualTime },
    processes: () => readonly PlatformProcess[],
    kept: (report: Report) => void,
  ) {
    this.#random = at.random;
    this.#time = at.time;
    this.#processes = processes;
    this.#kept = kept;
  }

  /** Whether some carrier still tries to hand something in. */
  get isBusy(): boolean {
    return this.#underWay > 0;
  }

  post(kind: CarrierKind, report: Report): void {
    const random = this.#random;
    if (random.chance(0.1)) return;
    const times = random.chance(0.2) ? random.between(2, 4) : 1;
    for (let time = 0; time < times; time += 1) {
      this.#underWay += 1;
      this.#time.after(random.wait(0, LATE_MS), () => this.#handIn(kind, report, PAUSE_MS));
    }
  }

  /** A carrier tries until it hears that the callback is kept. */
  #handIn(kind: CarrierKind, report: Report, pauseMs: number): void {
    const again = (): void => {
      const nextMs = Math.min(PAUSE_MAX_MS, pauseMs * 2);
      this.#time.after(pauseMs, () => this.#handIn(kind, report, nextMs));
    };
    const [first, ...others] = this.#processes();
    if (first === undefined) return again();
    const process = this.#random.pick([first, ...others]);
    const provider = process.providers.find(({ id }) => id === kind.id);
    if (provider === undefined) return again();
    let answered = false;
    const hears = (kept: boolean): void => {
      if (answered) return;
      answered = true;
      if (!kept) return again();
      this.#underWay -= 1;
      this.#kept(report);
    };
    this.#time.after(ANSWER_MS, () => hears(false));
    process.takeCallback(provider, callbackOf(kind.id, report)).then(
      () => hears(true),
      () => hears(false),
    );
  }
}
