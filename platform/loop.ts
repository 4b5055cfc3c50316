// A loop that works until nothing is left, then sleeps until it is woken or its poll interval has passed.
import type { Bus, Topic } from './bus.ts';
import type { Log } from './log.ts';

/** Something that runs beside the requests, until it is stopped. */
export interface Job {
  readonly name: string;
  start(): void;
  /** Ends after the round under way. */
  stop(): Promise<void>;
}

export interface LoopSettings {
  readonly name: string;
  readonly bus: Bus;
  readonly topics: readonly Topic[];
  readonly pollMs: number;
  readonly log: Log;
  /** One round. Returns true when there may be more at once, or the milliseconds until the next work is due. */
  round(): Promise<boolean | number>;
}

/** A loop rests as long as its round took, at most this long: the busier the machine, the larger the next batch, and the
 *  fewer statements for each of its rows. An idle machine's rounds take a few milliseconds, and so do its rests. */
const REST_MAX_MS = 40;

/** A failing round is logged and tried again after this time, so that a fault does not become a busy loop. */
const FAULT_PAUSE_MS = 500;

export function createLoop(settings: LoopSettings): Job {
  const { name, bus, topics, pollMs, log, round } = settings;
  const unlisten: (() => void)[] = [];
  let stopped = false;
  let woken = false;
  let endSleep: (() => void) | null = null;
  let deaf = false;
  let running: Promise<void> = Promise.resolve();

  const wake = (): void => {
    woken = true;
    if (!deaf) endSleep?.();
  };

  const sleep = async (ms: number): Promise<void> => {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      endSleep = () => {
        clearTimeout(timer);
        resolve();
      };
      if (stopped || (woken && !deaf)) endSleep();
    });
    endSleep = null;
  };

  /** No wake shortens it: who wakes the loop may be what makes it fail. */
  const pauseAfterFault = async (): Promise<void> => {
    deaf = true;
    await sleep(FAULT_PAUSE_MS);
    deaf = false;
  };

  /** Wakes meanwhile are kept for the sleep that follows. */
  const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  const run = async (): Promise<void> => {
    while (!stopped) {
      woken = false;
      const startedAt = performance.now();
      try {
        const next = await round();
        if (next === true) continue;
        if (woken) await rest(Math.min(performance.now() - startedAt, REST_MAX_MS));
        await sleep(Math.min(next === false ? pollMs : next, pollMs));
      } catch (error) {
        log.error({ err: error, job: name }, 'job round failed');
        await pauseAfterFault();
      }
    }
  };

  return {
    name,
    start() {
      for (const topic of topics) unlisten.push(bus.listen(topic, wake));
      running = run();
    },
    async stop() {
      stopped = true;
      for (const end of unlisten) end();
      endSleep?.();
      await running;
    },
  };
}
