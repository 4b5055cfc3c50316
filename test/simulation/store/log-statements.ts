// The statements of event logs and their followers (platform/event-log.ts, platform/follower.ts).
import { unnest, type Execution, type Statement } from './statement.ts';
import type { EventRow } from './store.ts';

const schemaIn = (sql: string): string =>
  / (messages|delivery)\.(event|follower)\b/.exec(sql)?.[1] ?? '';

function append({ store, sql, values }: Execution): readonly object[] {
  const columns = ['tenantId', 'id', 'name', 'payload', 'occurredAt'] as const;
  for (const event of unnest<EventRow & { payload: string }>(values, columns)) {
    store.seq += 1;
    const row = { ...event, payload: JSON.parse(event.payload), tx: store.tx, seq: store.seq };
    store.events[schemaIn(sql)]?.put(String(store.seq), row);
  }
  return [];
}

/** Transactions run one after the other here, so all that is committed is below the oldest that runs. */
function tail({ store, sql, values }: Execution): readonly object[] {
  const [tx, seq] = values.map(Number) as [number, number];
  const log = store.events[schemaIn(sql)]?.all() ?? [];
  return log
    .filter((event) => event.tx > tx || (event.tx === tx && event.seq > seq))
    .map((event) => ({
      tenant_id: event.tenantId,
      id: event.id,
      name: event.name,
      payload: event.payload,
      occurred_ms: event.occurredAt,
      tx: String(event.tx),
      seq: String(event.seq),
    }));
}

const followerOf = (sql: string, name: unknown): string => `${schemaIn(sql)} ${String(name)}`;

function enrol({ store, sql, values: [name] }: Execution): readonly object[] {
  const key = followerOf(sql, name);
  if (store.followers.get(key) === undefined) store.followers.put(key, { tx: 0, seq: 0 });
  return [];
}

function place({ store, sql, values: [name] }: Execution): readonly object[] {
  const follower = store.followers.get(followerOf(sql, name));
  return follower === undefined ? [] : [{ tx: String(follower.tx), seq: String(follower.seq) }];
}

function isAt({ store, sql, values: [name, tx, seq] }: Execution): readonly object[] {
  const follower = store.followers.get(followerOf(sql, name));
  return follower?.tx === Number(tx) && follower.seq === Number(seq) ? [{}] : [];
}

function move({ store, sql, values: [name, tx, seq] }: Execution): readonly object[] {
  store.followers.put(followerOf(sql, name), { tx: Number(tx), seq: Number(seq) });
  return [];
}

export const logStatements: readonly Statement[] = [
  // All transactions take turns here.
  { text: /^select pg_advisory_xact_lock/, run: () => [] },
  { text: /^insert into (messages|delivery)\.event /, run: append },
  {
    text: /^select tenant_id, id, name, payload, .* from (messages|delivery)\.event where \(tx, seq\)/,
    run: tail,
  },
  { text: /^insert into (messages|delivery)\.follower /, run: enrol },
  { text: /^select tx::text, seq::text from (messages|delivery)\.follower /, run: place },
  { text: /^select 1 from (messages|delivery)\.follower .* skip locked$/, run: isAt },
  { text: /^update (messages|delivery)\.follower /, run: move },
];
