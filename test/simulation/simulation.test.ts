// The send engine under virtual time: its own code in several processes, with everything that can go wrong going wrong.
import { describe, expect, it } from '@jest/globals';
import { plants } from './plants.ts';
import { runInThread } from './seeds.ts';

const SEEDS = 400;

describe('the send engine', () => {
  it('keeps its promises whatever happens, and ends every message once all has healed', async () => {
    const runs = await runInThread({ first: 1, count: SEEDS, step: 1, plant: null });
    const { failed, ...told } = runs;
    expect(failed?.failure?.trace ?? 'nothing failed').toBe('nothing failed');
    expect(told.seeds).toBe(SEEDS);
    expect(told.messages).toBeGreaterThan(SEEDS);
  }, 120_000);

  it.each(plants.map(({ name }) => name))(
    'is seen to fail where %s',
    async (plant) => {
      const { failed } = await runInThread({ first: 1, count: SEEDS, step: 1, plant });
      expect(failed?.failure?.sentence).toEqual(expect.any(String));
    },
    120_000,
  );
});
