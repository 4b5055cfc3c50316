// Writes a history as JSON lines, on the clock that all histories of a run share.
import { createWriteStream } from 'node:fs';
import type { HistoryLine } from './checker/history.ts';

type Untimed<Line> = Line extends HistoryLine ? Omit<Line, 't'> & { readonly t?: number } : never;

export interface Recorder {
  /** At this moment, unless the line says when. */
  write(line: Untimed<HistoryLine>): void;
  /** Resolves when every line is in the file. */
  close(): Promise<void>;
}

export function createRecorder(path: string): Recorder {
  const file = createWriteStream(path);
  return {
    write: (line) => file.write(`${JSON.stringify({ t: Date.now(), ...line })}\n`),
    close: () => new Promise((resolve) => file.end(resolve)),
  };
}
