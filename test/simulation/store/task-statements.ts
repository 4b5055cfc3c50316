// The statements of the task table (platform/task-queue.ts).
import type { ClaimedTask, NewTask } from '../../../platform/task-queue.ts';
import { byText, keyOf, unnest, type Execution, type Statement } from './statement.ts';
import type { Store, TaskRow } from './store.ts';

type Key = Pick<TaskRow, 'tenantId' | 'key'>;

const keys = (values: readonly unknown[]): Key[] => unnest<Key>(values, ['tenantId', 'key']);
const taskOf = (store: Store, { tenantId, key }: Key): TaskRow | undefined =>
  store.tasks.get(keyOf(tenantId, key));

function put({ store, values, now }: Execution): readonly object[] {
  const columns = ['tenantId', 'key', 'lane', 'priority', 'share', 'delayMs'] as const;
  for (const { delayMs, ...task } of unnest<NewTask>(values, columns)) {
    const claim = (taskOf(store, task)?.claim ?? -1) + 1;
    store.tasks.put(keyOf(task.tenantId, task.key), { ...task, dueAt: now + delayMs, claim });
  }
  return [];
}

/** Lower priorities first; inside a priority one of each share in turn, the earliest of each first. */
function claim({ store, sql, values, now }: Execution): readonly object[] {
  const [lane, limit, leaseMs] = values as [string, number, number];
  if (sql.includes('from messages.lane') && isHeld(store, lane, now)) return [];
  const due = store.tasks
    .all()
    .filter((task) => task.lane === lane && task.dueAt <= now)
    .sort((a, b) => a.dueAt - b.dueAt);
  const lines = Map.groupBy(due, ({ priority, share }) => `${priority} ${share}`);
  const inTurn = [...lines.values()].flatMap((line) =>
    line.slice(0, limit).map((task, turn) => ({ task, turn })),
  );
  const chosen = inTurn
    .sort(
      (a, b) => a.task.priority - b.task.priority || a.turn - b.turn || a.task.dueAt - b.task.dueAt,
    )
    .slice(0, limit)
    .map(({ task }) => task)
    .sort(byText(({ key }) => key));
  return chosen.map((task) => {
    const held = { ...task, dueAt: now + leaseMs, claim: task.claim + 1 };
    store.tasks.put(keyOf(task.tenantId, task.key), held);
    return { tenant_id: held.tenantId, key: held.key, claim: held.claim };
  });
}

/** As LANE_HELD of store/lanes.ts says it. */
function isHeld(store: Store, name: string, now: number): boolean {
  const lane = store.lanes.get(name);
  return lane !== undefined && (lane.openUntil !== null || (lane.pausedUntil ?? 0) > now);
}

function remove({ store, values }: Execution): readonly object[] {
  for (const { tenantId, key } of keys(values)) store.tasks.delete(keyOf(tenantId, key));
  return [];
}

function stillHeld({ store, values }: Execution): readonly object[] {
  const tasks = unnest<ClaimedTask>(values, ['tenantId', 'key', 'claim']);
  const held = tasks.filter((task) => taskOf(store, task)?.claim === task.claim);
  for (const { key } of tasks) {
    if (!held.some((task) => task.key === key)) store.lost.add(key);
  }
  return held.map(({ tenantId, key, claim: token }) => ({
    tenant_id: tenantId,
    key,
    claim: token,
  }));
}

function hasten({ store, values, now }: Execution): readonly object[] {
  const columns = ['tenantId', 'key', 'delayMs'] as const;
  for (const { delayMs, ...key } of unnest<Key & { delayMs: number }>(values, columns)) {
    const task = taskOf(store, key);
    if (task === undefined || task.dueAt <= now + delayMs) continue;
    store.tasks.put(keyOf(task.tenantId, task.key), { ...task, dueAt: now + delayMs });
  }
  return [];
}

function nextTimer({ store, values, now }: Execution): readonly object[] {
  const due = store.tasks
    .all()
    .filter(({ lane, priority, share }) => lane === values[0] && priority === 0 && share === '')
    .map(({ dueAt }) => dueAt);
  return due.length === 0 ? [] : [{ wait: Math.max(0, Math.min(...due) - now) }];
}

function usedLanes({ store }: Execution): readonly object[] {
  const lanes = [...new Set(store.tasks.all().map(({ lane }) => lane))].sort();
  return lanes.map((lane) => ({ lane }));
}

export const taskStatements: readonly Statement[] = [
  { text: /^insert into messages\.task /, run: put },
  { text: /^with recursive line as .* from messages\.task /, run: claim },
  { text: /^delete from messages\.task using unnest/, run: remove },
  {
    text: /^select task\.tenant_id, task\.key, task\.claim from messages\.task join unnest/,
    run: stillHeld,
  },
  { text: /^select 1 from messages\.task join .* for update of task$/, run: () => [] },
  { text: /^with wanted as .* update messages\.task set due_at = late\.due_at/, run: hasten },
  {
    text: /^select greatest\(0, extract\(epoch from due_at .* from messages\.task/,
    run: nextTimer,
  },
  { text: /^with recursive used as .* from messages\.task/, run: usedLanes },
];
