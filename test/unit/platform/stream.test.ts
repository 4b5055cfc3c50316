// Streams: mapped in order, ended at once, and queued up to their bound.
import { describe, expect, it } from '@jest/globals';
import { createQueue, mapStream } from '../../../platform/stream.ts';

const nothing = () => undefined;

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of stream) values.push(value);
  return values;
}

function queueOf(...values: number[]) {
  const queue = createQueue<number>(100, nothing);
  for (const value of values) queue.push(value);
  return queue;
}

describe('a mapped stream', () => {
  it('maps each value in order and ends with its source', async () => {
    const source = queueOf(1, 2, 3);
    source.end();
    expect(await collect(mapStream(source, async (value) => value * 2))).toEqual([2, 4, 6]);
  });

  it('ends at once, and its source with it, while a value is awaited', async () => {
    let left = 0;
    const stream = mapStream(
      createQueue<number>(1, () => (left += 1)),
      (value) => value,
    );
    const pending = stream.next();
    expect(await stream.return()).toEqual({ done: true, value: undefined });
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(left).toBe(1);
  });

  it('gives one last value when its source or its map throws, and ends', async () => {
    const broken = queueOf(1);
    broken.end(new Error('broken'));
    const last = (error: unknown) => `last: ${(error as Error).message}`;
    expect(await collect(mapStream(broken, String, last))).toEqual(['1', 'last: broken']);
    const unmappable = mapStream(
      queueOf(1, 2, 3),
      (value) => {
        if (value === 2) throw new Error('no 2');
        return String(value);
      },
      last,
    );
    expect(await collect(unmappable)).toEqual(['1', 'last: no 2']);
  });

  it('throws to its reader when it has no last value', async () => {
    const source = queueOf();
    source.end(new Error('broken'));
    await expect(collect(mapStream(source, String))).rejects.toThrow('broken');
  });
});

describe('a queue', () => {
  it('hands over what was pushed before it ended', async () => {
    const queue = queueOf(1, 2);
    queue.end();
    expect(queue.push(3)).toBe(true);
    expect(await collect(queue)).toEqual([1, 2]);
  });

  it('wakes a reader that waits, for a value, an end and an error', async () => {
    const queue = queueOf();
    const first = queue.next();
    queue.push(1);
    expect(await first).toEqual({ done: false, value: 1 });
    const end = queue.next();
    queue.end();
    expect((await end).done).toBe(true);
    const failing = queueOf();
    const error = failing.next();
    failing.end(new Error('broken'));
    await expect(error).rejects.toThrow('broken');
    expect((await failing.next()).done).toBe(true);
  });

  it('takes no more than its bound', () => {
    const queue = createQueue<number>(2, nothing);
    expect([queue.push(1), queue.push(2), queue.push(3)]).toEqual([true, true, false]);
  });

  it('tells once that its reader left, and drops what waits', async () => {
    let left = 0;
    const queue = createQueue<number>(2, () => (left += 1));
    queue.push(1);
    await queue.return();
    await queue.return();
    expect(left).toBe(1);
    expect((await queue.next()).done).toBe(true);
  });

  it('that has ended does not tell that its reader left', async () => {
    let left = 0;
    const queue = createQueue<number>(2, () => (left += 1));
    queue.end();
    await queue.return();
    expect(left).toBe(0);
  });
});
