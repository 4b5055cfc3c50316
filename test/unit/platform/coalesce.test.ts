// Coalescing: calls of one turn share a batch, and each still gets its own result, or its own error.
import { describe, expect, it } from '@jest/globals';
import { coalesce, type CoalesceSettings } from '../../../platform/coalesce.ts';

/** Doubles what it gets, and remembers the batches; a gate holds them until it is opened. */
function doubling(more: Partial<CoalesceSettings<number, number>> = {}) {
  const batches: number[][] = [];
  const gates: (() => void)[] = [];
  const call = coalesce<number, number>({
    itemsMax: 10,
    batchesMax: 2,
    waitingMax: 100,
    overflow: () => new Error('full'),
    groupOf: (item) => (item < 0 ? 'negative' : 'positive'),
    run: async (items) => {
      batches.push([...items]);
      await new Promise<void>((resolve) => gates.push(resolve));
      return items.map((item) => item * 2);
    },
    ...more,
  });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const openGates = async (): Promise<void> => {
    for (await turn(); gates.length > 0; await turn()) gates.splice(0).forEach((open) => open());
  };
  return { call, batches, turn, openGates };
}

describe('coalesced calls', () => {
  it('of one turn share one batch, and each gets its own result', async () => {
    const { call, batches, openGates } = doubling();
    const results = Promise.all([call(1), call(2), call(3)]);
    await openGates();
    expect(await results).toEqual([2, 4, 6]);
    expect(batches).toEqual([[1, 2, 3]]);
  });

  it('of different groups never share a batch', async () => {
    const { call, batches, openGates } = doubling();
    const results = Promise.all([call(1), call(-1), call(2), call(-2)]);
    await openGates();
    expect(await results).toEqual([2, -2, 4, -4]);
    expect(batches).toEqual([
      [1, 2],
      [-1, -2],
    ]);
  });

  it('wait while as many batches as allowed are under way, and make the next one larger', async () => {
    const { call, batches, turn, openGates } = doubling({ itemsMax: 2, batchesMax: 1 });
    const results = [call(1), call(2), call(3)];
    await turn();
    results.push(call(4));
    await turn();
    expect(batches).toEqual([[1, 2]]);
    await openGates();
    expect(await Promise.all(results)).toEqual([2, 4, 6, 8]);
    expect(batches).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('wait for the batch of their own group alone', async () => {
    const { call, batches, turn, openGates } = doubling();
    const results = [call(1)];
    await turn();
    results.push(call(2), call(-1), call(3));
    await turn();
    expect(batches).toEqual([[1], [-1]]);
    await openGates();
    expect(await Promise.all(results)).toEqual([2, 4, -2, 6]);
    expect(batches).toEqual([[1], [-1], [2, 3]]);
  });

  it('that fill a batch do not wait for the one under way', async () => {
    const { call, batches, turn, openGates } = doubling({ itemsMax: 2 });
    const results = [call(1)];
    await turn();
    results.push(call(2), call(3), call(4));
    await turn();
    expect(batches).toEqual([[1], [2, 3]]);
    await openGates();
    expect(await Promise.all(results)).toEqual([2, 4, 6, 8]);
    expect(batches).toEqual([[1], [2, 3], [4]]);
  });

  it('of a group that always has more do not keep another group waiting', async () => {
    const { call, batches, turn, openGates } = doubling({ itemsMax: 1, batchesMax: 1 });
    const results = [call(1), call(2), call(-1), call(3)];
    await turn();
    await openGates();
    expect(await Promise.all(results)).toEqual([2, 4, -2, 6]);
    expect(batches).toEqual([[1], [-1], [2], [3]]);
  });

  it('beyond the waiting room are refused, and those inside are not', async () => {
    const { call, openGates } = doubling({ waitingMax: 2 });
    const inside = Promise.all([call(1), call(2)]);
    await expect(call(3)).rejects.toThrow('full');
    await openGates();
    expect(await inside).toEqual([2, 4]);
    const later = call(4);
    await openGates();
    expect(await later).toBe(8);
  });

  it('are tried again alone when their batch fails: one bad item does not fail its neighbours', async () => {
    const seen: number[][] = [];
    const { call } = doubling({
      run: async (items) => {
        seen.push([...items]);
        if (items.includes(2)) throw new Error('bad item');
        return items.map((item) => item * 2);
      },
    });
    const outcomes = await Promise.allSettled([call(1), call(2), call(3)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(seen).toEqual([[1, 2, 3], [1], [2], [3]]);
  });

  it('alone in their batch are not tried twice', async () => {
    let runs = 0;
    const { call } = doubling({
      run: async () => {
        runs += 1;
        throw new Error('bad item');
      },
    });
    await expect(call(1)).rejects.toThrow('bad item');
    expect(runs).toBe(1);
  });

  it('go on after a batch has failed', async () => {
    let healthy = false;
    const { call } = doubling({
      batchesMax: 1,
      run: async (items) => {
        if (!healthy) throw new Error('away');
        return items;
      },
    });
    await expect(call(1)).rejects.toThrow('away');
    healthy = true;
    expect(await call(2)).toBe(2);
  });
});
