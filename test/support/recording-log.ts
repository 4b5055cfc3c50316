// A real logger whose lines a test can read.
import { Writable } from 'node:stream';
import { pino } from 'pino';
import type { Log } from '../../platform/log.ts';

export function recordingLog(): { log: Log; lines: () => Record<string, unknown>[] } {
  const written: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk.toString());
      done();
    },
  });
  const log = pino({ level: 'debug', base: null }, sink);
  return { log, lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>) };
}
