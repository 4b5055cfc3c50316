// B7: from the start of the process to the first right answer, against a bare server on a database that runs.
import { mkdtemp, rm } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../platform/free-port.ts';
import { median, ratios, report, round } from './figures.ts';
import { IDLE_PROVIDER, openBed, type Bed } from './processes.ts';

const ROUNDS = 4;

export async function start(): Promise<void> {
  const bed = await openBed();
  const directory = await mkdtemp(join(tmpdir(), 'parley-start-'));
  try {
    const first = await startPlatform(directory);
    const ours: number[] = [];
    const reference: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      ours.push(await startPlatform(directory));
      reference.push(await startReference(bed));
    }
    const ratio = ratios(ours, reference);
    report('B7 start', '10 and 2.5 s; first start 20 s', {
      ratio: round(ratio.median),
      range: [round(ratio.low), round(ratio.high)],
      seconds: round(median(ours)),
      firstStartSeconds: round(first),
      referenceSeconds: round(median(reference)),
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
    await bed.close();
  }
}

/** All roles and the bundled PostgreSQL, which has to be started as well: seconds to the first answer. */
async function startPlatform(directory: string): Promise<number> {
  const port = await findFreePort();
  return untilAnswer('main.js', ['start'], `http://127.0.0.1:${port}/health/ready`, {
    ...IDLE_PROVIDER,
    DATA_DIRECTORY: directory,
    PORT: String(port),
    LOG_LEVEL: 'error',
  });
}

async function startReference(bed: Bed): Promise<number> {
  const port = await findFreePort();
  const argument = JSON.stringify({ databaseUrl: bed.databaseUrl, port, connections: 4 });
  return untilAnswer('bench/row-server.js', [argument], `http://127.0.0.1:${port}/`, {});
}

async function untilAnswer(
  script: string,
  args: string[],
  url: string,
  env: Record<string, string>,
): Promise<number> {
  const file = new URL(`../${script}`, import.meta.url).pathname;
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--no-warnings', file, ...args], { stdio: 'ignore', env });
  try {
    for (;;) {
      const answer = await fetch(url).catch(() => null);
      await answer?.arrayBuffer();
      if (answer?.ok === true) return (performance.now() - startedAt) / 1_000;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }
}
