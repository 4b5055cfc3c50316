// The one PostgreSQL cluster of a test run: started by the parent process, found by the workers in a variable.
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../platform/embedded-postgres.ts';
import { prepareTemplate } from './template.ts';

const VARIABLE = 'PARLEY_TEST_ADMIN_URL';
const ROOT = join(tmpdir(), `parley-test-clusters-${process.getuid?.() ?? 'all'}`);
const settings = { full_page_writes: 'off', synchronous_commit: 'off' };

let cluster: EmbeddedPostgres | undefined;

/** Starts the cluster in a folder named after this process, and makes the template database in it. */
export async function startCluster(): Promise<void> {
  await removeAbandoned();
  const directory = join(ROOT, String(process.pid));
  cluster = await startEmbeddedPostgres({ directory, settings, durable: false });
  process.env[VARIABLE] = cluster.url; // Jest's workers inherit it.
  await prepareTemplate(cluster.url);
}

export async function stopCluster(): Promise<void> {
  await cluster?.stop();
  await rm(join(ROOT, String(process.pid)), { recursive: true, force: true });
}

/** The superuser's URL of the cluster that this test runs with. */
export function adminUrl(): string {
  const url = process.env[VARIABLE];
  if (!url) throw new Error('No test cluster: these tests run under Jest with its global setup.');
  return url;
}

/** A killed run cannot clean up: the next one does it. Adopting first makes sure that its server ends. */
async function removeAbandoned(): Promise<void> {
  await mkdir(ROOT, { recursive: true });
  for (const name of await readdir(ROOT)) {
    if (isAlive(Number(name))) continue;
    const directory = join(ROOT, name);
    if (existsSync(join(directory, 'data', 'postmaster.pid'))) {
      const abandoned = await startEmbeddedPostgres({ directory });
      await abandoned.stop();
    }
    await rm(directory, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
