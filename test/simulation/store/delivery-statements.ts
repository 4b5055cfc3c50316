// The statements of callbacks, timelines and statuses (subgraphs/delivery/store).
import { ACCEPTED } from '../../../subgraphs/delivery/domain/receipt-status.ts';
import type { NewCallback } from '../../../subgraphs/delivery/store/insert-callbacks.ts';
import type { SentAttempt } from '../../../subgraphs/delivery/store/sent-attempts.ts';
import { byText, keyOf, unnest, type Execution, type Statement } from './statement.ts';
import type { CallbackRow, StandingRow, Store } from './store.ts';

function insertCallbacks({ store, values, now }: Execution): readonly object[] {
  const columns = ['id', 'provider', 'sealed', 'receivedAt'] as const;
  for (const callback of unnest<NewCallback>(values, columns)) {
    store.callbacks.put(callback.id, {
      ...callback,
      tenantId: '',
      state: 'NEW',
      tries: 0,
      dueAt: now,
    });
  }
  return [];
}

function dueCallbacks({ store, values: [limit], now }: Execution): readonly object[] {
  return store.callbacks
    .all()
    .filter(({ state, dueAt }) => state === 'NEW' && dueAt <= now)
    .sort((a, b) => a.dueAt - b.dueAt)
    .slice(0, limit as number);
}

function settleCallbacks({ store, values, now }: Execution): readonly object[] {
  const columns = ['id', 'tenantId', 'state', 'delayMs'] as const;
  for (const fate of unnest<CallbackRow & { delayMs: number }>(values, columns)) {
    const callback = store.callbacks.get(fate.id);
    if (callback === undefined) continue;
    const { tenantId, state, delayMs } = fate;
    const tries = callback.tries + 1;
    store.callbacks.put(fate.id, { ...callback, tenantId, state, tries, dueAt: now + delayMs });
  }
  return [];
}

function insertSentAttempts({ store, values }: Execution): readonly object[] {
  const columns = [
    'tenantId',
    'attemptId',
    'messageId',
    'recipientId',
    'channel',
    'protection',
    'provider',
  ] as const;
  for (const attempt of unnest<SentAttempt>(values, columns)) {
    if (store.sentAttempts.get(attempt.attemptId) !== undefined) continue;
    store.sentAttempts.put(attempt.attemptId, { ...attempt, name: null });
  }
  return [];
}

function nameSentAttempts({ store, values }: Execution): readonly object[] {
  const columns = ['tenantId', 'attemptId', 'name'] as const;
  for (const { attemptId, name } of unnest<SentAttempt & { name: string }>(values, columns)) {
    const attempt = store.sentAttempts.get(attemptId);
    if (attempt !== undefined) store.sentAttempts.put(attemptId, { ...attempt, name });
  }
  return [];
}

function namedAttempts({ store, values }: Execution): readonly object[] {
  const asked = unnest<{ provider: string; name: string }>(values, ['provider', 'name']);
  return asked.flatMap(({ provider, name }) => {
    const found = store.sentAttempts
      .all()
      .filter((attempt) => attempt.provider === provider && attempt.name === name)
      .sort(byText(({ attemptId }) => attemptId));
    const { name: providerMessageId, ...attempt } = found.at(-1) ?? { name: null };
    return providerMessageId === null ? [] : [{ ...attempt, providerMessageId }];
  });
}

function makeStandings({ store, values }: Execution): readonly object[] {
  const columns = ['tenantId', 'messageId', 'recipientId'] as const;
  for (const { tenantId, messageId } of unnest<SentAttempt>(values, columns)) {
    const key = keyOf(tenantId, messageId);
    if (store.standings.get(key) === undefined)
      store.standings.put(key, { ...ACCEPTED, messageId });
  }
  return [];
}

function standings({ store, values }: Execution): readonly object[] {
  const columns = ['tenantId', 'messageId'] as const;
  const asked = unnest<SentAttempt>(values, columns);
  const keys = new Set(asked.map(({ tenantId, messageId }) => keyOf(tenantId, messageId)));
  return [...keys].flatMap((key) => {
    const row = store.standings.get(key);
    if (row === undefined) return [];
    const { messageId, ...standing } = row;
    return [{ message_id: messageId, ...standing }];
  });
}

function saveStandings({ store, values }: Execution): readonly object[] {
  const columns = ['messageId', 'status', 'sentAt', 'deliveredAt', 'readAt', 'endedAt'] as const;
  const [tenants, ...rest] = values;
  unnest<StandingRow>(rest, columns).forEach((row, place) => {
    store.standings.put(keyOf((tenants as string[])[place] ?? '', row.messageId), row);
  });
  return [];
}

function knownKeys({ store, values }: Execution): readonly object[] {
  const asked = unnest<{ tenant_id: string; dedupe_key: string }>(values, [
    'tenant_id',
    'dedupe_key',
  ]);
  return asked.filter((key) => store.timeline.get(keyOf(key.tenant_id, key.dedupe_key)));
}

interface EventJson {
  readonly tenant_id: string;
  readonly dedupe_key: string;
  readonly message_id: string;
  readonly type: string;
}

function insertEvents({ store, values: [json] }: Execution): readonly object[] {
  for (const event of JSON.parse(json as string) as EventJson[]) {
    const key = keyOf(event.tenant_id, event.dedupe_key);
    if (store.timeline.get(key) !== undefined) throw new Error(`duplicate dedupe key ${key}`);
    store.timeline.put(key, { messageId: event.message_id, type: event.type });
  }
  return [];
}

const sentAttempts = ({ store, values: [ids] }: Execution): readonly object[] =>
  (ids as string[]).flatMap((id) => {
    const row = store.sentAttempts.get(id);
    if (row === undefined) return [];
    const { name: _, ...attempt } = row;
    return [attempt];
  });

const keysOfCallbacks = ({ store, values: [, ids] }: Execution): readonly object[] =>
  (ids as string[]).flatMap((id) => wrappedKey(store, id));

function wrappedKey(store: Store, id: string): object[] {
  const wrapped = store.callbackKeys.get(id);
  return wrapped === undefined ? [] : [{ id, wrapped }];
}

export const deliveryStatements: readonly Statement[] = [
  { text: /^insert into delivery\.raw_callback /, run: insertCallbacks },
  {
    text: /^select id, provider, sealed, tries, .* from delivery\.raw_callback where state = 'NEW'/,
    run: dueCallbacks,
  },
  { text: /^update delivery\.raw_callback c set /, run: settleCallbacks },
  {
    text: /^insert into delivery\.callback_key /,
    run: ({ store, values: [, id, wrapped] }) => {
      store.callbackKeys.put(id as string, JSON.parse(wrapped as string));
      return [];
    },
  },
  { text: /^select id, wrapped from delivery\.callback_key /, run: keysOfCallbacks },
  { text: /^insert into delivery\.sent_attempt /, run: insertSentAttempts },
  { text: /^update delivery\.sent_attempt a set provider_message_id/, run: nameSentAttempts },
  {
    text: /^select distinct on \(a\.provider, .* from delivery\.sent_attempt a/,
    run: namedAttempts,
  },
  {
    text: /^select a\.tenant_id .* from delivery\.sent_attempt a where a\.attempt_id = any/,
    run: sentAttempts,
  },
  { text: /^insert into delivery\.message_status /, run: makeStandings },
  { text: /^select s\.message_id, s\.status, .* from delivery\.message_status s/, run: standings },
  { text: /^update delivery\.message_status s set status/, run: saveStandings },
  { text: /^select e\.tenant_id, e\.dedupe_key from delivery\.delivery_event e/, run: knownKeys },
  { text: /^insert into delivery\.delivery_event /, run: insertEvents },
];
