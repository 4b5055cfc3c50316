// Reads the providers' official samples.
import { readFileSync } from 'node:fs';

/** The `data` of `test/samples/<path>.json`, from the project's root. */
export function sample<T>(path: string): T {
  const file = JSON.parse(readFileSync(`test/samples/${path}.json`, 'utf8')) as { data: T };
  return file.data;
}
