// The processes of a run: started, killed, stopped for a while, and started again.
import type { Topic } from '../../platform/bus.ts';
import type { Faults } from './faults.ts';
import { Machine } from './machine.ts';
import type { PlatformProcess } from './platform-process.ts';
import type { Random } from './random.ts';
import type { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface FleetSurroundings {
  readonly random: Random;
  readonly time: VirtualTime;
  readonly faults: Faults;
  readonly trace: Trace;
  /** How far a clock may be wrong. */
  readonly skewMs: number;
  /** Starts the platform in a process. */
  start(machine: Machine): PlatformProcess;
}

const PROCESSES_MAX = 3;
const TROUBLE_MS_MAX = 120_000;
const STOP_MS_MAX = 60_000;
const RESTART_MS_MAX = 8_000;
const WAKE_MS_MAX = 20;

export class Fleet {
  readonly #at: FleetSurroundings;
  readonly #alive = new Map<string, PlatformProcess>();

  constructor(at: FleetSurroundings) {
    this.#at = at;
    const count = at.random.between(1, PROCESSES_MAX);
    for (let number = 1; number <= count; number += 1) this.#start(`p${number}`);
  }

  get processes(): readonly PlatformProcess[] {
    return [...this.#alive.values()];
  }

  wake(topic: Topic): void {
    const { random, time, faults } = this.#at;
    for (const { machine, listeners } of this.#alive.values()) {
      if (faults.losesWake()) continue;
      time.after(random.wait(0, WAKE_MS_MAX), () => machine.reach(() => listeners.call(topic)));
    }
  }

  /** A moment later the process is killed or stands still, if this is a time of faults. */
  strike(machine: Machine): void {
    const { random, time, faults } = this.#at;
    if (faults.over || !random.chance(0.1)) return;
    time.after(random.wait(0, 100), () => {
      if (random.chance(0.3)) machine.die();
      else this.#stop(machine);
    });
  }

  #start(name: string): void {
    const { random, time, trace, skewMs } = this.#at;
    const machine = new Machine(name, time, random.pick([-skewMs, 0, skewMs]));
    this.#alive.set(name, this.#at.start(machine));
    machine.whenDead(() => {
      trace.tell(null, `${name} dies`);
      this.#alive.delete(name);
      time.after(random.wait(10, RESTART_MS_MAX), () => {
        trace.tell(null, `${name} is started again`);
        this.#start(name);
      });
    });
    this.#plague(machine);
  }

  /** Sooner or later something happens to most processes. */
  #plague(machine: Machine): void {
    const { random, time, faults } = this.#at;
    if (random.chance(0.4)) return;
    time.after(random.between(100, TROUBLE_MS_MAX), () => {
      if (faults.over || machine.isDead) return;
      if (random.chance(0.5)) return machine.die();
      this.#stop(machine);
      this.#plague(machine);
    });
  }

  #stop(machine: Machine): void {
    const { random, faults, trace } = this.#at;
    const stopsMs = Math.min(random.wait(500, STOP_MS_MAX), faults.leftMs);
    trace.tell(null, `${machine.name} stands still for ${stopsMs} ms`);
    machine.stop(stopsMs);
  }
}
