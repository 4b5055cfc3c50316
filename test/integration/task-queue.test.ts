// The task queue on a real PostgreSQL: each task in one hand, leases, fences, turns and priorities.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '../../platform/database.ts';
import {
  claimTasks,
  nextTimerMs,
  putTasks,
  removeTasks,
  stillHeld,
  type NewTask,
} from '../../platform/task-queue.ts';
import { openMachinery, type Machinery } from '../support/machinery.ts';
import { rowsRead } from '../support/rows-read.ts';

describe('the task queue', () => {
  let machinery: Machinery;
  let database: Database;

  beforeEach(async () => {
    machinery = await openMachinery();
    database = await machinery.open('messages');
  });

  afterEach(() => machinery.close());

  const task = (key: string, more: Partial<NewTask> = {}): NewTask => ({
    tenantId: 'acme',
    key,
    lane: 'lane',
    priority: 1,
    share: 'acme',
    delayMs: 0,
    ...more,
  });
  const put = (...tasks: NewTask[]) =>
    database.acrossTenants((tx) => putTasks(tx, 'messages', tasks));
  const claim = (limit: number, leaseMs = 60_000) =>
    database.acrossTenants((tx) => claimTasks(tx, 'messages', { lane: 'lane', limit, leaseMs }));
  const keys = (claimed: readonly { key: string }[]): string[] => claimed.map(({ key }) => key);

  it('gives each task to one of many workers', async () => {
    await put(...Array.from({ length: 300 }, (_, n) => task(`t-${n}`)));
    const worker = async (): Promise<string[]> => {
      const mine: string[] = [];
      for (let empty = 0; empty < 3;) {
        const claimed = await claim(20);
        if (claimed.length === 0) empty += 1;
        mine.push(...keys(claimed));
      }
      return mine;
    };
    const all = (await Promise.all([worker(), worker(), worker(), worker()])).flat();
    expect(all).toHaveLength(300);
    expect(new Set(all).size).toBe(300);
  });

  it('reads the tasks that it gives, and not the whole lane, though nobody has counted the lane', async () => {
    await put(...Array.from({ length: 3_000 }, (_, n) => task(`t-${n}`)));
    const rows = await database.acrossTenants((tx) =>
      rowsRead(tx, async () => {
        const claimed = await claimTasks(tx, 'messages', {
          lane: 'lane',
          limit: 20,
          leaseMs: 1_000,
        });
        expect(claimed).toHaveLength(20);
      }),
    );
    expect(rows).toBeLessThan(20 * 10);
  });

  it('gives a task again when its lease has run out, and refuses what the first holder learnt', async () => {
    await put(task('t'));
    const [first] = await claim(1, 0);
    const [second] = await claim(1);
    if (first === undefined || second === undefined) throw new Error('both claim it');
    expect(second.claim).toBeGreaterThan(first.claim);
    const held = (...tasks: (typeof first)[]) =>
      database.acrossTenants((tx) => stillHeld(tx, 'messages', tasks));
    expect([...(await held(first))]).toEqual([]);
    expect([...(await held(second))]).toEqual([second]);
    // A worker that has the same task again is no holder of what it had before.
    expect([...(await held(first, second))]).toEqual([second]);
  });

  it('takes a task out of its holder’s hand when it is moved or removed', async () => {
    await put(task('moved'), task('removed'));
    const claimed = await claim(2);
    await put(task('moved', { lane: 'elsewhere' }));
    await database.acrossTenants((tx) =>
      removeTasks(tx, 'messages', [{ tenantId: 'acme', key: 'removed' }]),
    );
    const held = await database.acrossTenants((tx) => stillHeld(tx, 'messages', claimed));
    expect(held.size).toBe(0);
  });

  it('does not give a task before it is due, and tells when the next timer is', async () => {
    await put(task('later', { delayMs: 60_000, priority: 0, share: '' }));
    expect(await claim(10)).toEqual([]);
    const wait = await database.acrossTenants((tx) => nextTimerMs(tx, 'messages', 'lane'));
    expect(wait).toBeGreaterThan(50_000);
    expect(wait).toBeLessThanOrEqual(60_000);
  });

  it('serves small tenants in turn with one that has a thousand times as much', async () => {
    await put(
      ...Array.from({ length: 1_000 }, (_, n) =>
        task(`whale-${n}`, { share: 'whale', tenantId: 'whale' }),
      ),
    );
    const small = Array.from({ length: 10 }, (_, n) =>
      task(`small-${n}`, { share: `s-${n}`, tenantId: `s-${n}` }),
    );
    await put(...small);
    const first = keys(await claim(20));
    for (const { key } of small) expect(first).toContain(key);
  });

  it('gives every priority its turn where that is asked for, the one that waits longest first', async () => {
    await put(task('old', { priority: 4, delayMs: -60_000 }));
    await put(...Array.from({ length: 5 }, (_, n) => task(`new-${n}`, { priority: 0 })));
    const claimTurns = (limit: number) =>
      database.acrossTenants((tx) => {
        const request = { lane: 'lane', limit, leaseMs: 60_000, anyPriority: true };
        return claimTasks(tx, 'messages', request);
      });
    expect(keys(await claim(1))[0]).toMatch(/^new-/);
    expect(keys(await claimTurns(1))).toEqual(['old']);
    expect(await claimTurns(9)).toHaveLength(4);
  });

  it('serves the lower priority number first', async () => {
    await put(task('later', { priority: 4 }), task('sooner', { priority: 0 }));
    expect(keys(await claim(1))).toEqual(['sooner']);
  });
});
