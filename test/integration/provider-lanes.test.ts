// Providers' lanes on a real database: one rate for all workers, pauses that all of them keep, and breakers that open and close.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { SendOutcome } from '../../providers/provider.ts';
import { deeds } from '../support/people.ts';
import {
  ACCEPTED,
  FAULT,
  keyOf,
  scripted,
  startSending,
  type Sending,
} from '../support/sending.ts';

const RATE = { perSecond: 0.01, burst: 10 };
const rcs = scripted('rcs-carrier', 'RCS');
const sms = scripted('sms-carrier', 'SMS');
const slow = { ...rcs, rate: RATE };

let sending: Sending;

beforeAll(async () => {
  sending = await startSending([rcs, sms]);
});
afterAll(() => sending.close());
beforeEach(async () => {
  for (const provider of [rcs, sms]) {
    provider.answer = ACCEPTED;
    provider.taken.length = 0;
  }
  await sending.people.sql('delete from messages.lane');
  await sending.people.sql('delete from messages.task');
});

const lane = async (name = rcs.id): Promise<Record<string, unknown>> =>
  (
    await sending.people.sql<Record<string, unknown>>(
      `select failures, openings, open_until > now() as open,
       round(extract(epoch from open_until - now()))::int as open_seconds,
       round(extract(epoch from paused_until - now()))::int as paused_seconds
     from messages.lane where name = $1`,
      [name],
    )
  )[0] ?? {};

/** Time passes for the lane alone. */
const pass = (interval: string) =>
  sending.people.sql(
    `update messages.lane set refilled_at = refilled_at - $1::interval,
       open_until = open_until - $1::interval, probing_until = probing_until - $1::interval,
       paused_until = paused_until - $1::interval`,
    [interval],
  );
/** What waits for its next try, or was put off, is due now. */
const allDue = () => sending.people.sql('update messages.task set due_at = now()');
const attemptsOf = async (id: string) => (await sending.message(id)).attempts;

describe('a rate', () => {
  it('is one for all workers, with a burst that is not exceeded and a flow that comes after', async () => {
    await sending.send('only', 25);
    const workers = [sending.worker(), sending.worker(), sending.worker()];
    const round = async () => {
      const rounds = await Promise.all(workers.map((worker) => worker.round(slow)));
      return rounds.reduce((sum, { handedOver }) => sum + handedOver, 0);
    };
    let sum = 0;
    for (let time = 0; time < 4; time += 1) sum += await round();
    expect(sum).toBe(10);
    expect(rcs.taken).toHaveLength(10);
    // Four tokens flow in at 0.01 a second.
    await pass('400 seconds');
    expect((await round()) + (await round())).toBe(4);
    // It never holds more than the burst.
    await pass('1 day');
    expect((await round()) + (await round()) + (await round())).toBe(10);
    expect(new Set(rcs.taken.map(({ attemptId }) => attemptId)).size).toBe(24);
  });

  it('leaves in the bucket what was asked for and not used, and says when to come back', async () => {
    await sending.send('only', 4);
    const worker = sending.worker();
    expect(await worker.round(slow)).toEqual({ handedOver: 4, next: false });
    await sending.send('only', 8);
    const { handedOver, next } = await worker.round(slow);
    expect(handedOver).toBe(6);
    expect(next).toBeGreaterThan(90_000);
    expect(await worker.round(slow)).toMatchObject({ handedOver: 0 });
  });

  it('is kept at every moment while workers race for it', async () => {
    const fast = { ...rcs, rate: { perSecond: 400, burst: 5 } };
    await sending.send('only', 60);
    const workers = [sending.worker(), sending.worker()];
    const start = Date.now();
    const work = async (worker: (typeof workers)[number]) => {
      while (rcs.taken.length < 60) await worker.round(fast);
    };
    await Promise.all(workers.map(work));
    rcs.taken.forEach(({ at }, index) => {
      // One millisecond for the clock’s rounding.
      expect(index + 1).toBeLessThanOrEqual(5 + 0.4 * (at - start + 1));
    });
  });
});

describe('a provider that is asked too often', () => {
  it('is left alone by all workers for as long as it says, and served again then', async () => {
    await sending.send('only', 1);
    rcs.answer = { ...FAULT, code: 'THROTTLED', retryAfterMs: 60_000 };
    const [one, other] = [sending.worker(), sending.worker()];
    expect(await one.round(rcs)).toMatchObject({ handedOver: 1 });
    expect(await lane()).toMatchObject({ failures: 0, paused_seconds: 60 });
    expect(sending.lines()).toContainEqual(
      expect.objectContaining({ msg: 'provider lane paused', provider: rcs.id }),
    );
    await sending.send('only', 2);
    for (const worker of [one, other]) {
      const { handedOver, next } = await worker.round(rcs);
      expect(handedOver).toBe(0);
      expect(next).toBeGreaterThan(50_000);
    }
    rcs.answer = ACCEPTED;
    await pass('60 seconds');
    expect(await other.round(rcs)).toMatchObject({ handedOver: 2 });
  });
});

describe('a provider that fails', () => {
  /** Five faults, seen by two workers. */
  async function open(): Promise<void> {
    rcs.answer = FAULT;
    const [one, other] = [sending.worker(), sending.worker()];
    await sending.send('only', 3);
    expect(await one.round(rcs)).toMatchObject({ handedOver: 3 });
    expect(await lane()).toMatchObject({ failures: 3, open: null });
    await sending.send('only', 2);
    expect(await other.round(rcs)).toMatchObject({ handedOver: 2 });
    expect(await lane()).toMatchObject({ failures: 5, open: true, open_seconds: 10 });
    rcs.taken.length = 0;
  }

  it('is served no more after five faults, whichever worker saw them', async () => {
    await open();
    expect(sending.lines()).toContainEqual(
      expect.objectContaining({ msg: 'provider lane opened', provider: rcs.id, failures: 5 }),
    );
    const [id = ''] = await sending.send('only', 1);
    const round = await sending.worker().round(rcs);
    expect(round.handedOver).toBe(0);
    expect(round.next).toBeGreaterThan(5_000);
    expect(rcs.taken).toEqual([]);
    expect(await attemptsOf(id)).toMatchObject([{ state: 'PLANNED', tries: 0 }]);
    // It was put off until the breaker is half open: no worker looks at it again before.
    const [task] = await sending.people.sql<{ wait: number }>(
      `select extract(epoch from due_at - now())::float8 as wait from messages.task where key = $1`,
      [keyOf(id)],
    );
    expect(task?.wait).toBeGreaterThan(5);
  });

  it('is tried with one attempt once the time is over, whoever asks, and served again when that is answered', async () => {
    await open();
    await sending.people.sql('delete from messages.task');
    await sending.send('only', 3);
    await pass('10 seconds');
    const workers = [sending.worker(), sending.worker(), sending.worker()];
    // The one that tries it has no answer before the others have looked at the lane.
    const probe = Promise.withResolvers<SendOutcome>();
    rcs.answer = probe.promise;
    let idle = 0;
    const rounds = workers.map(async (worker) => {
      if ((await worker.round(rcs)).handedOver === 0) idle += 1;
      if (idle === 2) probe.resolve(ACCEPTED);
    });
    await Promise.all(rounds);
    expect(rcs.taken).toHaveLength(1);
    expect(await lane()).toMatchObject({ failures: 0, openings: 0, open: null });
    expect(sending.lines()).toContainEqual(
      expect.objectContaining({ msg: 'provider lane closed', provider: rcs.id }),
    );
    rcs.answer = ACCEPTED;
    expect(await workers[0]?.round(rcs)).toMatchObject({ handedOver: 2 });
  });

  it('is left alone for twice as long when that attempt fails', async () => {
    await open();
    await pass('10 seconds');
    await allDue();
    expect(await sending.worker().round(rcs)).toMatchObject({ handedOver: 1 });
    expect(await lane()).toMatchObject({ open: true, open_seconds: 20, openings: 2 });
  });

  it('is tried by another worker when the one that tries it is gone', async () => {
    await open();
    await sending.people.sql('delete from messages.task');
    await sending.send('only', 2);
    await pass('10 seconds');
    await sending.people.sql(`update messages.lane set probing_until = now() + interval '15 s'`);
    expect(await sending.worker().round(rcs)).toMatchObject({ handedOver: 0 });
    await pass('15 seconds');
    rcs.answer = ACCEPTED;
    expect(await sending.worker().round(rcs)).toMatchObject({ handedOver: 1 });
  });

  it('loses what waits for it to the next route at once, which says why', async () => {
    const ids = await sending.send('both', 3);
    await sending.people.sql(`update messages.task set due_at = now() + interval '1 hour'`);
    await open();
    await allDue();
    expect(await sending.worker().round(rcs)).toMatchObject({ handedOver: 0 });
    expect(await sending.worker().round(sms)).toMatchObject({ handedOver: 3 });
    expect(rcs.taken).toEqual([]);
    for (const id of ids) {
      expect(await attemptsOf(id)).toMatchObject([
        { channel: 'RCS', fallbackReason: null },
        { channel: 'SMS', state: 'SENT', fallbackReason: 'PROVIDER_UNAVAILABLE' },
      ]);
    }
  });

  it('is not planned with while it is left alone, where there is another way', async () => {
    await open();
    const [id = ''] = await sending.send('both', 1);
    const { decision, attempts } = await sending.message(id);
    expect(attempts).toMatchObject([{ channel: 'SMS' }]);
    expect(decision.candidates).toContainEqual({
      channel: 'RCS',
      rank: null,
      reasons: ['PROVIDER_UNAVAILABLE'],
    });
    await pass('10 seconds');
    const [later = ''] = await sending.send('both', 1);
    expect(await attemptsOf(later)).toMatchObject([{ channel: 'RCS' }]);
  });

  it('does not keep a message beyond its time', async () => {
    await open();
    await sending.people.sql('delete from messages.task');
    const [id = ''] = await sending.send('only', 1);
    sending.people.clock.time += 25 * 3_600_000;
    await sending.worker().round(rcs);
    expect(await sending.message(id)).toMatchObject({ endReason: 'EXPIRED' });
    expect(rcs.taken).toEqual([]);
    sending.people.clock.time -= 25 * 3_600_000;
  });

  it('starts anew when any worker gets an answer, also one that never saw the faults', async () => {
    const [one, other] = [sending.worker(), sending.worker()];
    // Both have seen it well.
    await sending.send('only', 1);
    await one.round(rcs);
    await sending.send('only', 1);
    await other.round(rcs);
    rcs.answer = FAULT;
    await sending.send('only', 4);
    await one.round(rcs);
    expect(await lane()).toMatchObject({ failures: 4 });
    rcs.answer = ACCEPTED;
    await sending.send('only', 1);
    await other.round(rcs);
    expect(await lane()).toMatchObject({ failures: 0 });
  });
});

describe('what a worker shows', () => {
  it('is each lane as it saw it last: its tokens, its pause, its breaker', async () => {
    const worker = sending.worker();
    await sending.send('only', 4);
    await worker.round(slow);
    expect(await worker.metrics()).toMatch(/provider_lane_tokens{provider="rcs-carrier"} 6\b/);
    expect(await worker.metrics()).toContain('provider_lane_open{provider="rcs-carrier"} 0');
    await sending.people.sql(`update messages.lane set paused_until = now() + interval '1 minute'`);
    await worker.round(slow);
    expect(await worker.metrics()).toContain('provider_lane_paused{provider="rcs-carrier"} 1');
    await sending.people.sql(`update messages.lane set open_until = now() + interval '1 minute'`);
    await worker.round(slow);
    expect(await worker.metrics()).toContain('provider_lane_open{provider="rcs-carrier"} 1');
    await pass('1 minute');
    await sending.people.sql('update messages.lane set open_until = null');
    await worker.round(rcs);
    expect(await worker.metrics()).toContain('provider_lane_open{provider="rcs-carrier"} 0');
    expect(await worker.metrics()).toContain('provider_lane_paused{provider="rcs-carrier"} 0');
  });
});

describe('a provider without a rate that is well', () => {
  it('costs no statement, neither to claim nor to record', async () => {
    const worker = sending.worker();
    await sending.send('only', 1);
    await worker.round(rcs);
    await sending.send('only', 20);
    const { statements } = sending.people;
    statements.messages.length = 0;
    expect(await worker.round(rcs)).toMatchObject({ handedOver: 20 });
    const about = deeds(statements.messages).filter((sql) => sql.includes('messages.lane'));
    // The claim itself, which looks whether the lane is held.
    expect(about).toHaveLength(1);
    expect(about[0]).toContain('update messages.task');
    expect(await sending.people.sql('select 1 from messages.lane')).toEqual([]);
  });
});
