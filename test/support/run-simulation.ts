// npm run simulation: 10,000 seeds, or SIMULATION_SEEDS; SIMULATION_SEED replays one of them and shows what happened in it.
import { availableParallelism } from 'node:os';
import { runInThread, type Runs } from '../simulation/seeds.ts';

const seed = Number(process.env['SIMULATION_SEED'] ?? 0);
const count = seed > 0 ? 1 : Number(process.env['SIMULATION_SEEDS'] ?? 10_000);
const plant = process.env['SIMULATION_PLANT'] ?? null;
const step = Math.min(count, availableParallelism());

const startedAt = Date.now();
const threads = Array.from({ length: step }, (_, thread) => {
  const first = (seed > 0 ? seed : 1) + thread;
  return runInThread({ first, count: count - thread, step, plant });
});
const runs: Runs[] = await Promise.all(threads);
const sum = (of: (run: Runs) => number): number => runs.reduce((all, run) => all + of(run), 0);
const seconds = (ms: number): string => (ms / 1_000).toFixed(1);

for (const { failed } of runs) {
  if (!failed?.failure) continue;
  const { sentence, trace } = failed.failure;
  process.stdout.write(
    `${trace}\n\nseed ${failed.seed} (${failed.mode}): ${sentence}\n` +
      `SIMULATION_SEED=${failed.seed} npm run simulation shows it again\n`,
  );
  process.exitCode = 1;
}
process.stdout.write(
  `${sum((run) => run.seeds)} seeds, ${sum((run) => run.messages)} messages, ` +
    `${seconds(sum((run) => run.virtualMs) / 3_600)} virtual hours in ${seconds(Date.now() - startedAt)} s\n`,
);
