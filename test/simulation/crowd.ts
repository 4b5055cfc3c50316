// What clients and people do in a run: send, send again, cancel, withdraw and grant, at moments that the seed chooses.
import type { Channel } from '../../schema/vocabulary.ts';
import type { AcceptResult } from '../../subgraphs/messages/accept-message.ts';
import type { AcceptRequest } from '../../subgraphs/messages/draft-message.ts';
import type { People } from './people.ts';
import type { PlatformProcess } from './platform-process.ts';
import type { Random } from './random.ts';
import { SECRET } from './templates.ts';
import type { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';
import { TENANT, Violation } from './violation.ts';
import type { Witness } from './witness.ts';

export interface CrowdSurroundings {
  readonly random: Random;
  readonly time: VirtualTime;
  readonly people: People;
  readonly witness: Witness;
  readonly trace: Trace;
  readonly templateNames: readonly string[];
  readonly newUuid: () => string;
  /** The processes that are alive. */
  processes(): readonly PlatformProcess[];
  /** Runs it; what it throws ends the simulation. */
  guard(what: () => void): void;
}

const CHANNELS = ['RCS', 'SMS', 'EMAIL'] as const satisfies readonly Channel[];
const ANSWER_MS = 6_000;
const TRIES_MAX = 4;
const MESSAGES_MAX = 5;

/** Plans all that the crowd does within so many milliseconds. */
export function planCrowd(at: CrowdSurroundings, withinMs: number): void {
  const { random, time } = at;
  const count = random.between(1, MESSAGES_MAX);
  for (let number = 1; number <= count; number += 1) {
    time.after(random.between(0, withinMs), () => sendOne(at, `order-${number}`));
  }
  for (const recipientId of at.people.ids) {
    if (random.chance(0.5))
      time.after(random.between(0, withinMs), () => withdraw(at, recipientId));
  }
}

function sendOne(at: CrowdSurroundings, idempotencyKey: string): void {
  const { random, time } = at;
  const request: AcceptRequest = {
    tenantId: TENANT,
    idempotencyKey,
    recipientId: random.pick(at.people.ids),
    templateName: random.pick(at.templateNames),
    variables: new Map([['what', SECRET]]),
    reference: null,
    locale: null,
    sendAt: random.chance(0.2)
      ? { kind: 'moment', at: time.now + random.between(1_000, 40_000) }
      : null,
    expiresAt: null,
  };
  const twins = random.chance(0.2) ? random.between(2, 4) : 1;
  for (let twin = 0; twin < twins; twin += 1) {
    time.after(random.wait(0, 3_000), () => ask(at, request, TRIES_MAX));
  }
  if (random.chance(0.1)) {
    const other = { ...request, reference: 'another body' };
    time.after(random.wait(0, 3_000), () => ask(at, other, 1));
  }
}

/** A client that hears nothing, or of a fault, asks again with the same key: perhaps another process. */
function ask(at: CrowdSurroundings, request: AcceptRequest, triesLeft: number): void {
  const { random, time } = at;
  const again = (): void => {
    if (triesLeft > 1) time.after(random.wait(200, 5_000), () => ask(at, request, triesLeft - 1));
  };
  const [first, ...others] = at.processes();
  if (first === undefined) return again();
  const process = random.pick([first, ...others]);
  let answered = false;
  time.after(ANSWER_MS, () => {
    if (!answered) again();
  });
  process.accept(request).then(
    (result) => {
      answered = true;
      at.guard(() => hear(at, request, result));
    },
    () => {
      answered = true;
      again();
    },
  );
}

function hear(at: CrowdSurroundings, request: AcceptRequest, result: AcceptResult): void {
  const { idempotencyKey, reference } = request;
  if (!result.ok) {
    const codes = result.refusals.map(({ code }) => code).join(', ');
    at.trace.tell(null, `client: ${idempotencyKey} is refused: ${codes}`);
    return;
  }
  const { message, replayed } = result.value;
  if (message.reference !== reference) {
    throw new Violation(message.id, 'a key that was used is answered with another message');
  }
  at.trace.tell(message.id, `client: ${idempotencyKey} is accepted${replayed ? ' again' : ''}`);
  at.witness.acknowledged(idempotencyKey, message.id);
  if (at.random.chance(0.15)) {
    at.time.after(at.random.wait(0, 30_000), () => cancel(at, message.id));
  }
}

function cancel(at: CrowdSurroundings, messageId: string): void {
  const process = at.processes()[0];
  process?.cancel(TENANT, messageId).then(
    ({ ok }) => at.trace.tell(messageId, `client: cancelling is ${ok ? 'done' : 'refused'}`),
    () => at.trace.tell(messageId, 'client: nobody knows whether it is cancelled'),
  );
}

function withdraw(at: CrowdSurroundings, recipientId: string): void {
  const { random, time, people, trace } = at;
  const channel = random.pick(CHANNELS);
  people.withdraw(recipientId, channel, time.now);
  trace.tell(null, `person ${recipientId} withdraws ${channel}`);
  if (random.chance(0.3)) {
    time.after(random.between(100, 30_000), () => {
      people.grant(recipientId, channel, at.newUuid());
      trace.tell(null, `person ${recipientId} permits ${channel} again`);
    });
  }
}
