// Appends what the carriers took, refused and told, as JSON lines, for a checker that compares it with what was promised.
import { createWriteStream } from 'node:fs';

/** `attempt` is the attempt id that the platform's request carried: a carrier never learns more. */
export type HistoryLine =
  | { k: 'accept'; ref: string; attempt: string | null; recipient: string; channel: string }
  | { k: 'reject'; attempt: string | null; recipient: string; channel: string; permanent: boolean }
  | { k: 'emit'; eventId: string; attempt: string | null; channel: string; status: string }
  | { k: 'revoked-at-provider'; attempt: string | null; channel: string };

export interface History {
  write(line: HistoryLine): void;
  /** Resolves when every line is in the file. */
  close(): Promise<void>;
}

/** Null as a path writes nothing. */
export function createHistory(path: string | null): History {
  if (path === null) return { write: () => undefined, close: () => Promise.resolve() };
  const file = createWriteStream(path, { flags: 'a' });
  return {
    write: (line) => file.write(`${JSON.stringify({ t: Date.now(), ...line })}\n`),
    close: () => new Promise((resolve) => file.end(resolve)),
  };
}
