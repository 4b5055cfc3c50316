// Streams of events: mapped without losing the way to end them, and queued with a bound.
import { assert } from './assert.ts';

/** An async iterator that can be ended while its next value is still awaited, unlike a generator. */
export interface Stream<T> extends AsyncIterableIterator<T, undefined, undefined> {
  return(): Promise<IteratorReturnResult<undefined>>;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Maps each value in order. When the source or `map` throws, the source is ended and `last` makes the final value;
 *  without `last` the error goes on to the reader. */
export function mapStream<A, B>(
  source: AsyncIterable<A>,
  map: (value: A) => B | Promise<B>,
  last?: (error: unknown) => B,
): Stream<B> {
  const iterator = source[Symbol.asyncIterator]();
  let ended = false;
  const end = async (): Promise<IteratorReturnResult<undefined>> => {
    ended = true;
    await iterator.return?.();
    return DONE;
  };
  return {
    async next() {
      if (ended) return DONE;
      try {
        const step = await iterator.next();
        if (step.done !== true) return { done: false, value: await map(step.value) };
        ended = true;
        return DONE;
      } catch (error) {
        await end();
        if (last === undefined) throw error;
        return { done: false, value: last(error) };
      }
    },
    return: end,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Values from a source that does not wait for its reader. */
export interface BoundedQueue<T> extends Stream<T> {
  /** False when the reader is `sizeMax` values behind; the value is not kept then. */
  push(value: T): boolean;
  /** The reader gets what was pushed, then the end, or the error. */
  end(error?: Error): void;
}

/** A queue for one reader. `onReturn` runs once, when the reader leaves before the end. */
export function createQueue<T>(sizeMax: number, onReturn: () => void): BoundedQueue<T> {
  const values: T[] = [];
  let ending: { error?: Error } | null = null;
  let waiting: { resolve(): void } | null = null;
  const wake = () => {
    waiting?.resolve();
    waiting = null;
  };
  return {
    push(value) {
      if (ending !== null) return true;
      if (values.length >= sizeMax) return false;
      values.push(value);
      wake();
      return true;
    },
    end(error) {
      ending ??= error === undefined ? {} : { error };
      wake();
    },
    async next() {
      assert(waiting === null, 'a queue has one reader');
      if (values.length === 0 && ending === null) {
        await new Promise<void>((resolve) => (waiting = { resolve }));
      }
      const [value] = values;
      if (values.length > 0) {
        values.shift();
        return { done: false, value: value as T };
      }
      const error = ending?.error;
      if (error === undefined) return DONE;
      ending = {};
      throw error;
    },
    async return() {
      if (ending === null) {
        ending = {};
        onReturn();
      }
      values.length = 0;
      wake();
      return DONE;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
