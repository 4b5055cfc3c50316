// A message with its tasks, as the queue holds them: workers claim, answer and wait, carriers report, in any order.
import { taskKeyOf, attemptOf } from '../../subgraphs/messages/task-key.ts';
import type { Outcome } from '../../subgraphs/messages/domain/answer.ts';
import { decide, type LifecycleEvent } from '../../subgraphs/messages/domain/lifecycle.ts';
import {
  isCurrent,
  type Attempt,
  type MessageState,
} from '../../subgraphs/messages/domain/message-state.ts';
import type { Effect } from '../../subgraphs/messages/domain/step.ts';
import { EMAIL, newMessage, RCS, SMS, surroundings } from './lifecycle.ts';

const ID = 'message';
const WAIT = 'wait';

interface Task {
  readonly lane: string;
  /** In a worker's hand. */
  readonly held: boolean;
}

/** Ids are those of a provider that takes each once; the other ones' hand-overs cannot be repeated. */
const repeatable = (attempt: Attempt): boolean => attempt.route.provider === RCS.provider;

export class MessageMachine {
  readonly tasks = new Map<string, Task>();
  readonly at = surroundings();
  state: MessageState;
  /** How often each attempt was handed over. */
  readonly submissions = new Map<string, number>();
  endings = 0;

  constructor(lineCount: number, uncertainOutcome: 'HOLD' | 'RETRY') {
    this.state = newMessage(this.at, { plan: [RCS, EMAIL, SMS], lineCount, uncertainOutcome });
    for (const { line, number, route } of this.state.attempts) {
      const key = taskKeyOf(ID, line === 1 ? {} : { task: number });
      this.tasks.set(key, { lane: route.provider, held: false });
    }
  }

  /** Keys of tasks that wait for a receipt, that are due in a lane, or that are in somebody's hand. */
  keys(which: 'waiting' | 'due' | 'held'): string[] {
    const fits = ({ lane, held }: Task): boolean =>
      which === 'held' ? held : !held && (lane === WAIT) === (which === 'waiting');
    return [...this.tasks].flatMap(([key, task]) => (fits(task) ? [key] : []));
  }

  claim(key: string, permitted: boolean): void {
    this.#hold(key);
    const attempt = this.#attempt(key);
    const { id: attemptId } = attempt;
    this.#step({ kind: 'claimed', attemptId, permitted, repeatable: repeatable(attempt) }, key);
  }

  goAround(key: string, providers: readonly string[], forMs: number | null): void {
    const attempt = this.#attempt(key);
    const left = { providers: new Set([...providers, attempt.route.provider]), forMs };
    const event = { kind: 'unavailable', attemptId: attempt.id, ...left } as const;
    this.#step({ ...event, repeatable: repeatable(attempt) }, key);
    this.#release(key);
  }

  answer(key: string, outcome: Outcome): void {
    const attempt = this.#attempt(key);
    const event = { kind: 'answered', attemptId: attempt.id, outcome } as const;
    this.#step({ ...event, repeatable: repeatable(attempt) }, key);
    this.#release(key);
  }

  break(key: string): void {
    this.#step({ kind: 'broken', attemptId: this.#attempt(key).id }, key);
    this.#release(key);
  }

  wait(key: string, revoked: boolean): void {
    const attempt = this.#attempt(key);
    const event = { kind: 'waited', attemptId: attempt.id, revoked } as const;
    this.#step({ ...event, repeatable: repeatable(attempt) }, key);
  }

  /** It was not handed over after all. */
  withhold(key: string): void {
    const { id: attemptId, state } = this.#attempt(key);
    this.#step({ kind: 'withheld', attemptId }, key);
    const count = this.submissions.get(attemptId) ?? 0;
    if (state === 'SUBMITTING') this.submissions.set(attemptId, count - 1);
    this.#release(key);
  }

  /** Its holder died, or its lease is over: somebody else may claim it, and the holder's word counts no more. */
  #release(key: string): void {
    const task = this.tasks.get(key);
    if (task !== undefined) this.tasks.set(key, { ...task, held: false });
  }

  crash(key: string): void {
    this.#release(key);
  }

  /** Whoever does not hold a task: a report, a cancellation. */
  happen(event: LifecycleEvent): void {
    this.#step(event, null);
  }

  #hold(key: string): void {
    const task = this.tasks.get(key);
    if (task !== undefined) this.tasks.set(key, { ...task, held: true });
  }

  #attempt(key: string): Attempt {
    const attempt = attemptOf(this.state, key);
    if (attempt === null) throw new Error(`the task ${key} is about nothing`);
    return attempt;
  }

  /** `key`: the task in hand. */
  #step(event: LifecycleEvent, key: string | null): void {
    const before = this.state;
    const step = decide(before, event, this.at);
    this.state = step.state;
    for (const effect of step.effects) this.#carryOut(effect, key, before);
    // Of what a holder says late nothing comes; whoever claims the task after it settles it.
    const isLate = event.kind === 'answered' || event.kind === 'withheld';
    if (key !== null && !isLate) this.#refuseLeftBehind(key);
  }

  /** A task of its own whose attempt is over would come back for ever. */
  #refuseLeftBehind(key: string): void {
    const over = key !== ID && !isCurrent(this.state, this.#attempt(key));
    if (over && this.tasks.has(key)) throw new Error(`nothing comes of the task ${key}`);
  }

  #carryOut(effect: Effect, held: string | null, before: MessageState): void {
    if (effect.kind === 'end') {
      this.endings += 1;
      return;
    }
    if (effect.kind === 'submit') {
      if (held === null || before.phase === 'ENDED') throw new Error('nobody may hand it over');
      if (this.at.now >= before.expiresAt) throw new Error('it is handed over too late');
      const count = this.submissions.get(effect.attemptId) ?? 0;
      this.submissions.set(effect.attemptId, count + 1);
      return;
    }
    const key = taskKeyOf(ID, effect);
    // The message's own task is locked by whoever reports; another's is its holder's alone, so that nobody waits in a circle.
    const mine = key === held || (key === ID && held === null) || !this.tasks.has(key);
    if (!mine) throw new Error(`${effect.kind} takes ${key} out of another's hand`);
    if (effect.kind === 'settle') this.tasks.delete(key);
    else
      this.tasks.set(key, { lane: effect.kind === 'wait' ? WAIT : effect.provider, held: false });
  }
}
