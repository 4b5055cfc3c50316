// A message on one line or several under arbitrary work, reports and crashes: what holds at every moment, and that it ends.
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DeliveryEventType, FailureCode } from '../../schema/vocabulary.ts';
import type { Outcome } from '../../subgraphs/messages/domain/answer.ts';
import { isCurrent, isOver, sameRoute } from '../../subgraphs/messages/domain/message-state.ts';
import { EMAIL, HOUR, RCS, SMS } from '../support/lifecycle.ts';
import { MessageMachine } from '../support/message-machine.ts';

const REACHED = ['DELIVERED', 'READ', 'SUPERSEDED_LATE_DELIVERY'];

/** What does not hold, and has to, whatever happened. */
function faultsOf({ state, tasks, submissions, endings }: MessageMachine): string[] {
  const { attempts, phase } = state;
  const faults: string[] = [];
  const expectThat = (holds: boolean, fault: string): void => {
    if (!holds) faults.push(fault);
  };
  expectThat(endings <= 1, 'it ends twice');
  for (const attempt of attempts) {
    const { id, state: now, route, line } = attempt;
    const isUnderWay = now === 'PLANNED' || now === 'SUBMITTING';
    expectThat(!isUnderWay || isCurrent(state, attempt), `two tries at a time on line ${line}`);
    const elsewhere = attempts.some(
      (other) => other.line !== line && sameRoute(other.route, route),
    );
    expectThat(!elsewhere, `${route.provider} on two lines`);
    // A provider that does not know a repetition is handed an attempt again only after it refused it.
    const isRepeatable = route.provider === RCS.provider || attempt.failureCode !== null;
    expectThat(isRepeatable || (submissions.get(id) ?? 0) <= 1, `${id} is handed over twice`);
  }
  if (phase === 'ENDED') {
    expectThat(!attempts.some(({ state: now }) => now === 'PLANNED'), 'more is planned');
    return faults;
  }
  expectThat(
    !attempts.some(({ state: now }) => REACHED.includes(now)),
    'it goes on after a delivery',
  );
  const waitedFor = attempts.filter((attempt) => isCurrent(state, attempt) && !isOver(attempt));
  expectThat(waitedFor.length > 0, 'nothing is waited for');
  for (const { line, number } of waitedFor) {
    expectThat(
      tasks.has(line === 1 ? 'message' : `message/${number}`),
      `line ${line} has no next step`,
    );
  }
  return faults;
}

function refuseFaults(machine: MessageMachine): void {
  const faults = faultsOf(machine);
  if (faults.length > 0) throw new Error(faults.join('; '));
}

type Model = Record<string, never>;

/** One thing that happens to the machine, where it can. */
class Deed implements fc.Command<Model, MessageMachine> {
  readonly #name: string;
  readonly #run: (machine: MessageMachine) => void;
  constructor(name: string, run: (machine: MessageMachine) => void) {
    this.#name = name;
    this.#run = run;
  }
  check(): boolean {
    return true;
  }
  run(_model: Model, machine: MessageMachine): void {
    this.#run(machine);
    refuseFaults(machine);
  }
  toString(): string {
    return this.#name;
  }
}

/** Does it to one of the tasks that there are; nothing where there is none. */
const toTask =
  (
    which: 'waiting' | 'due' | 'held',
    place: number,
    run: (machine: MessageMachine, key: string) => void,
  ) =>
  (machine: MessageMachine): void => {
    const keys = machine.keys(which);
    const key = keys[place % keys.length];
    if (key !== undefined) run(machine, key);
  };

const place = fc.nat(3);
const failureCode = fc.constantFrom(...Object.values(FailureCode));
const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.constant({ kind: 'accepted' as const }),
  fc.constant({ kind: 'unknown' as const }),
  fc.record({
    kind: fc.constant('refused' as const),
    code: failureCode,
    retryAfterMs: fc.option(fc.nat(400_000)),
  }),
);
const type = fc.oneof(
  fc.constantFrom('SENT' as const, 'FAILED' as const),
  fc.constantFrom(...Object.values(DeliveryEventType)),
);
const providers = fc.subarray([RCS.provider, EMAIL.provider, SMS.provider]);

const deeds = [
  fc.tuple(place, fc.boolean()).map(
    ([at, permitted]) =>
      new Deed(
        `claim ${at} ${permitted}`,
        toTask('due', at, (machine, key) => machine.claim(key, permitted)),
      ),
  ),
  fc.tuple(place, outcome).map(
    ([at, told]) =>
      new Deed(
        `answer ${at} ${JSON.stringify(told)}`,
        toTask('held', at, (machine, key) => machine.answer(key, told)),
      ),
  ),
  fc.tuple(place, fc.boolean()).map(
    ([at, revoked]) =>
      new Deed(
        `wait ${at} ${revoked}`,
        toTask('waiting', at, (machine, key) => machine.wait(key, revoked)),
      ),
  ),
  place.map(
    (at) =>
      new Deed(
        `crash ${at}`,
        toTask('held', at, (machine, key) => machine.crash(key)),
      ),
  ),
  fc.tuple(place, providers, fc.option(fc.nat(300_000))).map(
    ([at, left, forMs]) =>
      new Deed(
        `around ${at} ${left.join()} ${forMs}`,
        toTask('due', at, (machine, key) => machine.goAround(key, left, forMs)),
      ),
  ),
  place.map(
    (at) =>
      new Deed(
        `withhold ${at}`,
        toTask('held', at, (machine, key) => machine.withhold(key)),
      ),
  ),
  place.map(
    (at) =>
      new Deed(
        `break ${at}`,
        toTask('held', at, (machine, key) => machine.break(key)),
      ),
  ),
  fc.tuple(fc.nat(3), type, fc.option(failureCode)).map(
    ([at, told, code]) =>
      new Deed(`report ${at} ${told} ${code}`, (machine) => {
        const attemptId = machine.state.attempts[at % machine.state.attempts.length]?.id ?? '';
        machine.happen({ kind: 'received', attemptId, type: told, failureCode: code });
      }),
  ),
  fc.constant(new Deed('cancel', (machine) => machine.happen({ kind: 'cancelled' }))),
  fc.nat(HOUR / 4).map(
    (ms) =>
      new Deed(`pass ${ms}`, (machine) => {
        machine.at.now += ms;
      }),
  ),
];

/** Everything that is due is done, until nothing is: workers come back, carriers take nothing, time passes. */
function drain(machine: MessageMachine): void {
  for (let round = 0; machine.tasks.size > 0; round += 1) {
    if (round > 100) throw new Error('it does not end');
    for (const key of machine.keys('held')) machine.crash(key);
    for (const key of machine.keys('due')) machine.claim(key, true);
    for (const key of machine.keys('held')) machine.answer(key, { kind: 'unknown' });
    machine.at.now += HOUR / 4;
    for (const key of machine.keys('waiting')) machine.wait(key, false);
    refuseFaults(machine);
  }
}

it.each([1, 2, 3])(
  'on %i lines: one try at a time on each, no route twice, and an end whatever happens',
  (lineCount) => {
    fc.assert(
      fc.property(
        fc.constantFrom('HOLD' as const, 'RETRY' as const),
        fc.commands(deeds, { maxCommands: 40, size: '+1' }),
        (uncertainOutcome, commands) => {
          const machine = new MessageMachine(lineCount, uncertainOutcome);
          fc.modelRun(() => ({ model: {}, real: machine }), commands);
          drain(machine);
          expect(machine.state.phase).toBe('ENDED');
        },
      ),
      { numRuns: 2_000 },
    );
  },
);
