// How many requests may be without their answer at once: a session's window, first come, first served.

export class Window {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(size: number) {
    this.#free = size;
  }

  /** Takes a place and resolves with what gives it back; with null when the signal comes first. */
  enter(signal: AbortSignal): Promise<(() => void) | null> {
    return new Promise((resolve) => {
      const enter = (): void => {
        signal.removeEventListener('abort', giveUp);
        this.#free -= 1;
        resolve(() => this.#leave());
      };
      const giveUp = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        resolve(null);
      };
      if (signal.aborted) resolve(null);
      else if (this.#free > 0) enter();
      else {
        this.#waiting.push(enter);
        signal.addEventListener('abort', giveUp, { once: true });
      }
    });
  }

  #leave(): void {
    this.#free += 1;
    this.#waiting.shift()?.();
  }
}
