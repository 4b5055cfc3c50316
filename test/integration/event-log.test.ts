// The event log on a real PostgreSQL: its tail skips nothing, and a follower acts on each event once.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Bus } from '../../platform/bus.ts';
import type { Database, Transaction } from '../../platform/database.ts';
import {
  appendEvents,
  comparePositions,
  cursorOf,
  endOfLog,
  positionOf,
  readTail,
  readTenantEvents,
  START,
  takeTurn,
  type LoggedEvent,
} from '../../platform/event-log.ts';
import { createFollower } from '../../platform/follower.ts';
import { openMachinery, type Machinery } from '../support/machinery.ts';
import { recordingLog } from '../support/recording-log.ts';

const silentBus: Bus = {
  wake: () => undefined,
  listen: () => () => undefined,
  close: async () => undefined,
};

describe('the event log', () => {
  let machinery: Machinery;
  let messages: Database;

  beforeEach(async () => {
    machinery = await openMachinery();
    messages = await machinery.open('messages');
  });

  afterEach(() => machinery.close());

  const append = (tx: Transaction, n: number, tenantId = 'acme'): Promise<void> =>
    appendEvents(tx, 'messages', [
      { tenantId, id: randomUUID(), name: 'test', payload: { n }, occurredAt: 1_000 + n },
    ]);
  const numbers = (events: readonly LoggedEvent[]): number[] =>
    events.map(({ payload }) => (payload as { n: number }).n);

  /** The first events, once so many are visible: any transaction of the cluster that still runs holds them back. */
  const tailOf = async (count: number): Promise<LoggedEvent[]> => {
    for (;;) {
      const events = await readTail(messages, 'messages', START);
      if (events.length >= count) return events;
    }
  };

  it('holds a later commit back until an earlier transaction has ended, so that none is skipped', async () => {
    const { promise: mayCommit, resolve: release } = Promise.withResolvers<void>();
    const { promise: written, resolve: wrote } = Promise.withResolvers<void>();
    const slow = messages.transaction('acme', async (tx) => {
      await append(tx, 1);
      wrote();
      await mayCommit;
    });
    await written;
    await messages.transaction('acme', (tx) => append(tx, 2));
    // 2 is committed and has the higher number: a cursor by number alone would pass 1 over for good.
    expect(numbers(await readTail(messages, 'messages', START))).toEqual([]);
    release();
    await slow;
    expect(numbers(await tailOf(2))).toEqual([1, 2]);
  });

  it('has transactions that take turns in the order in which they read, whoever wrote first', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const waits = `select 1 from pg_locks where locktype = 'advisory' and not granted`;
    const first = messages.transaction('acme', async (tx) => {
      await takeTurn(tx, 'messages');
      begin();
      while ((await tx.query(waits)).length === 0);
      await append(tx, 1);
    });
    await begun;
    // As a job does that claims rows first: its first write gives it its place.
    const claim = `insert into messages.task (tenant_id, key, lane, priority, share, due_at)
      values ('acme', 'k', 'l', 0, '', now())`;
    const second = messages.transaction('acme', async (tx) => {
      await Promise.all([takeTurn(tx, 'messages'), tx.query(claim)]);
      await append(tx, 2);
    });
    await Promise.all([first, second]);
    expect(numbers(await tailOf(2))).toEqual([1, 2]);
  });

  it('gives everything once over pages, while writers commit in any order', async () => {
    const HELD = 0;
    const { promise: mayCommit, resolve: release } = Promise.withResolvers<void>();
    const { promise: written, resolve: wrote } = Promise.withResolvers<void>();
    // Writes first and commits last, when the naive reader is past it.
    const held = messages.transaction('acme', async (tx) => {
      await append(tx, HELD);
      wrote();
      await mayCommit;
    });
    await written;
    const writers = Array.from({ length: 6 }, async (_, writer) => {
      for (let round = 0; round < 20; round += 1) {
        await messages.transaction('acme', async (tx) => {
          await append(tx, 1 + writer * 100 + round);
          // Holds some transactions open across others, as real work does.
          if (round % 3 === 0) await tx.query('select pg_sleep(0.002)');
        });
      }
    });
    const seen: number[] = [];
    // What everybody tries first: the highest number that was seen, whoever wrote it.
    const naive: number[] = [];
    let at = START;
    let highest = '0';
    while (seen.length < 121) {
      const page = await readTail(messages, 'messages', at);
      seen.push(...numbers(page));
      at = page.at(-1)?.position ?? at;
      const bySeq = await messages.acrossTenants((tx) =>
        tx.query<{ n: number; seq: string }>(
          `select (payload->>'n')::int as n, seq::text from messages.event where seq > $1 order by seq`,
          [highest],
        ),
      );
      naive.push(...bySeq.map(({ n }) => n));
      highest = bySeq.at(-1)?.seq ?? highest;
      if (naive.length > 0) release();
    }
    await Promise.all([held, ...writers]);
    expect(await readTail(messages, 'messages', at)).toEqual([]);
    expect(new Set(seen).size).toBe(121);
    // The same history, read the naive way, would have lost what was held open.
    expect(naive).not.toContain(HELD);
    expect(seen).toContain(HELD);
  });

  it('gives one tenant its own events alone, up to where it is asked', async () => {
    await messages.transaction('acme', (tx) => append(tx, 1));
    await messages.transaction('globex', (tx) => append(tx, 2, 'globex'));
    await messages.transaction('acme', (tx) => append(tx, 3));
    const until = (await tailOf(3)).at(-1)?.position ?? START;
    expect(await endOfLog(messages, 'messages')).toEqual(until);
    await messages.transaction('acme', (tx) => append(tx, 4));
    const range = { tenantId: 'acme', after: START, until };
    expect(numbers(await readTenantEvents(messages, 'messages', range))).toEqual([1, 3]);
  });

  it('has cursors that lead back to their place, and refuses what is none', async () => {
    const at = { tx: '734', seq: '18446744073709551' };
    expect(positionOf(cursorOf(at))).toEqual(at);
    expect(positionOf('nonsense')).toBeNull();
    // Whoever makes up a cursor is told so, before PostgreSQL refuses the number.
    expect(positionOf(cursorOf({ tx: '18446744073709551616', seq: '1' }))).toBeNull();
    expect(positionOf(cursorOf({ tx: '1', seq: '9223372036854775808' }))).toBeNull();
    expect(comparePositions({ tx: '9', seq: '5' }, { tx: '10', seq: '1' })).toBe(-1);
  });

  describe('a follower', () => {
    let delivery: Database;

    beforeEach(async () => {
      delivery = await machinery.open('delivery');
    });

    const follower = (
      handle: (tx: Transaction, events: readonly LoggedEvent[]) => Promise<void>,
    ) => {
      const { log, lines } = recordingLog();
      const job = createFollower({
        name: 'test',
        database: delivery,
        source: 'messages',
        bus: silentBus,
        log,
        pollMs: 5,
        handle,
      });
      return { job, lines };
    };

    /** Writes each number into a table of delivery's own. */
    const keep = (tx: Transaction, events: readonly LoggedEvent[]): Promise<unknown> =>
      tx.query(
        `insert into delivery.callback_key (tenant_id, id, wrapped, created_at)
         select 'acme', uuidv7(), to_jsonb(n), now() from unnest($1::int[]) as n`,
        [numbers(events)],
      );
    const kept = async (): Promise<number[]> => {
      const rows = await delivery.acrossTenants((tx) =>
        tx.query<{ wrapped: number }>(`select wrapped from delivery.callback_key order by wrapped`),
      );
      return rows.map((row) => row.wrapped);
    };
    const untilKept = async (count: number): Promise<number[]> => {
      for (;;) {
        const now = await kept();
        if (now.length >= count) return now;
      }
    };

    it('acts on each event once, also when two of them compete', async () => {
      for (let n = 0; n < 40; n += 1) await messages.transaction('acme', (tx) => append(tx, n));
      const one = follower(async (tx, events) => void (await keep(tx, events)));
      const two = follower(async (tx, events) => void (await keep(tx, events)));
      one.job.start();
      two.job.start();
      const seen = await untilKept(40);
      await Promise.all([one.job.stop(), two.job.stop()]);
      expect(await kept()).toEqual(seen);
      expect(seen).toEqual(Array.from({ length: 40 }, (_, n) => n));
    });

    it('passes over an event that fails alone, says so, and keeps its neighbours', async () => {
      for (let n = 0; n < 9; n += 1) await messages.transaction('acme', (tx) => append(tx, n));
      await tailOf(9);
      const { job, lines } = follower(async (tx, events) => {
        await keep(tx, events);
        if (numbers(events).includes(5)) throw new Error('poison');
      });
      job.start();
      const seen = await untilKept(8);
      await job.stop();
      expect(seen).toEqual([0, 1, 2, 3, 4, 6, 7, 8]);
      expect(lines()).toContainEqual(expect.objectContaining({ msg: 'event passed over' }));
    });

    it('does not lose an event to a database that goes away, however often', async () => {
      await messages.transaction('acme', (tx) => append(tx, 1));
      let rounds = 0;
      const { job, lines } = follower(async (tx, events) => {
        await keep(tx, events);
        rounds += 1;
        // As a restart of the server does it: in the middle of the work, from outside.
        if (rounds <= 4) await tx.query('select pg_terminate_backend(pg_backend_pid())');
      });
      job.start();
      const seen = await untilKept(1);
      await job.stop();
      expect(seen).toEqual([1]);
      expect(lines()).not.toContainEqual(expect.objectContaining({ msg: 'event passed over' }));
    });
  });
});
