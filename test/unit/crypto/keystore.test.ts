// The keystore file: replaced as a whole, or left as it was.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { expect, test } from '@jest/globals';
import { keystoreStamp, readKeystore, updateKeystore } from '../../../crypto/keystore.ts';
import { parseMasterKey } from '../../../crypto/master-key.ts';
import { scratchPaths } from './scratch.ts';

const scratch = scratchPaths();
const masterKey = parseMasterKey(Buffer.alloc(32, 0xa5));
const stored = (version: number) =>
  ({ kid: `k${version}`, tenant: 't1', key_use: 'link', version, kty: 'oct', k: 'AAAA' }) as const;
const leftovers = (path: string): string[] =>
  readdirSync(dirname(path)).filter((name) => name.startsWith(basename(path)));

async function made(): Promise<string> {
  const path = scratch('keystore.jwe');
  await updateKeystore(path, masterKey, (keys) => [...keys, stored(1)]);
  return path;
}

test('a change is there for the next reader, and the stamp shows it', async () => {
  const path = await made();
  const stamp = keystoreStamp(path);
  await updateKeystore(path, masterKey, (keys) => [...keys, stored(2)]);
  expect(await readKeystore(path, masterKey)).toEqual([stored(1), stored(2)]);
  expect(keystoreStamp(path)).not.toBe(stamp);
  expect(leftovers(path)).toEqual([basename(path)]);
});

test('no file holds no keys and has no stamp', async () => {
  const path = scratch('keystore.jwe');
  expect(await readKeystore(path, masterKey)).toEqual([]);
  expect(keystoreStamp(path)).toBeNull();
});

test('a change that says null leaves the file untouched', async () => {
  const path = await made();
  const stamp = keystoreStamp(path);
  await updateKeystore(path, masterKey, () => null);
  expect(keystoreStamp(path)).toBe(stamp);
});

test('a writer that lost its lock changes nothing', async () => {
  const path = await made();
  const before = readFileSync(path);
  const attempt = updateKeystore(path, masterKey, (keys) => {
    writeFileSync(`${path}.lock`, JSON.stringify({ token: 'other', pid: process.pid, host: 'x' }));
    return [...keys, stored(2)];
  });
  await expect(attempt).rejects.toMatchObject({ code: 'KEYSTORE_LOCKED' });
  expect(readFileSync(path)).toEqual(before);
  rmSync(`${path}.lock`);
  expect(leftovers(path)).toEqual([basename(path)]);
});

test('a change that throws changes nothing and gives the lock back', async () => {
  const path = await made();
  const before = readFileSync(path);
  const attempt = updateKeystore(path, masterKey, () => {
    throw new Error('no');
  });
  await expect(attempt).rejects.toThrow('no');
  expect(readFileSync(path)).toEqual(before);
  expect(leftovers(path)).toEqual([basename(path)]);
});
