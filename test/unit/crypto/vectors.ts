// Reads public test vectors, plain or gzipped, from test/vectors.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const root = new URL('../../../../test/vectors/', import.meta.url);

/** The parsed JSON of `test/vectors/<path>`; the caller states its shape. */
export function readVectors<T>(path: string): T {
  const bytes = readFileSync(new URL(path, root));
  const text = path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
  return JSON.parse(text.toString('utf8')) as T;
}

/** A Wycheproof file: groups of tests that share a key or sizes. */
export interface Wycheproof<Group, Test> {
  readonly testGroups: readonly (Group & {
    readonly tests: readonly (Test & WycheproofTest)[];
  })[];
}
export interface WycheproofTest {
  readonly tcId: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly result: 'valid' | 'invalid' | 'acceptable';
}

/** The group's tests one by one, each with its group. */
export function testsOf<Group, Test>(file: string) {
  const { testGroups } = readVectors<Wycheproof<Group, Test>>(`wycheproof/${file}.json.gz`);
  return testGroups.flatMap((group) => group.tests.map((test) => ({ group, test })));
}

export const hex = (text: string): Buffer => Buffer.from(text, 'hex');

/** The code of the CryptoError that `work` throws, `null` if it returns; other errors pass through. */
export function codeOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof Error && error.name === 'CryptoError' && 'code' in error) {
      return String(error.code);
    }
    throw error;
  }
}
