// What a benchmark runs: the platform, references and load generators, each a process of its own on the loopback address.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startEmbeddedPostgres } from '../platform/embedded-postgres.ts';
import { findFreePort } from '../platform/free-port.ts';

/** What GraphQL or a child answered. Benchmarks read it by name. */
// eslint-disable-next-line typescript/no-explicit-any
export type Json = any;

export interface Bed {
  readonly directory: string;
  /** Of the owner. */
  readonly databaseUrl: string;
  /** Starts `dist/<script>` with a JSON argument; resolves at the first line it prints, read as JSON. */
  start(script: string, argument: object): Promise<{ child: ChildProcess; ready: Json }>;
  startPlatform(variables: Record<string, string>): Promise<RunningPlatform>;
  stop(child: ChildProcess): Promise<void>;
  close(): Promise<void>;
}

export interface RunningPlatform {
  readonly child: ChildProcess;
  readonly url: string;
  readonly token: string;
  ask(query: string, variables?: object): Promise<Json>;
}

/** SMS through a provider that is never called: no worker runs unless a benchmark says so. */
export const IDLE_PROVIDER = {
  TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000000',
  TWILIO_AUTH_TOKENS: 'unused',
  TWILIO_FROM: '+15005550006',
  TWILIO_BASE_URL: 'http://127.0.0.1:9',
};

/** One durable PostgreSQL for everything that is compared. */
export async function openBed(): Promise<Bed> {
  const directory = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  const server = await startEmbeddedPostgres({ directory: join(directory, 'postgres') });
  const children = new Set<ChildProcess>();
  const run = (file: string, args: string[], env: Record<string, string> = {}): ChildProcess => {
    const child = spawn(process.execPath, ['--no-warnings', file, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env,
    });
    children.add(child);
    child.once('exit', () => children.delete(child));
    return child;
  };
  const fileOf = (script: string): string => new URL(`../${script}`, import.meta.url).pathname;
  const stop = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  };
  return {
    directory,
    databaseUrl: server.url,
    async start(script, argument) {
      const child = run(fileOf(script), [JSON.stringify(argument)]);
      return { child, ready: JSON.parse(await firstLine(child, '{')) as Json };
    },
    async startPlatform(variables) {
      const port = await findFreePort();
      const child = run(fileOf('main.js'), ['start'], {
        DATABASE_URL: server.url,
        DATA_DIRECTORY: directory,
        PORT: String(port),
        LOG_LEVEL: 'error',
        ...variables,
      });
      await firstLine(child, 'Parley is ready');
      const token = await readFile(join(directory, 'development-token'), 'utf8');
      const url = `http://127.0.0.1:${port}`;
      return { child, url, token, ask: asker(url, token) };
    },
    stop,
    async close() {
      await Promise.all([...children].map(stop));
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function asker(url: string, token: string): RunningPlatform['ask'] {
  return async (query, variables = {}) => {
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await answer.json()) as Json;
    if (errors) throw new Error(`void: ${JSON.stringify(errors)}`);
    return data;
  };
}

async function firstLine(child: ChildProcess, start: string): Promise<string> {
  if (child.stdout === null) throw new TypeError('the output of a child is a pipe');
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith(start)) continue;
    child.stdout.resume();
    return line;
  }
  throw new Error('void: a process ended before it was ready');
}
