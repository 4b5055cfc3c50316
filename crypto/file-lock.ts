// One writer at a time for a file that several processes change: a lock file beside it, with an owner that may have died.
import { randomUUID } from 'node:crypto';
import { link, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { check, CryptoError, systemCode } from './errors.ts';

/** A lock is held for milliseconds; one that is this old belongs to nobody. */
export const LOCK_AGE_MAX_MS = 10_000;
const WAIT_MAX_MS = 20_000;
const POLL_MS = 10;

interface Owner {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
}

/** Still ours? Asked right before the change becomes visible. Throws KEYSTORE_LOCKED when the lock was taken over. */
export type AssertHeld = () => Promise<void>;

/** Runs `work` while `<path>.lock` is ours; other callers wait, in this process and in others on the same file system.
 *  The lock of a dead process is taken over at once on the same host, elsewhere after 10 s. Throws KEYSTORE_LOCKED after
 *  20 s, and whatever `work` throws. */
export async function withFileLock<T>(
  path: string,
  work: (held: AssertHeld) => Promise<T>,
): Promise<T> {
  const lock = `${path}.lock`;
  const token = randomUUID();
  await acquire(lock, { token, pid: process.pid, host: hostname() });
  const isHeld = async (): Promise<boolean> => (await readOwner(lock))?.token === token;
  try {
    return await work(async () => {
      check(await isHeld(), 'KEYSTORE_LOCKED', 'The lock was taken over while we were working.');
    });
  } finally {
    if (await isHeld()) await rm(lock, { force: true });
  }
}

async function acquire(lock: string, owner: Owner): Promise<void> {
  // Written aside and linked: whoever finds a lock finds its owner in it.
  const draft = `${lock}.${owner.token}`;
  await writeFile(draft, JSON.stringify(owner), { mode: 0o600, flag: 'wx' });
  try {
    const deadline = Date.now() + WAIT_MAX_MS;
    while (!(await takes(draft, lock))) {
      check(
        Date.now() < deadline,
        'KEYSTORE_LOCKED',
        `The keystore is locked. If no other process runs, delete ${lock} and what begins with its name.`,
      );
      const holder = await readOwner(lock);
      if (holder !== null && (await isAbandoned(lock, holder))) await breakLock(lock, holder.token);
      await delay(POLL_MS);
    }
  } finally {
    await rm(draft, { force: true });
  }
}

async function takes(draft: string, lock: string): Promise<boolean> {
  // The lock's age counts from when it was taken, not from when we began to wait for it.
  const now = new Date();
  await utimes(draft, now, now);
  return linked(draft, lock);
}

async function isAbandoned(lock: string, holder: Owner): Promise<boolean> {
  if (holder.host === hostname() && !isAlive(holder.pid)) return true;
  const made = await stat(lock).catch(() => null);
  return made !== null && Date.now() - made.mtimeMs > LOCK_AGE_MAX_MS;
}

/** Removes the lock with this token, and no other. The second name is the right to do so: only one process can make it,
 *  and it shows which lock was there, since a fast rival may have replaced the one that was judged. */
async function breakLock(lock: string, token: string): Promise<void> {
  const claim = `${lock}.broken-${token}`;
  if (!(await linked(lock, claim))) return;
  const claimed = await readOwner(claim);
  if (claimed?.token === token) await rm(lock, { force: true });
  await rm(claim, { force: true });
}

async function linked(existing: string, name: string): Promise<boolean> {
  try {
    await link(existing, name);
    return true;
  } catch (cause) {
    const code = systemCode(cause);
    if (code === 'EEXIST' || code === 'ENOENT') return false;
    throw new CryptoError('KEYSTORE_LOCKED', 'The lock file cannot be made.', { cause });
  }
}

async function readOwner(lock: string): Promise<Owner | null> {
  const text = await readFile(lock, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return JSON.parse(text) as Owner;
  } catch {
    // Cut short by a crash of the host: nobody's, and taken over by age.
    return { token: '', pid: 0, host: '' };
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // EPERM: it lives, and is another user's.
    return systemCode(cause) === 'EPERM';
  }
}
