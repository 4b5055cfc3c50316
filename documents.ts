// Documents that are printed from the code, so that they cannot fall behind it: options, error codes, states.
import { configuration } from './configuration.ts';
import type { Option, Options } from './platform/config.ts';
import { apiErrorCodes, userErrorCodes } from './schema/error-codes.ts';
import { AttemptState, DeliveryEventType } from './schema/vocabulary.ts';
import { decide, type LifecycleEvent } from './subgraphs/messages/domain/lifecycle.ts';
import type { MessageState, Route } from './subgraphs/messages/domain/message-state.ts';
import { defaultPolicy } from './subgraphs/messages/domain/policy.ts';

const PRINTED = 'Printed from the code by `npm run schema`; not edited by hand.';

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

/** Every option: variable, kind, default and sentence, by who declares it. */
export function configurationDocument(): string {
  const groups = Object.entries(configuration as Record<string, Options>).map(([name, options]) => {
    const rows = Object.values(options).map((option) => [
      `\`${option.variable}\``,
      option.kind.replaceAll('|', 'or'),
      defaultOf(option),
      option.sentence,
    ]);
    return `## ${name}\n\n${table(['variable', 'kind', 'default', 'meaning'], rows)}`;
  });
  return `# Configuration\n\n${PRINTED} A bad value stops the start.\n\n${groups.join('\n\n')}\n`;
}

function defaultOf({ fallback }: Option<unknown>): string {
  if (fallback === null || fallback === '') return '';
  return Array.isArray(fallback) ? fallback.join(', ') : String(fallback as string | number);
}

/** Every public error code. */
export function errorsDocument(): string {
  const rowsOf = (codes: typeof apiErrorCodes | typeof userErrorCodes): string[][] =>
    Object.entries(codes).map(([code, { fault, repeat, meaning }]) => [
      `\`${code}\``,
      meaning,
      fault,
      repeat ? 'yes' : 'no',
    ]);
  const head = ['code', 'meaning', 'whose fault', 'repeat the same call'];
  return `# Errors

${PRINTED}

## Refusals

In a payload's \`errors\`. Nothing was written.

${table(head, rowsOf(userErrorCodes))}

## Top-level errors

In \`extensions.code\`.

${table(head, rowsOf(apiErrorCodes))}
`;
}

const FIRST: Route = { channel: 'RCS', protection: 'CLEAR', provider: 'first' };
const SECOND: Route = { channel: 'SMS', protection: 'CLEAR', provider: 'second' };

/** The states of an attempt and what leads from one to another, found by asking the lifecycle about all of them. */
export function messageStatesDocument(): string {
  const arrows = new Map<string, Set<string>>();
  for (const from of Object.values(AttemptState)) {
    for (const [name, event] of events()) {
      for (const first of [true, false]) {
        const to = stateAfter(from, event, first);
        if (to === from) continue;
        const key = `${from} --> ${to}`;
        arrows.set(key, (arrows.get(key) ?? new Set()).add(name));
      }
    }
  }
  const lines = [...arrows].map(([arrow, names]) => `  ${arrow}: ${[...names].join(', ')}`);
  return `# The states of an attempt

${PRINTED} A message has one attempt after the other; what a route is left for is the next attempt's reason.

DELIVERED is what a provider says. One that does not report every delivery (email: mail servers report failures, and
deliveries only where \`SMTP_RECEIPTS\` asks and they can) is not left for its silence: its attempt stays SENT, and unless
a failure is reported the message ends as SENT when it would expire. A bounce that comes later still makes it FAILED.

\`\`\`mermaid
stateDiagram-v2
  [*] --> PLANNED
${lines.join('\n')}
\`\`\`

A message whose template says PARALLEL begins on several lines at once, each with the attempts above. A line that is left for the
next route takes one that no line has taken. The first delivery ends the message: what is not yet handed over is SKIPPED, and
what is handed over is not taken back, so that its reports still count. Without a delivery it ends with its last line.

An attempt whose provider's breaker is open is SKIPPED for the next route, with the reason PROVIDER_UNAVAILABLE, or stays PLANNED
where there is none; one whose answer was lost stays SUBMITTING where the provider is back in the receipt window, and is OUTCOME_UNKNOWN
otherwise. How breakers open and close: [operating.md](operating.md).
`;
}

/** `first`: whether it is the first of two attempts, the second of which has begun. */
function stateAfter(from: AttemptState, event: LifecycleEvent, first: boolean): AttemptState {
  const attempt = {
    number: 1,
    line: 1,
    tries: 1,
    startedAt: from === 'PLANNED' ? null : 0,
    failureCode: null,
    fallbackReason: null,
  };
  const mine = { ...attempt, id: 'mine', route: FIRST, state: from };
  const next = {
    ...attempt,
    id: 'next',
    number: 2,
    route: SECOND,
    state: 'SENT',
    startedAt: 0,
  } as const;
  const message: MessageState = {
    phase: 'ACTIVE',
    plan: [FIRST, SECOND],
    attempts: first ? [mine, next] : [mine],
    expiresAt: Number.MAX_SAFE_INTEGER,
    receiptWindowMs: 1,
    uncertainOutcome: 'HOLD',
  };
  const silent = new Set<string>();
  const at = { now: 0, random: 0, newId: () => 'new', policy: defaultPolicy, silent };
  const { state } = decide(message, event, at);
  return state.attempts[0]?.state ?? from;
}

function events(): [string, LifecycleEvent][] {
  const attemptId = 'mine';
  const answered = (
    outcome: Extract<LifecycleEvent, { kind: 'answered' }>['outcome'],
  ): LifecycleEvent => ({ kind: 'answered', attemptId, outcome, repeatable: false });
  return [
    ['claimed', { kind: 'claimed', permitted: true, repeatable: true }],
    ['claimed again after a crash', { kind: 'claimed', permitted: true, repeatable: false }],
    ['permission lost', { kind: 'claimed', permitted: false, repeatable: true }],
    [
      'provider unavailable',
      { kind: 'unavailable', repeatable: true, providers: new Set([FIRST.provider]), forMs: 1 },
    ],
    ['accepted', answered({ kind: 'accepted' })],
    ['refused', answered({ kind: 'refused', code: 'UNSUPPORTED', retryAfterMs: null })],
    ['answer lost', answered({ kind: 'unknown' })],
    ['withheld', { kind: 'withheld', attemptId }],
    ['no receipt, revoked', { kind: 'waited', attemptId, revoked: true, repeatable: false }],
    ['no receipt', { kind: 'waited', attemptId, revoked: false, repeatable: false }],
    ['cancelled', { kind: 'cancelled' }],
    ['cannot be handed over', { kind: 'broken' }],
    ...Object.values(DeliveryEventType).map((type): [string, LifecycleEvent] => [
      `reported ${type}`,
      { kind: 'received', attemptId, type, failureCode: null },
    ]),
  ];
}
