// A PostgreSQL of a fault test's own, behind a line that can fail: one that may be stopped without asking others.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../platform/embedded-postgres.ts';
import type { TestDatabase } from '../support/database.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

export interface OwnPostgres {
  readonly line: TcpProxy;
  readonly database: TestDatabase;
  /** Stops it at once, as a crash does, and starts it again. */
  restart(): Promise<void>;
}

const LOOK_MS = 20;

export async function openOwnPostgres(): Promise<OwnPostgres> {
  const directory = await mkdtemp(join(tmpdir(), 'parley-faults-'));
  // A crash of its processes costs nothing that it wrote: fsync is about a crash of the machine.
  const start = () => startEmbeddedPostgres({ directory, durable: false });
  let server = await start();
  const portOf = (url: string): number => Number(new URL(url).port);
  const line = await startTcpProxy(portOf(server.url));
  const url = new URL(server.url);
  url.port = String(line.port);
  const lockFile = join(directory, 'data', 'postmaster.pid');
  return {
    line,
    database: {
      url: url.href,
      async drop() {
        await line.close();
        await server.stop();
        await rm(directory, { recursive: true, force: true });
      },
    },
    async restart() {
      const pid = Number((await readFile(lockFile, 'utf8')).split('\n', 1)[0]);
      // PostgreSQL's "immediate": nothing is finished, nothing is written down, it recovers at the next start.
      process.kill(pid, 'SIGQUIT');
      while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      server = await start();
      line.leadTo(portOf(server.url));
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
