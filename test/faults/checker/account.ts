// What the histories say of each key, message and attempt, put together so that rules can look it up.
import type { HistoryLine, LineOf } from './history.ts';

/** All that is known of one key. */
export interface KeyAccount {
  readonly key: string;
  readonly invokes: readonly LineOf<'send.invoke'>[];
  readonly acknowledged: ReadonlySet<string>;
  readonly refused: boolean;
  readonly uncertain: boolean;
}

/** All that is known of one message. */
export interface MessageAccount {
  readonly final: LineOf<'final'>;
  readonly purpose: string | null;
  /** In the order of time. */
  readonly accepts: readonly LineOf<'accept'>[];
}

export interface Account {
  readonly keys: ReadonlyMap<string, KeyAccount>;
  readonly messages: ReadonlyMap<string, MessageAccount>;
  /** What providers took under attempts that no message has. */
  readonly strays: readonly LineOf<'accept'>[];
  /** By attempt: when its route was given up for sure, the earliest first. */
  readonly leftAt: ReadonlyMap<string, readonly number[]>;
  readonly consents: readonly LineOf<'grant' | 'revoke'>[];
  readonly emits: readonly LineOf<'emit'>[];
  readonly events: readonly LineOf<'event'>[];
  readonly drained: boolean;
}

/** Receipts after which a provider does not deliver any more. */
const FINAL_FAILURES = new Set(['FAILED', 'EXPIRED']);

export function accountOf(lines: readonly HistoryLine[]): Account {
  const of = <K extends HistoryLine['k']>(...kinds: K[]): LineOf<K>[] =>
    lines.filter((line): line is LineOf<K> => (kinds as string[]).includes(line.k));
  const keys = keyAccounts(lines);
  const finals = of('final');
  const messageOf = new Map(
    finals.flatMap(({ messageId, attempts }) =>
      attempts.map(({ attempt }) => [attempt, messageId]),
    ),
  );
  const byMessage = Map.groupBy(of('accept'), ({ attempt }) => messageOf.get(attempt ?? ''));
  const messages = finals.map((final): [string, MessageAccount] => [
    final.messageId,
    {
      final,
      purpose: keys.get(final.key)?.invokes[0]?.purpose ?? null,
      accepts: byMessage.get(final.messageId) ?? [],
    },
  ]);
  return {
    keys,
    messages: new Map(messages),
    strays: byMessage.get(undefined) ?? [],
    leftAt: timesLeft(lines),
    consents: of('grant', 'revoke'),
    emits: of('emit'),
    events: of('event'),
    drained: of('drained').length > 0,
  };
}

function keyAccounts(lines: readonly HistoryLine[]): ReadonlyMap<string, KeyAccount> {
  const sends = lines.filter(
    (line): line is LineOf<`send.${'invoke' | 'ok' | 'fail' | 'unknown'}`> =>
      line.k.startsWith('send.'),
  );
  const accounts = [...Map.groupBy(sends, ({ key }) => key)].map(
    ([key, ofKey]): [string, KeyAccount] => [
      key,
      {
        key,
        invokes: ofKey.filter((line) => line.k === 'send.invoke'),
        acknowledged: new Set(
          ofKey.flatMap((line) => (line.k === 'send.ok' ? [line.messageId] : [])),
        ),
        refused: ofKey.some(({ k }) => k === 'send.fail'),
        uncertain: ofKey.some(({ k }) => k === 'send.unknown'),
      },
    ],
  );
  return new Map(accounts);
}

function timesLeft(lines: readonly HistoryLine[]): ReadonlyMap<string, readonly number[]> {
  const left = lines.flatMap((line): [string, number][] => {
    const ends =
      line.k === 'revoked-at-provider' ||
      line.k === 'fallback-deadline' ||
      (line.k === 'reject' && line.permanent) ||
      (line.k === 'emit' && FINAL_FAILURES.has(line.status));
    return ends && line.attempt !== null ? [[line.attempt, line.t]] : [];
  });
  const byAttempt = Map.groupBy(left, ([attempt]) => attempt);
  return new Map([...byAttempt].map(([attempt, ends]) => [attempt, ends.map(([, t]) => t)]));
}
