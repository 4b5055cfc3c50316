// Runs many seeds in a thread of its own, with or without a planted bug, until one fails.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { plants, planted } from './plants.ts';
import type { Outcome } from './simulation.ts';

export interface Seeds {
  readonly first: number;
  readonly count: number;
  /** Every so many-th: threads share the seeds. */
  readonly step: number;
  /** Name of a planted bug; null runs the engine as it is. */
  readonly plant: string | null;
}

export interface Runs {
  readonly seeds: number;
  readonly messages: number;
  readonly virtualMs: number;
  /** The first seed that failed, if any. */
  readonly failed: Outcome | null;
}

export function runInThread(seeds: Seeds): Promise<Runs> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: seeds });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

/** The engine is imported after the bug is planted, so each thread has its own. */
async function run({ first, count, step, plant: name }: Seeds): Promise<Runs> {
  if (name !== null) plant(name);
  const { simulate } = await import('./simulation.ts');
  let [seeds, messages, virtualMs] = [0, 0, 0];
  for (let seed = first; seed < first + count; seed += step) {
    const outcome = await simulate(seed);
    seeds += 1;
    messages += outcome.messages;
    virtualMs += outcome.virtualMs;
    if (outcome.failure !== null) return { seeds, messages, virtualMs, failed: outcome };
  }
  return { seeds, messages, virtualMs, failed: null };
}

function plant(name: string): void {
  const bug = plants.find((one) => one.name === name);
  if (bug === undefined) throw new Error(`There is no planted bug "${name}".`);
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      if (!url.endsWith(`/dist/${bug.file}`)) return loaded;
      const text = readFileSync(new URL(url), 'utf8');
      return { ...loaded, source: planted(bug, text) };
    },
  });
}

if (parentPort !== null) parentPort.postMessage(await run(workerData as Seeds));
