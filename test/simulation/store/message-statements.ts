// The statements of messages, attempts, templates and lanes (subgraphs/messages/store).
import { newLane, type Lane } from '../../../subgraphs/messages/domain/lane.ts';
import type { NewFollowUp } from '../../../subgraphs/messages/store/follow-ups.ts';
import { byText, keyOf, timeOf, unnest, type Execution, type Statement } from './statement.ts';
import type { AttemptRow, MessageRow, Store } from './store.ts';

function lockMessages({ store, values }: Execution): readonly object[] {
  const columns = ['tenantId', 'id'] as const;
  const keys = unnest<Pick<MessageRow, 'tenantId' | 'id'>>(values, columns);
  const distinct = new Set(keys.map(({ tenantId, id }) => keyOf(tenantId, id)));
  return [...distinct]
    .flatMap((key) => store.messages.get(key) ?? [])
    .sort(byText(({ id }) => id))
    .map((message) => ({
      tenant_id: message.tenantId,
      id: message.id,
      recipient_id: message.recipientId,
      template_id: message.templateId,
      locale: message.locale,
      variables_sealed: message.variablesSealed,
      decision: message.decision,
      phase: message.phase,
      end_status: message.endStatus,
      expires_ms: message.expiresAt,
      attempts: attemptsJson(store, message.id),
    }));
}

function attemptsAgain({ store, values }: Execution): readonly object[] {
  const [, ids] = values as [string[], string[]];
  return ids.map((id) => ({ id, attempts: attemptsJson(store, id) }));
}

const attemptsJson = (store: Store, messageId: string): object[] =>
  attemptsOf(store, messageId).map((attempt) => ({
    ...attempt.route,
    id: attempt.id,
    number: attempt.number,
    line: attempt.line,
    state: attempt.state,
    tries: attempt.tries,
    failure_code: attempt.failureCode,
    fallback_reason: attempt.fallbackReason,
    started_ms: attempt.startedAt,
  }));

export function attemptsOf(store: Store, messageId: string): AttemptRow[] {
  return store.attempts
    .all()
    .filter((attempt) => attempt.messageId === messageId)
    .sort((a, b) => a.number - b.number);
}

interface AttemptJson {
  readonly id: string;
  readonly tenant_id: string;
  readonly message_id: string;
  readonly number: number;
  readonly line: number;
  readonly channel: AttemptRow['route']['channel'];
  readonly protection: AttemptRow['route']['protection'];
  readonly provider: string;
  readonly state: AttemptRow['state'];
  readonly tries: number;
  readonly failure_code: AttemptRow['failureCode'];
  readonly fallback_reason: AttemptRow['fallbackReason'];
  readonly provider_message_id: string | null;
  readonly started_at: string | null;
}

function saveAttempts({ store, values: [json] }: Execution): readonly object[] {
  for (const row of JSON.parse(json as string) as AttemptJson[]) {
    const key = keyOf(row.tenant_id, row.id);
    const known = store.attempts.get(key);
    const { channel, protection, provider, state, tries } = row;
    store.attempts.put(key, {
      id: row.id,
      messageId: known?.messageId ?? row.message_id,
      number: known?.number ?? row.number,
      line: known?.line ?? row.line,
      route: known?.route ?? { channel, protection, provider },
      fallbackReason: known === undefined ? row.fallback_reason : known.fallbackReason,
      state,
      tries,
      failureCode: row.failure_code,
      startedAt: timeOf(row.started_at),
      providerMessageId: row.provider_message_id ?? known?.providerMessageId ?? null,
    });
  }
  return [];
}

function saveEnds({ store, values }: Execution): readonly object[] {
  const columns = ['tenantId', 'id', 'endStatus', 'endReason'] as const;
  for (const end of unnest<MessageRow>(values, columns)) {
    const key = keyOf(end.tenantId, end.id);
    const message = store.messages.get(key);
    if (message === undefined) continue;
    const { endStatus, endReason } = end;
    store.messages.put(key, { ...message, phase: 'ENDED', endStatus, endReason });
  }
  return [];
}

const INSERTED = [
  'tenantId',
  'id',
  'idempotencyKey',
  'requestDigest',
  'recipientId',
  'templateId',
  'reference',
  'locale',
  'variablesSealed',
  'decision',
  'expiresAt',
  'createdAt',
  'sendAt',
] as const;

function insertMessages({ store, values }: Execution): readonly object[] {
  return unnest<MessageRow & { decision: string }>(values, INSERTED).flatMap((row) => {
    if (withKey(store, row.tenantId, [row.idempotencyKey]).length > 0) return [];
    store.messages.put(keyOf(row.tenantId, row.id), {
      ...row,
      decision: JSON.parse(row.decision) as MessageRow['decision'],
      phase: 'ACTIVE',
      endStatus: null,
      endReason: null,
    });
    return [{ id: row.id }];
  });
}

/** The messages of these idempotency keys. */
export function withKey(store: Store, tenantId: string, keys: readonly string[]): MessageRow[] {
  return store.messages
    .all()
    .filter((one) => one.tenantId === tenantId && keys.includes(one.idempotencyKey));
}

function readLane({ store, values: [name], now }: Execution): readonly object[] {
  const lane = store.lanes.get(name as string);
  if (lane === undefined) return [];
  return [
    {
      tokens: lane.tokens,
      refilled_ms: lane.refilledAt,
      failures: lane.failures,
      openings: lane.openings,
      open_ms: lane.openUntil,
      probing_ms: lane.probingUntil,
      paused_ms: lane.pausedUntil,
      now,
    },
  ];
}

function makeLane({ store, values: [name], now }: Execution): readonly object[] {
  if (store.lanes.get(name as string) === undefined) {
    store.lanes.put(name as string, { ...newLane, refilledAt: now, servedAt: now });
  }
  return [];
}

function saveLane({ store, values, now }: Execution): readonly object[] {
  const [name, tokens, refilledAt, failures, openings, openUntil, probingUntil, pausedUntil] =
    values as [string, ...number[]];
  const servedAt = store.lanes.get(name)?.servedAt ?? now;
  const lane = { tokens, refilledAt, failures, openings, openUntil, probingUntil, pausedUntil };
  store.lanes.put(name, { ...(lane as Lane), servedAt });
  return [];
}

function openLanes({ store, now }: Execution): readonly object[] {
  return store.lanes
    .entries()
    .flatMap(([name, { openUntil }]) => (openUntil !== null && openUntil > now ? [{ name }] : []));
}

function insertFollowUps({ store, values: [json, now] }: Execution): readonly object[] {
  return (JSON.parse(json as string) as NewFollowUp[]).flatMap((item) => {
    const key = keyOf(item.tenantId, item.messageId);
    if (store.followUps.get(key) !== undefined) return [];
    const open = { resolution: null, resolvedAt: null, resolvedBy: null, note: null };
    const row = { ...item, ...open, openedAt: now as number, resentAs: null };
    store.followUps.put(key, row);
    return [row];
  });
}

function closeDelivered({ store, values }: Execution): readonly object[] {
  const [tenants, ids, resolvedAt] = values as [string[], string[], number];
  return ids.flatMap((messageId, place) => {
    const key = keyOf(tenants[place] ?? '', messageId);
    const row = store.followUps.get(key);
    if (row === undefined || row.resolution !== null) return [];
    const closed = { ...row, resolution: 'LATE_DELIVERY', resolvedAt } as const;
    store.followUps.put(key, closed);
    return [closed];
  });
}

const templates = ({ store, values: [ids] }: Execution): readonly object[] =>
  (ids as string[]).flatMap((id) => store.templates.get(id) ?? []);

const templatesByName = ({ store, values: [, names] }: Execution): readonly object[] =>
  store.templates.all().filter(({ name }) => (names as string[]).includes(name));

export const messageStatements: readonly Statement[] = [
  { text: /^select m\.id, \(select json_agg.* as attempts from unnest/, run: attemptsAgain },
  {
    text: /^select m\.tenant_id, m\.id, .* from messages\.message m join .* for update of m$/,
    run: lockMessages,
  },
  {
    text: /^insert into messages\.attempt select \* from jsonb_populate_recordset/,
    run: saveAttempts,
  },
  { text: /^update messages\.message m set phase = 'ENDED'/, run: saveEnds },
  { text: /^insert into messages\.message \(/, run: insertMessages },
  {
    text: /^select id from messages\.message where tenant_id = \$1 and idempotency_key = any/,
    run: ({ store, values: [tenantId, keys] }) =>
      withKey(store, tenantId as string, keys as string[]).map(({ id }) => ({ id })),
  },
  {
    text: /^select id, name, version, content from messages\.template where id = any/,
    run: templates,
  },
  {
    text: /^select distinct on \(name\) id, name, version, content from messages\.template/,
    run: templatesByName,
  },
  { text: /^select tokens, .* from messages\.lane where name = \$1/, run: readLane },
  { text: /^insert into messages\.lane \(name\) values/, run: makeLane },
  // Every tenant has the default policy.
  { text: /^select p\.tenant_id as "tenantId", .* from messages\.policy p/, run: () => [] },
  { text: /^insert into messages\.follow_up as f/, run: insertFollowUps },
  {
    text: /^with held as .* update messages\.follow_up f set resolution = 'LATE_DELIVERY'/,
    run: closeDelivered,
  },
  { text: /^update messages\.lane set tokens = \$2/, run: saveLane },
  { text: /^select name from messages\.lane where open_until >/, run: openLanes },
];
