// Real timers on a scaled clock: all of a carrier's waiting, so that it can be sped up, and ended at once.

export interface Timers {
  /** Runs `deed` after so many simulated milliseconds; returns what takes it back. */
  after(ms: number, deed: () => void): () => void;
  /** Takes everything back. */
  clear(): void;
}

/** `timeScale`: simulated milliseconds for each real one. */
export function createTimers(timeScale: number): Timers {
  const running = new Set<NodeJS.Timeout>();
  return {
    after: (ms, deed) => {
      const timer = setTimeout(() => {
        running.delete(timer);
        deed();
      }, ms / timeScale);
      running.add(timer);
      return () => {
        clearTimeout(timer);
        running.delete(timer);
      };
    },
    clear: () => {
      for (const timer of running) clearTimeout(timer);
      running.clear();
    },
  };
}
