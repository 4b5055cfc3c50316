// The promises as rules over an account: each returns what broke it. Pure.
import type { Account, MessageAccount } from './account.ts';
import type { LineOf } from './history.ts';

export interface Violation {
  readonly rule: Rule;
  readonly about: string;
  readonly detail: string;
}

export interface Limits {
  /** What was already on the wire when a revocation was acknowledged may still be accepted for so long. */
  readonly graceMs: number;
  /** A receipt that was taken so long before must be known to whoever sends again. */
  readonly catchUpMs: number;
}

type Check = (account: Account, limits: Limits) => readonly Omit<Violation, 'rule'>[];

/** Providers that take our id for a message: a second hand-over is the first one again. */
const CLIENT_KEY_PROVIDERS = new Set(['google-rbm']);

/** From what is only accepted to what was read; what stands beside each other has one rank. */
const RANKS = [
  ['ACCEPTED'],
  ['QUEUED'],
  ['SENDING'],
  ['SENT'],
  ['EXPIRED', 'CANCELLED', 'SUPPRESSED', 'UNDELIVERABLE', 'FAILED'],
  ['DELIVERED'],
  ['READ'],
];
const TERMINAL_RANK = 4;
const REACHED = new Set(['DELIVERED', 'READ']);
const rankOf = (status: string): number => RANKS.findIndex((names) => names.includes(status));

const hasEnded = ({ status, endReason }: LineOf<'final'>): boolean =>
  rankOf(status) >= TERMINAL_RANK || endReason !== null;

export const rules = {
  'acknowledged but lost': ({ keys, messages }) =>
    [...keys.values()].flatMap(({ key, acknowledged }) =>
      [...acknowledged]
        .filter((messageId) => !messages.has(messageId))
        .map((messageId) => ({ about: messageId, detail: `${key} was acknowledged` })),
    ),

  'never ended': ({ messages }) =>
    [...messages.values()]
      .filter(({ final }) => !hasEnded(final))
      .map(({ final }) => ({ about: final.messageId, detail: `it stays ${final.status}` })),

  'refused but accepted by a provider': ({ keys, messages }) =>
    [...messages.values()].flatMap(({ final, accepts }) => {
      const key = keys.get(final.key);
      const [first] = accepts;
      const mayExist = key === undefined || key.acknowledged.size > 0 || key.uncertain;
      return mayExist || !key.refused || first === undefined
        ? []
        : [{ about: final.messageId, detail: `${final.key} was refused, ${first.channel} has it` }];
    }),

  'accepted by a provider but of no message': ({ strays }) =>
    strays.map(({ ref, channel, attempt }) => ({
      about: ref,
      detail: `${channel} has an attempt ${attempt} that no message tells of`,
    })),

  'sent though no provider has it': ({ messages }) =>
    [...messages.values()].flatMap(({ final, accepts }) =>
      final.attempts
        .filter(({ state }) => state === 'SENT' || REACHED.has(state))
        .filter(({ attempt }) => !accepts.some((accept) => accept.attempt === attempt))
        .map(({ channel, state }) => ({
          about: final.messageId,
          detail: `${channel} is ${state}`,
        })),
    ),

  'doubled at a provider': ({ messages }) =>
    [...messages.values()].flatMap(({ final, accepts }) =>
      [...Map.groupBy(accepts, ({ attempt }) => attempt)]
        .filter(([, same]) => same.length > 1)
        .map(([attempt, same]) => ({
          about: final.messageId,
          detail: `attempt ${attempt} was accepted ${same.length} times`,
        })),
    ),

  'accepted again without a reason before': ({ messages, leftAt }) =>
    [...messages.values()].flatMap((message) =>
      message.accepts.slice(1).flatMap((later, index) => {
        const earlier = message.accepts[index];
        return earlier === undefined || mayFollow(message, earlier, later, leftAt)
          ? []
          : [
              {
                about: message.final.messageId,
                detail: `${later.channel} took it while ${earlier.channel} had it`,
              },
            ];
      }),
    ),

  'accepted again after its delivery was told': ({ messages, emits }, { catchUpMs }) => {
    const toldAt = new Map(
      emits
        .toReversed()
        .flatMap(({ attempt, status, t }) =>
          attempt !== null && REACHED.has(status) ? [[attempt, t]] : [],
        ),
    );
    return [...messages.values()].flatMap(({ final, accepts }) =>
      accepts.slice(1).flatMap((later, index) => {
        const told = toldAt.get(accepts[index]?.attempt ?? '');
        return told === undefined || later.t <= told + catchUpMs
          ? []
          : [
              {
                about: final.messageId,
                detail: `${later.channel} took it ${later.t - told} ms after that`,
              },
            ];
      }),
    );
  },

  'accepted after a revocation': ({ messages, consents }, { graceMs }) =>
    [...messages.values()].flatMap(({ final, purpose, accepts }) =>
      accepts.flatMap((accept) => {
        const told = consents.findLast(
          (line) =>
            line.t <= accept.t &&
            line.recipient === final.recipient &&
            line.purpose === purpose &&
            (line.channel ?? accept.channel) === accept.channel,
        );
        return told?.k === 'revoke' && accept.t > told.t + graceMs
          ? [
              {
                about: final.messageId,
                detail: `${accept.channel} took it ${accept.t - told.t} ms after the revocation`,
              },
            ]
          : [];
      }),
    ),

  'a status gone back': ({ messages, events }) =>
    [...Map.groupBy(events, ({ sub, messageId }) => `${sub} ${messageId}`).values()].flatMap(
      (seen) => {
        const messageId = seen[0]?.messageId ?? '';
        const final = messages.get(messageId)?.final.status;
        const ranks = [...seen.map(({ status }) => status), ...(final ? [final] : [])];
        const at = ranks.findIndex(
          (status, index) => index > 0 && rankOf(status) < rankOf(ranks[index - 1] ?? ''),
        );
        return at === -1
          ? []
          : [{ about: messageId, detail: `${ranks[at - 1]}, and then ${ranks[at]}` }];
      },
    ),

  'a receipt without effect': ({ messages, emits }) => {
    const byAttempt = new Map(
      [...messages.values()].flatMap(({ final }) =>
        final.attempts.map(({ attempt }) => [attempt, final]),
      ),
    );
    return emits.flatMap(({ attempt, status, eventId }) => {
      const final = byAttempt.get(attempt ?? '');
      return final === undefined || !REACHED.has(status) || rankOf(final.status) >= rankOf(status)
        ? []
        : [{ about: final.messageId, detail: `${eventId} told ${status}, it is ${final.status}` }];
    });
  },

  'two ids for one key': ({ keys, messages }) => {
    const byKey = Map.groupBy(messages.values(), ({ final }) => final.key);
    return [...keys.values()].flatMap(({ key, acknowledged }) => {
      const stored = (byKey.get(key) ?? []).map(({ final }) => final.messageId);
      const ids = new Set([...acknowledged, ...stored]);
      return ids.size > 1 ? [{ about: key, detail: [...ids].join(', ') }] : [];
    });
  },

  "another tenant's message": ({ keys, messages, events }) => [
    ...[...messages.values()].flatMap(({ final }) =>
      (keys.get(final.key)?.invokes ?? [])
        .filter(({ tenant }) => tenant !== final.tenant)
        .map(({ tenant }) => ({ about: final.messageId, detail: `${tenant} sent it` })),
    ),
    ...events.flatMap(({ sub, tenant, messageId }) => {
      const owner = messages.get(messageId)?.final.tenant;
      return owner === undefined || owner === tenant
        ? []
        : [{ about: messageId, detail: `${sub} of ${tenant} saw it` }];
    }),
  ],

  'sent to another person': ({ messages }) =>
    [...messages.values()].flatMap(({ final, accepts }) =>
      accepts
        .filter(({ recipient }) => !final.addresses.includes(recipient))
        .map(({ channel }) => ({ about: final.messageId, detail: `by ${channel}` })),
    ),

  'an event seen twice': ({ events }) =>
    [...Map.groupBy(events, ({ sub, eventId }) => `${sub} ${eventId}`)]
      .filter(([, same]) => same.length > 1)
      .map(([about, same]) => ({ about, detail: `${same.length} times` })),

  'something left queued': ({ drained }) =>
    drained ? [] : [{ about: 'the queue', detail: 'it was not seen empty at the end' }],
} satisfies Readonly<Record<string, Check>>;

export type Rule = keyof typeof rules;

/** Whether a provider may have the message after another one, or after itself. Where the provider takes our id, the one
 *  attempt is the only one that it ever needs. */
function mayFollow(
  { final }: MessageAccount,
  earlier: LineOf<'accept'>,
  later: LineOf<'accept'>,
  leftAt: Account['leftAt'],
): boolean {
  const attempt = final.attempts.find((known) => known.attempt === later.attempt);
  const sameProvider = earlier.channel === later.channel;
  if (sameProvider && CLIENT_KEY_PROVIDERS.has(attempt?.provider ?? '')) return false;
  return (leftAt.get(earlier.attempt ?? '') ?? []).some((t) => t <= later.t);
}
