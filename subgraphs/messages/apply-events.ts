// Applies what happened to messages: folds it through the lifecycle and writes states, tasks and events of a batch.
import type { Transaction } from '../../platform/database.ts';
import { appendEvents, type NewEvent } from '../../platform/event-log.ts';
import { putTasks, removeTasks, type NewTask } from '../../platform/task-queue.ts';
import type { EventPayloads } from '../../schema/events.ts';
import { silentProviders, type MessagesDeps } from './deps.ts';
import { stateOf } from './domain/decision.ts';
import { followUpChange } from './domain/follow-up.ts';
import { decide, type LifecycleEvent } from './domain/lifecycle.ts';
import { current, type Attempt, type MessageState } from './domain/message-state.ts';
import { priorityOf } from './domain/policy.ts';
import type { Effect } from './domain/step.ts';
import { keepFollowUps } from './keep-follow-ups.ts';
import type { StoredTemplate } from './store/find-template.ts';
import type { NewFollowUp } from './store/follow-ups.ts';
import type { LoadedMessage } from './store/load-messages.ts';
import type { PolicyOf } from './policies.ts';
import {
  saveAttempts,
  saveEnds,
  type AttemptEvidence,
  type ChangedAttempt,
  type EndedMessage,
} from './store/save-attempts.ts';
import { taskKeyOf } from './task-key.ts';

/** Lane of the receipt timers. */
export const WAIT_LANE = 'wait';

export interface MessageHappening {
  readonly messageId: string;
  readonly event: LifecycleEvent;
  readonly evidence?: AttemptEvidence;
}

/** An attempt that has to be handed over now. */
export interface Submission {
  readonly message: LoadedMessage;
  readonly attempt: Attempt;
}

type ApplyDeps = Pick<
  MessagesDeps,
  'clock' | 'newUuid' | 'random' | 'policies' | 'bus' | 'providers'
>;

/** At most five statements for any number of happenings, and three more where the follow-up list changes. `messages` were locked in this transaction; happenings of
 *  messages that are not among them are passed over. Returns what is to be submitted once this has committed. */
export async function applyEvents(
  tx: Transaction,
  deps: ApplyDeps,
  messages: ReadonlyMap<string, LoadedMessage>,
  templates: ReadonlyMap<string, StoredTemplate>,
  happenings: readonly MessageHappening[],
): Promise<readonly Submission[]> {
  const tenantIds = [...messages.values()].map((message) => message.tenantId);
  const outcome = new BatchOutcome(deps, await deps.policies.of(tx, tenantIds));
  for (const [messageId, ofMessage] of Map.groupBy(happenings, (one) => one.messageId)) {
    const message = messages.get(messageId);
    const template = templates.get(message?.templateId ?? '');
    if (message !== undefined && template !== undefined) outcome.fold(message, template, ofMessage);
  }
  const now = deps.clock.now();
  await Promise.all([
    saveAttempts(tx, outcome.changed, now),
    saveEnds(tx, outcome.ended),
    putTasks(tx, 'messages', outcome.tasks),
    removeTasks(tx, 'messages', outcome.settled),
    appendEvents(tx, 'messages', outcome.events),
    keepFollowUps(tx, deps, outcome.followUps),
  ]);
  tx.afterCommit(() => {
    if (outcome.tasks.length > 0) deps.bus.wake('tasks:messages');
    if (outcome.events.length > 0) deps.bus.wake('events:messages');
  });
  return outcome.submissions;
}

type End = Extract<Effect, { kind: 'end' }>;
type TaskEffect = Extract<Effect, { kind: 'queue' | 'wait' | 'settle' }>;

/** What a batch comes to, before it is written. */
class BatchOutcome {
  readonly changed: ChangedAttempt[] = [];
  readonly ended: EndedMessage[] = [];
  readonly tasks: NewTask[] = [];
  readonly settled: { tenantId: string; key: string }[] = [];
  readonly events: NewEvent[] = [];
  readonly submissions: Submission[] = [];
  readonly followUps = {
    opened: [] as NewFollowUp[],
    delivered: [] as { tenantId: string; messageId: string }[],
  };
  readonly #deps: ApplyDeps;
  readonly #policyOf: PolicyOf;
  readonly #silent: ReadonlySet<string>;

  constructor(deps: ApplyDeps, policyOf: PolicyOf) {
    this.#deps = deps;
    this.#policyOf = policyOf;
    this.#silent = silentProviders(deps.providers);
  }

  fold(
    message: LoadedMessage,
    template: StoredTemplate,
    happenings: readonly MessageHappening[],
  ): void {
    const { clock, newUuid, random } = this.#deps;
    const policy = this.#policyOf(message.tenantId);
    const before = stateOf(message, template.content, policy);
    const silent = this.#silent;
    let state = before;
    const effects: Effect[] = [];
    const evidence = new Map<string, AttemptEvidence>();
    for (const { event, evidence: told } of happenings) {
      const at = { now: clock.now(), random: random(), newId: newUuid, policy, silent };
      const step = decide(state, event, at);
      const about = ('attemptId' in event ? event.attemptId : null) ?? current(state)?.id;
      if (told !== undefined && about !== undefined) evidence.set(about, told);
      this.#tellChanges(message, template, { before: state, after: step.state, evidence });
      state = step.state;
      effects.push(...step.effects);
    }
    const known = new Set(before.attempts);
    for (const attempt of state.attempts) {
      const told = evidence.get(attempt.id);
      if (known.has(attempt) && told === undefined) continue;
      const { tenantId, id: messageId } = message;
      this.changed.push({ tenantId, messageId, attempt, evidence: told ?? {} });
    }
    this.#carryOut(message, template, { before, state, effects });
  }

  #carryOut(
    message: LoadedMessage,
    template: StoredTemplate,
    step: { before: MessageState; state: MessageState; effects: readonly Effect[] },
  ): void {
    const { tenantId, id } = message;
    const end = step.effects.find((effect) => effect.kind === 'end');
    if (step.state.phase === 'ENDED' && step.before.phase === 'ACTIVE') {
      this.ended.push({ tenantId, id, status: end?.status ?? null, reason: end?.reason ?? null });
    }
    if (end !== undefined) {
      this.#tell(tenantId, 'message.ended', {
        messageId: id,
        recipientId: message.recipientId,
        status: end.status,
        reason: end.reason,
      });
    }
    this.#followUp(message, template, { ...step, end });
    for (const effect of step.effects) {
      if (effect.kind !== 'submit') continue;
      const attempt = step.state.attempts.find((known) => known.id === effect.attemptId);
      if (attempt !== undefined) this.submissions.push({ message, attempt });
    }
    // A task has one next step: the last one that was asked for.
    const next = new Map<string, TaskEffect>();
    for (const effect of step.effects) {
      if (effect.kind !== 'submit' && effect.kind !== 'end')
        next.set(taskKeyOf(id, effect), effect);
    }
    const priority = priorityOf[template.content.type];
    for (const [key, effect] of next) this.#schedule({ tenantId, key }, effect, priority);
  }

  #schedule(task: { tenantId: string; key: string }, effect: TaskEffect, priority: number): void {
    switch (effect.kind) {
      case 'settle':
        this.settled.push(task);
        return;
      case 'wait': {
        const { delayMs } = effect;
        this.tasks.push({ ...task, lane: WAIT_LANE, priority: 0, share: '', delayMs });
        return;
      }
      case 'queue': {
        const { provider: lane, delayMs } = effect;
        this.tasks.push({ ...task, lane, priority, share: task.tenantId, delayMs });
      }
    }
  }

  #followUp(
    { tenantId, id: messageId, recipientId, endStatus }: LoadedMessage,
    { name: template }: StoredTemplate,
    { before, state: after, end }: { before: MessageState; state: MessageState; end?: End },
  ): void {
    const change = followUpChange({ before, after, endStatus, end });
    if (change?.kind === 'close') this.followUps.delivered.push({ tenantId, messageId });
    if (change?.kind !== 'open') return;
    const { reason } = change;
    const id = this.#deps.newUuid();
    this.followUps.opened.push({ tenantId, id, messageId, recipientId, template, reason });
  }

  /** An event for each attempt that came into another state, and for each new one that follows a fallback. */
  #tellChanges(
    message: LoadedMessage,
    template: StoredTemplate,
    step: {
      before: MessageState;
      after: MessageState;
      evidence: ReadonlyMap<string, AttemptEvidence>;
    },
  ): void {
    const { before, after, evidence } = step;
    const old = new Map(before.attempts.map((attempt) => [attempt.id, attempt]));
    for (const attempt of after.attempts) {
      if (old.get(attempt.id)?.state === attempt.state || attempt.state === 'PLANNED') continue;
      this.#tell(message.tenantId, 'attempt.changed', {
        messageId: message.id,
        recipientId: message.recipientId,
        attemptId: attempt.id,
        channel: attempt.route.channel,
        protection: attempt.route.protection,
        provider: attempt.route.provider,
        state: attempt.state,
        failureCode: attempt.failureCode,
        fallbackReason: attempt.fallbackReason,
        providerMessageId: evidence.get(attempt.id)?.providerMessageId ?? null,
        messageType: template.content.type,
        addressId: evidence.get(attempt.id)?.addressId ?? null,
      });
    }
  }

  #tell<N extends keyof EventPayloads>(tenantId: string, name: N, payload: EventPayloads[N]): void {
    const { newUuid, clock } = this.#deps;
    this.events.push({ tenantId, id: newUuid(), name, payload, occurredAt: clock.now() });
  }
}
