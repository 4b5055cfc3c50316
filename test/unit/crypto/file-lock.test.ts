// The lock file: one holder at a time, and a dead holder does not keep it.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { LOCK_AGE_MAX_MS, withFileLock } from '../../../crypto/file-lock.ts';
import { scratchPaths } from './scratch.ts';

const scratch = scratchPaths();
const dead = (): number => spawnSync(process.execPath, ['-e', '']).pid;
const owned = (owner: object): string => JSON.stringify({ token: 'old', ...owner });
const leftovers = (path: string): string[] =>
  readdirSync(dirname(path)).filter((name) => name.startsWith(basename(path)));

test('work under one lock never overlaps, and the lock is gone afterwards', async () => {
  const path = scratch('file');
  let [inside, most, done] = [0, 0, 0];
  const works = Array.from({ length: 10 }, () =>
    withFileLock(path, async (assertHeld) => {
      inside += 1;
      most = Math.max(most, inside);
      await assertHeld();
      inside -= 1;
      done += 1;
    }),
  );
  await Promise.all(works);
  expect([most, done]).toEqual([1, 10]);
  expect(leftovers(path)).toEqual([]);
});

test('work that fails gives the lock back and its error on', async () => {
  const path = scratch('file');
  const attempt = withFileLock(path, () => Promise.reject(new Error('no disk')));
  await expect(attempt).rejects.toThrow('no disk');
  expect(leftovers(path)).toEqual([]);
});

test('the answer of the work is handed on', async () => {
  expect(await withFileLock(scratch('file'), () => Promise.resolve(7))).toBe(7);
});

// Minus an hour: a clock that was set back must not hide that the owner is dead.
test.each([
  ['a dead process of this host', () => owned({ pid: dead(), host: hostname() }), -3_600_000],
  [
    'an old one of another host',
    () => owned({ pid: 1, host: 'elsewhere' }),
    LOCK_AGE_MAX_MS + 1000,
  ],
  ['an old one that was cut short', () => '{"tok', LOCK_AGE_MAX_MS + 1000],
])('the lock of %s is taken over', async (_, content, ageMs) => {
  const path = scratch('file');
  writeFileSync(`${path}.lock`, content());
  const made = new Date(Date.now() - ageMs);
  utimesSync(`${path}.lock`, made, made);
  const works = [1, 2, 3].map((n) => withFileLock(path, () => Promise.resolve(n)));
  expect(await Promise.all(works)).toEqual([1, 2, 3]);
  expect(leftovers(path)).toEqual([]);
});

test.each([
  ['this process', () => owned({ pid: process.pid, host: hostname() })],
  ['a young one of another host', () => owned({ pid: 1, host: 'elsewhere' })],
])('the lock of %s is waited for', async (_, content) => {
  const path = scratch('file');
  const lock = `${path}.lock`;
  writeFileSync(lock, content());
  let given = false;
  const waiting = withFileLock(path, () => Promise.resolve(given));
  // The waiter has looked at the lock once its own draft is there, and it must leave the lock alone.
  while (leftovers(path).length < 2) await nextTurn();
  expect(readFileSync(lock, 'utf8')).toBe(content());
  given = true;
  rmSync(lock);
  expect(await waiting).toBe(true);
});

test('a holder whose lock was taken over is told before it writes, and leaves the new lock alone', async () => {
  const path = scratch('file');
  const lock = `${path}.lock`;
  const attempt = withFileLock(path, async (assertHeld) => {
    writeFileSync(lock, owned({ pid: process.pid, host: hostname() }));
    await assertHeld();
  });
  await expect(attempt).rejects.toMatchObject({ code: 'KEYSTORE_LOCKED' });
  expect(existsSync(lock)).toBe(true);
});
