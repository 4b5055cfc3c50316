// Loops under a clock that the test turns: they work until nothing is left, sleep, wake, and survive a failing round.
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Listeners, type Bus } from '../../../platform/bus.ts';
import { createLoop, type LoopSettings } from '../../../platform/loop.ts';
import { recordingLog } from '../../support/recording-log.ts';

const POLL_MS = 1_000;

function wakingBus(): Bus & { listenerCount: number } {
  const listeners = new Listeners();
  const bus = {
    listenerCount: 0,
    wake: (topic: string) => listeners.call(topic),
    listen: (topic: Parameters<Bus['listen']>[0], listener: () => void) => {
      bus.listenerCount += 1;
      const stop = listeners.add(topic, listener);
      return () => {
        bus.listenerCount -= 1;
        stop();
      };
    },
    close: async () => undefined,
  };
  return bus;
}

describe('a loop', () => {
  let bus: ReturnType<typeof wakingBus>;
  let rounds: number;
  let stop: () => Promise<void>;

  beforeEach(() => {
    jest.useFakeTimers();
    rounds = 0;
  });

  afterEach(async () => {
    await stop();
    jest.useRealTimers();
  });

  const start = async (round: LoopSettings['round']) => {
    const { log, lines } = recordingLog();
    bus = wakingBus();
    const job = createLoop({
      name: 'test',
      bus,
      topics: ['tasks:here'],
      pollMs: POLL_MS,
      log,
      round: () => {
        rounds += 1;
        return round();
      },
    });
    stop = () => job.stop();
    job.start();
    await jest.advanceTimersByTimeAsync(0);
    return { job, lines };
  };

  it('works on while there is more, then polls', async () => {
    await start(async () => rounds < 5);
    expect(rounds).toBe(5);
    await jest.advanceTimersByTimeAsync(POLL_MS - 1);
    expect(rounds).toBe(5);
    await jest.advanceTimersByTimeAsync(1);
    expect(rounds).toBe(6);
  });

  it('comes back when its round says that work is due, but no later than it polls', async () => {
    await start(async () => (rounds === 1 ? 30 : 60_000));
    await jest.advanceTimersByTimeAsync(29);
    expect(rounds).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(rounds).toBe(2);
    await jest.advanceTimersByTimeAsync(POLL_MS);
    expect(rounds).toBe(3);
  });

  it('is woken by its topic, and by no other', async () => {
    await start(async () => false);
    bus.wake('tasks:there');
    await jest.advanceTimersByTimeAsync(0);
    expect(rounds).toBe(1);
    bus.wake('tasks:here');
    await jest.advanceTimersByTimeAsync(0);
    expect(rounds).toBe(2);
  });

  it('does not miss a wake that comes during its round', async () => {
    const { promise, resolve: finish } = Promise.withResolvers<boolean>();
    await start(() => (rounds === 1 ? promise : Promise.resolve(false)));
    bus.wake('tasks:here');
    finish(false);
    await jest.advanceTimersByTimeAsync(POLL_MS / 10);
    expect(rounds).toBe(2);
  });

  it('survives a round that fails, and says so', async () => {
    const { lines } = await start(async () => {
      if (rounds === 1) throw new Error('away');
      return false;
    });
    await jest.advanceTimersByTimeAsync(500);
    expect(rounds).toBe(2);
    expect(lines()).toMatchObject([{ msg: 'job round failed', job: 'test' }]);
  });

  it('does not become a busy loop by a fault, however often it is woken', async () => {
    await start(async () => {
      bus.wake('tasks:here');
      throw new Error('away');
    });
    for (let wakes = 0; wakes < 10; wakes += 1) {
      bus.wake('tasks:here');
      await jest.advanceTimersByTimeAsync(1);
    }
    expect(rounds).toBe(1);
    await jest.advanceTimersByTimeAsync(500);
    expect(rounds).toBe(2);
  });

  it('ends after the round under way, and listens no longer', async () => {
    const { promise, resolve: finish } = Promise.withResolvers<boolean>();
    const { job } = await start(() => promise);
    let stopped = false;
    const stopping = job.stop().then(() => (stopped = true));
    await jest.advanceTimersByTimeAsync(0);
    expect(stopped).toBe(false);
    finish(true);
    await stopping;
    expect(rounds).toBe(1);
    expect(bus.listenerCount).toBe(0);
  });

  it('ends at once while it sleeps, or rests after a fault', async () => {
    const { job } = await start(async () => {
      throw new Error('away');
    });
    await job.stop();
    expect(rounds).toBe(1);
  });
});
