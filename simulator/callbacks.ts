// Sends a carrier's callbacks and repeats each until it is answered with success, with growing pauses.
import { Agent } from 'undici';
import type { Behaviour } from './behaviour.ts';
import type { Wire } from './faults.ts';
import type { Journal } from './journal.ts';
import type { Timers } from './timers.ts';

export interface Callback {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Not repeated, whatever the answer: a forger does not insist. */
  readonly once?: boolean;
  /** Called each time when it was answered with success. */
  readonly onTaken?: () => void;
}

export interface CallbackQueue {
  push(callback: Callback): void;
  /** Sends now, once, and tells the answer's body; null when none came. For handshakes. */
  ask(callback: Callback): Promise<string | null>;
  /** Callbacks that wait or are under way; those that a fault delays are not counted. */
  readonly size: number;
  clear(): void;
  close(): Promise<void>;
}

/** How callbacks reach a customer. */
export interface Carry {
  readonly method: string;
  /** Null when no answer came. `taken`: the customer need not be told again. */
  post(callback: Callback): Promise<{ status: number; taken: boolean; text: string } | null>;
  close(): Promise<void>;
}

export interface CallbackOptions {
  readonly wire: Wire;
  readonly carry: Carry;
  /** Whether one failing callback holds up all others, as in Google's one queue for each partner. */
  readonly blocking: boolean;
  readonly behaviour: Behaviour;
  readonly timers: Timers;
  readonly journal: Journal;
}

const CONCURRENT_MAX = 32;
const ANSWER_TIMEOUT_MS = 10_000;
const PAUSE_FIRST_MS = 1000;
const PAUSE_MAX_MS = 600_000;

export function createCallbackQueue(options: CallbackOptions): CallbackQueue {
  const { blocking, behaviour, timers } = options;
  const waiting = new Set<Callback>();
  const failures = new WeakMap<Callback, number>();
  let underWay = 0;
  let paused = false;
  // What was under way when the queue was cleared must not come back into it.
  let epoch = 0;

  const enqueue = (callback: Callback): void => {
    waiting.add(callback);
    pump();
  };
  const pump = (): void => {
    for (const callback of waiting) {
      if (paused || underWay >= CONCURRENT_MAX) return;
      waiting.delete(callback);
      underWay += 1;
      void carryOut(callback);
    }
  };
  const carryOut = async (callback: Callback): Promise<void> => {
    const startedIn = epoch;
    const answer = await send(options, callback);
    underWay -= 1;
    if (startedIn === epoch) settle(callback, answer !== null);
    pump();
  };
  const settle = (callback: Callback, taken: boolean): void => {
    if (taken) return callback.onTaken?.();
    if (callback.once === true) return;
    const count = (failures.get(callback) ?? 0) + 1;
    failures.set(callback, count);
    const pauseMs = Math.min(PAUSE_FIRST_MS * 2 ** (count - 1), PAUSE_MAX_MS);
    if (!blocking) {
      timers.after(pauseMs, () => enqueue(callback));
      return;
    }
    waiting.add(callback);
    if (paused) return;
    paused = true;
    timers.after(pauseMs, () => {
      paused = false;
      pump();
    });
  };
  return {
    push: (callback) => {
      const { drop, delayMs, reorderWindowMs } = behaviour.faults.callbacks;
      if (drop > 0 && behaviour.random() < drop) return;
      const waitMs = delayMs + (reorderWindowMs > 0 ? behaviour.random() * reorderWindowMs : 0);
      if (waitMs === 0) enqueue(callback);
      else timers.after(waitMs, () => enqueue(callback));
    },
    ask: (callback) => send(options, callback),
    get size() {
      return waiting.size + underWay;
    },
    clear: () => {
      epoch += 1;
      waiting.clear();
      paused = false;
    },
    close: () => options.carry.close(),
  };
}

/** The body of a successful answer, or null. */
async function send(
  { wire, carry, behaviour, journal }: CallbackOptions,
  callback: Callback,
): Promise<string | null> {
  const answer = behaviour.faults.callbacks.partition ? null : await carry.post(callback);
  const { pathname, search } = new URL(callback.url);
  const status = answer?.status ?? 'no answer';
  const { method } = carry;
  const path = pathname + search;
  journal.write({ wire, direction: 'out', method, path, status, body: callback.body });
  return answer?.taken === true ? answer.text : null;
}

/** By HTTP, to the callback's URL. */
export function httpCarry(): Carry {
  const agent = new Agent({ connections: CONCURRENT_MAX });
  return {
    method: 'POST',
    post: async ({ url, headers, body }) => {
      try {
        const { origin, pathname, search } = new URL(url);
        const answer = await agent.request({
          origin,
          path: pathname + search,
          method: 'POST',
          headers,
          body,
          signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
        });
        const { statusCode: status } = answer;
        const taken = status >= 200 && status < 300;
        return { status, taken, text: await answer.body.text() };
      } catch {
        return null;
      }
    },
    close: () => agent.destroy(),
  };
}
