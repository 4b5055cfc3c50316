// The live tail on a real PostgreSQL: every event once and in order, whenever a subscriber joins, or a gap to resume from.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Bus } from '../../platform/bus.ts';
import type { Database } from '../../platform/database.ts';
import { appendEvents, START, type Position } from '../../platform/event-log.ts';
import { LiveTail, type TailItem } from '../../platform/live-tail.ts';
import { openMachinery, type Machinery } from '../support/machinery.ts';
import { recordingLog } from '../support/recording-log.ts';

const silentBus: Bus = {
  wake: () => undefined,
  listen: () => () => undefined,
  close: async () => undefined,
};

describe('the live tail', () => {
  let machinery: Machinery;
  let database: Database;
  let tail: LiveTail;

  const start = (bufferMax = 1_000): void => {
    tail = new LiveTail({
      database,
      source: 'delivery',
      bus: silentBus,
      log: recordingLog().log,
      pollMs: 5,
      bufferMax,
    });
    tail.start();
  };

  beforeEach(async () => {
    machinery = await openMachinery();
    database = await machinery.open('delivery');
  });

  afterEach(async () => {
    await tail.stop();
    await machinery.close();
  });

  const append = (n: number, tenantId = 'acme'): Promise<void> =>
    database.transaction(tenantId, (tx) =>
      appendEvents(tx, 'delivery', [
        { tenantId, id: randomUUID(), name: 'delivery.recorded', payload: { n }, occurredAt: n },
      ]),
    );
  const subscribe = (after: Position | null, tenantId = 'acme') =>
    tail.subscribe({ tenantId, after, wants: () => true });
  const numberOf = (item: TailItem): number =>
    item.kind === 'event' ? (item.event.payload as { n: number }).n : -1;

  const take = async (
    stream: AsyncIterableIterator<TailItem>,
    count: number,
  ): Promise<TailItem[]> => {
    const items: TailItem[] = [];
    while (items.length < count) {
      const step = await stream.next();
      if (step.done === true) break;
      items.push(step.value);
    }
    return items;
  };

  it('gives the log and then what comes, once and in order, while writers write', async () => {
    start();
    for (let n = 0; n < 30; n += 1) await append(n);
    const writing = (async () => {
      for (let n = 30; n < 90; n += 1) await append(n);
    })();
    const streams = await Promise.all([subscribe(START), subscribe(START), subscribe(START)]);
    for (const stream of streams) {
      const items = await take(stream, 90);
      expect(items.map(numberOf)).toEqual(Array.from({ length: 90 }, (_, n) => n));
      await stream.return();
    }
    await writing;
  });

  it('serves a subscriber that comes when the last one has just left', async () => {
    start();
    for (let round = 0; round < 20; round += 1) {
      const stream = await subscribe(null);
      await append(round);
      expect((await take(stream, 1)).map(numberOf)).toEqual([round]);
      await stream.return();
    }
  });

  it('gives a tenant nothing of another one', async () => {
    start();
    const stream = await subscribe(null);
    await append(1, 'globex');
    await append(2);
    expect((await take(stream, 1)).map(numberOf)).toEqual([2]);
    await stream.return();
  });

  it('ends a stream whose reader is too slow with a gap, from which nothing is lost', async () => {
    start(10);
    const stream = await subscribe(null);
    for (let n = 0; n < 40; n += 1) await append(n);
    // Another reader tells when all of it has passed the slow one.
    const witness = await subscribe(START);
    await take(witness, 40);
    await witness.return();
    const items = await take(stream, 100);
    const gap = items.at(-1);
    if (gap?.kind !== 'gap') throw new Error('the stream ends with a gap');
    const seen = items.slice(0, -1).map(numberOf);
    const rest = await take(await subscribe(gap.resumeAfter), 40 - seen.length);
    expect([...seen, ...rest.map(numberOf)]).toEqual(Array.from({ length: 40 }, (_, n) => n));
  });
});
