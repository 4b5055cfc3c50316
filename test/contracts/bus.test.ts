// One suite, every bus: two processes' ends wake each other, and find back after their server was away.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { NatsBus } from '../../platform/bus-nats.ts';
import { PostgresBus } from '../../platform/bus-postgres.ts';
import type { Bus } from '../../platform/bus.ts';
import { findFreePort } from '../../platform/free-port.ts';
import { createTestDatabase } from '../support/database.ts';
import { recordingLog } from '../support/recording-log.ts';

/** A bus with a server of its own. */
interface Driver {
  open(): Promise<Bus>;
  /** Cuts all connections. */
  disturb(): Promise<void>;
  stop(): Promise<void>;
}

const drivers: Record<string, () => Promise<Driver>> = { PostgreSQL: postgres, NATS: nats };
// NATS is optional: Debian has it as nats-server.
const present = { PostgreSQL: true, NATS: spawnSync('nats-server', ['--version']).status === 0 };
if (!present.NATS) process.stderr.write('nats-server is not installed: its part is left out.\n');
const suites = Object.entries(present).flatMap(([name, there]) => (there ? [name] : []));

describe.each(suites)('a bus over %s', (name) => {
  let driver: Driver;
  let here: Bus;
  let there: Bus;

  beforeAll(async () => {
    driver = await (drivers[name] as () => Promise<Driver>)();
    [here, there] = [await driver.open(), await driver.open()];
  });

  afterAll(async () => {
    await here.close();
    await there.close();
    await driver.stop();
  });

  it('wakes listeners of its own process before wake returns', () => {
    let woken = 0;
    const stop = here.listen('tasks:own', () => (woken += 1));
    here.wake('tasks:own');
    expect(woken).toBe(1);
    stop();
    here.wake('tasks:own');
    expect(woken).toBe(1);
  });

  it('wakes listeners of another process, and of that topic alone', async () => {
    const others: string[] = [];
    there.listen('tasks:quiet', () => others.push('tasks:quiet'));
    const woken = new Promise<void>((resolve) => there.listen('events:loud', resolve));
    here.wake('events:loud');
    await woken;
    expect(others).toEqual([]);
  });

  it('does not wake itself twice by what comes back from the server', async () => {
    let woken = 0;
    here.listen('tasks:echo', () => (woken += 1));
    const seen = new Promise<void>((resolve) => there.listen('tasks:echo', resolve));
    here.wake('tasks:echo');
    await seen;
    expect(woken).toBe(1);
  });

  it('finds back by itself after its connections were cut', async () => {
    await driver.disturb();
    const woken = new Promise<void>((resolve) => there.listen('tasks:again', resolve));
    const waking = setInterval(() => here.wake('tasks:again'), 20);
    await expect(woken).resolves.toBeUndefined();
    clearInterval(waking);
  });
});

async function postgres(): Promise<Driver> {
  const database = await createTestDatabase();
  return {
    open: () => PostgresBus.open(database.url, recordingLog().log),
    async disturb() {
      const admin = new Client({ connectionString: database.url });
      await admin.connect();
      await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'parley-bus'
         and datname = current_database()`,
      );
      await admin.end();
    },
    stop: () => database.drop(),
  };
}

async function nats(): Promise<Driver> {
  const port = await findFreePort();
  let server = await startNats(port);
  return {
    open: () => NatsBus.open(`nats://127.0.0.1:${port}`, recordingLog().log),
    async disturb() {
      await end(server);
      server = await startNats(port);
    },
    stop: () => end(server),
  };
}

async function startNats(port: number): Promise<ChildProcess> {
  const args = ['--addr', '127.0.0.1', '--port', String(port)];
  const child = spawn('nats-server', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  for await (const chunk of child.stderr) {
    if (String(chunk).includes('Server is ready')) break;
  }
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
