// What happened in a run, so that a failing seed can be read: each line is about one message, or about all of them.

interface Line {
  readonly at: number;
  readonly messageId: string | null;
  readonly text: string;
}

export class Trace {
  readonly #lines: Line[] = [];
  readonly #told = new WeakSet<object>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  tell(messageId: string | null, text: string): void {
    this.#lines.push({ at: this.#now(), messageId, text });
  }

  /** Tells of a row when it is first seen, and says whether it was: rows are replaced, so a changed one is another. */
  tellOnce(row: object, messageId: string, text: string): boolean {
    if (this.#told.has(row)) return false;
    this.#told.add(row);
    this.tell(messageId, text);
    return true;
  }

  /** What concerns one message, or everything. Times in seconds from the start. */
  about(messageId: string | null, start: number): string {
    return this.#lines
      .filter(
        (line) => messageId === null || line.messageId === null || line.messageId === messageId,
      )
      .map(({ at, text }) => `${((at - start) / 1_000).toFixed(3).padStart(9)}  ${text}`)
      .join('\n');
  }
}
