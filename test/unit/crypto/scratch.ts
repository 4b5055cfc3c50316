// A directory of one test file, deleted when its tests are over.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

/** Makes names inside of a fresh directory; every call answers a path that does not exist yet. */
export function scratchPaths(): (name: string) => string {
  const directory = mkdtempSync(join(tmpdir(), 'parley-crypto-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  let count = 0;
  return (name) => join(directory, `${(count += 1)}-${name}`);
}
