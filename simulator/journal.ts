// What was on the wire, both ways, in order: the last entries in memory, and counts that never forget.
import type { Wire } from './faults.ts';

export interface JournalEntry {
  /** Counts from 1. */
  readonly n: number;
  readonly at: number;
  readonly wire: Wire;
  /** `in`: a request to the carrier. `out`: a callback of the carrier. */
  readonly direction: 'in' | 'out';
  readonly method: string;
  readonly path: string;
  /** The answer's status, or how it ended without one. */
  readonly status: number | 'cut' | 'hang' | 'no answer';
  readonly body: string;
}

export interface Journal {
  write(entry: Omit<JournalEntry, 'n' | 'at'>): void;
  /** Entries whose `n` is at least `from`. */
  read(from: number): readonly JournalEntry[];
  readonly counts: Readonly<Record<string, number>>;
  reset(): void;
}

const ENTRIES_MAX = 10_000;

/** `keep: false` only counts: for load. */
export function createJournal(keep: boolean): Journal {
  let entries: JournalEntry[] = [];
  let counts: Record<string, number> = {};
  let n = 0;
  return {
    write: (entry) => {
      const key = `${entry.wire} ${entry.direction} ${entry.status}`;
      counts[key] = (counts[key] ?? 0) + 1;
      n += 1;
      if (!keep) return;
      entries.push({ n, at: Date.now(), ...entry });
      if (entries.length > 2 * ENTRIES_MAX) entries = entries.slice(-ENTRIES_MAX);
    },
    read: (from) => entries.filter((entry) => entry.n >= from),
    get counts() {
      return counts;
    },
    reset: () => {
      entries = [];
      counts = {};
      n = 0;
    },
  };
}
