// The task table of the simulation against the real one: whatever is done to both, they give the same tasks to the same hands.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  claimTasks,
  hastenTasks,
  nextTimerMs,
  putTasks,
  removeTasks,
  stillHeld,
  usedLanes,
  type ClaimedTask,
} from '../../platform/task-queue.ts';
import { newLane } from '../../subgraphs/messages/domain/lane.ts';
import {
  LANE_HELD,
  lockLane,
  openLanes,
  readLane,
  saveLane,
} from '../../subgraphs/messages/store/lanes.ts';
import { keyOf } from '../simulation/store/statement.ts';
import type { Store, TaskRow } from '../simulation/store/store.ts';
import { openTwoStores, type TwoStores } from '../support/two-stores.ts';

const HOUR_MS = 3_600_000;
const LANES = ['rcs', 'sms', 'wait'] as const;
const TENANT = 'acme';

type Command =
  | {
      readonly do: 'put';
      readonly keys: readonly string[];
      readonly lane: string;
      readonly priority: number;
      readonly share: string;
      readonly hours: number;
    }
  | {
      readonly do: 'claim';
      readonly lane: string;
      readonly limit: number;
      readonly hours: number;
      readonly unlessHeld: boolean;
    }
  | { readonly do: 'hold' }
  | { readonly do: 'remove' | 'hasten'; readonly keys: readonly string[]; readonly hours: number }
  | {
      readonly do: 'hold back';
      readonly lane: string;
      readonly open: number | null;
      readonly pause: number | null;
    }
  | { readonly do: 'pass'; readonly hours: number };

const keys = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), {
  minLength: 1,
  maxLength: 4,
});
const lane = fc.constantFrom(...LANES);
const hours = fc.integer({ min: 0, max: 3 });
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    do: fc.constant('put' as const),
    keys,
    lane,
    priority: fc.integer({ min: 0, max: 2 }),
    share: fc.constantFrom('', 'x', 'y'),
    hours,
  }),
  fc.record({
    do: fc.constant('claim' as const),
    lane,
    limit: fc.integer({ min: 1, max: 5 }),
    hours,
    unlessHeld: fc.boolean(),
  }),
  fc.record({ do: fc.constant('hold' as const) }),
  fc.record({ do: fc.constantFrom('remove' as const, 'hasten' as const), keys, hours }),
  fc.record({
    do: fc.constant('hold back' as const),
    lane,
    open: fc.option(hours),
    pause: fc.option(hours),
  }),
  fc.record({ do: fc.constant('pass' as const), hours: fc.constantFrom(0.5, 1, 2) }),
);

let stores: TwoStores & { empty(): Promise<void> };
beforeAll(async () => {
  stores = await openTwoStores('messages', {
    'messages.task': ['due_at'],
    'messages.lane': ['open_until', 'paused_until'],
  });
});
afterAll(() => stores.close());

it('gives, holds, moves and forgets tasks as PostgreSQL does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 30 }), async (commands) => {
      await stores.empty();
      const claimed: ClaimedTask[] = [];
      for (const one of commands) await obey(one, claimed);
      const { postgres, memory } = await stores.both(async ({ tx, now }) => ({
        lanes: await usedLanes(tx, 'messages'),
        open: [...(await openLanes(tx))].sort(),
        timer: halves((await nextTimerMs(tx, 'messages', 'wait')) ?? -1),
        seen: await Promise.all(LANES.map(async (name) => laneAt(await readLane(tx, name), now))),
      }));
      expect(memory).toEqual(postgres);
    }),
    { numRuns: 60 },
  );
}, 120_000);

/** Half hours: what is between is how long the test takes. */
const halves = (ms: number | null): number | null =>
  ms === null ? null : Math.round(ms / (HOUR_MS / 2)) + 0;

function laneAt(seen: Awaited<ReturnType<typeof readLane>>, now: number): object | null {
  if (seen === null) return null;
  const { openUntil, pausedUntil, failures } = seen.lane;
  const from = (time: number | null) => (time === null ? null : halves(time - now));
  return { failures, open: from(openUntil), paused: from(pausedUntil) };
}

async function obey(command: Command, claimed: ClaimedTask[]): Promise<void> {
  switch (command.do) {
    case 'put': {
      const { lane, priority, share, hours } = command;
      const tasks = command.keys.map((key) => {
        return { tenantId: TENANT, key, lane, priority, share, delayMs: hours * HOUR_MS };
      });
      await stores.both(({ tx }) => putTasks(tx, 'messages', tasks));
      return;
    }
    case 'claim':
      claimed.push(...(await claimOnBoth(command)));
      return;
    case 'hold': {
      const held = await stores.both(({ tx }) => stillHeld(tx, 'messages', claimed));
      expect([...held.memory]).toEqual([...held.postgres]);
      return;
    }
    case 'remove':
    case 'hasten': {
      const tasks = command.keys.map((key) => {
        return { tenantId: TENANT, key, delayMs: command.hours * HOUR_MS };
      });
      const work = command.do === 'remove' ? removeTasks : hastenTasks;
      await stores.both(({ tx }) => work(tx, 'messages', tasks));
      return;
    }
    case 'hold back': {
      const at = (now: number, inHours: number | null) =>
        inHours === null ? null : now + inHours * HOUR_MS;
      await stores.both(async ({ tx }) => {
        const { now } = await lockLane(tx, command.lane);
        const openUntil = at(now, command.open);
        const pausedUntil = at(now, command.pause);
        await saveLane(tx, command.lane, { ...newLane, openUntil, pausedUntil, failures: 2 });
      });
      return;
    }
    case 'pass':
      await stores.pass(command.hours);
  }
}

/** Of tasks that are due at the same moment PostgreSQL may give either; then the memory follows. */
async function claimOnBoth({
  lane,
  limit,
  hours,
  unlessHeld,
}: Extract<Command, { do: 'claim' }>): Promise<readonly ClaimedTask[]> {
  const before = new Map(stores.memory.tasks.entries());
  const claim = { lane, limit, leaseMs: hours * HOUR_MS, ...(unlessHeld && { unless: LANE_HELD }) };
  const { postgres, memory } = await stores.both(({ tx }) => claimTasks(tx, 'messages', claim));
  const ranks = (tasks: readonly ClaimedTask[]): string[] =>
    tasks.map(({ tenantId, key }) => rankOf(before.get(keyOf(tenantId, key)))).sort();
  expect(ranks(memory)).toEqual(ranks(postgres));
  await follow(stores.memory, before, { lane, given: memory, wanted: postgres });
  const claims = (tasks: readonly ClaimedTask[]) =>
    tasks.map(({ key }) => `${key} ${stores.memory.tasks.get(keyOf(TENANT, key))?.claim}`).sort();
  expect(claims(postgres)).toEqual(
    postgres.map(({ key, claim: token }) => `${key} ${token}`).sort(),
  );
  return postgres;
}

const rankOf = (task: TaskRow | undefined): string =>
  task === undefined ? 'unknown' : `${task.priority} ${task.share} ${halves(task.dueAt)}`;

async function follow(
  store: Store,
  before: ReadonlyMap<string, TaskRow>,
  {
    given,
    wanted,
  }: { lane: string; given: readonly ClaimedTask[]; wanted: readonly ClaimedTask[] },
): Promise<void> {
  const [first] = given;
  const leased = first && store.tasks.get(keyOf(first.tenantId, first.key));
  await store.transaction(async () => {
    for (const { tenantId, key } of given) {
      const old = before.get(keyOf(tenantId, key));
      if (old !== undefined) store.tasks.put(keyOf(tenantId, key), old);
    }
    for (const { tenantId, key } of wanted) {
      const old = before.get(keyOf(tenantId, key));
      if (old === undefined || leased === undefined) continue;
      store.tasks.put(keyOf(tenantId, key), { ...old, dueAt: leased.dueAt, claim: old.claim + 1 });
    }
  });
}
