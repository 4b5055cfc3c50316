// Looks at everything that happens in a run, and says what may not have happened: the promises of the README, as checks.
import type { Outbound } from '../../providers/provider.ts';
import { uuidOf } from '../../schema/ids.ts';
import type { MessageStatus } from '../../schema/vocabulary.ts';
import { defaultPolicy } from '../../subgraphs/messages/domain/policy.ts';
import type { Carrier, CarrierKind, Report, Taken } from './carrier.ts';
import { taskOf } from '../../subgraphs/messages/domain/message-state.ts';
import { messageOf, taskKeyOf } from '../../subgraphs/messages/task-key.ts';
import type { People } from './people.ts';
import { attemptsOf } from './store/message-statements.ts';
import { keyOf } from './store/statement.ts';
import type { AttemptRow, MessageRow, Store } from './store/store.ts';
import { SECRET } from './templates.ts';
import { checkEnd, isBelow } from './end-of-run.ts';
import { TENANT, Violation } from './violation.ts';

export interface Bounds {
  /** What is on the wire when a consent is withdrawn or a message expires. */
  readonly graceMs: number;
  /** How far the clocks of two processes may be apart. */
  readonly skewMs: number;
  /** Whether everything is up again, and has been for a while. */
  healed(): boolean;
}

const FALLBACK_MS_MAX = 30_000;
const LIVE = ['PLANNED', 'SUBMITTING', 'SENT'];
const OPEN = [...LIVE, 'OUTCOME_UNKNOWN'];

export class Witness {
  readonly #store: Store;
  readonly #people: People;
  readonly #carriers: readonly Carrier[];
  readonly #bounds: Bounds;
  readonly #now: () => number;
  /** As they were at the last commit. */
  readonly #states = new Map<string, AttemptRow>();
  readonly #statuses = new Map<string, MessageStatus>();
  readonly #ended = new Set<string>();
  /** When the failure was recorded that an attempt follows, where nothing is in its way. */
  readonly #dueFrom = new Map<string, number>();
  /** Reports that carriers were told are kept. */
  readonly #kept: Report[] = [];
  /** What clients were told, by idempotency key. */
  readonly #acknowledged = new Map<string, string>();

  constructor(
    store: Store,
    people: People,
    carriers: readonly Carrier[],
    at: { bounds: Bounds; now: () => number },
  ) {
    this.#store = store;
    this.#people = people;
    this.#carriers = carriers;
    this.#bounds = at.bounds;
    this.#now = at.now;
  }

  /** P2: one key is one message, whoever asks and however often. */
  acknowledged(idempotencyKey: string, messageId: string): void {
    const known = this.#acknowledged.get(idempotencyKey);
    if (known !== undefined && known !== messageId) {
      throw new Violation(messageId, `the key ${idempotencyKey} is two messages`);
    }
    this.#acknowledged.set(idempotencyKey, messageId);
    if (this.#message(messageId) === undefined) {
      throw new Violation(messageId, 'a message was acknowledged and is not stored');
    }
  }

  /** A callback that was answered with success is not lost. */
  kept(report: Report): void {
    this.#kept.push(report);
  }

  /** P3, P4 and the rules of expiry and sensitivity: asked when a process hands over. */
  handsOver(carrier: CarrierKind, outbound: Outbound): void {
    const messageId = uuidOf('message', outbound.messageId) ?? '';
    const message = this.#message(messageId);
    const attempts = attemptsOf(this.#store, messageId);
    const attempt = attempts.find(({ id }) => id === outbound.attemptId);
    if (message === undefined || attempt === undefined) {
      throw new Violation(messageId, 'handed over what is not stored');
    }
    const onLine = attempts.filter(({ line }) => line === attempt.line);
    const earlier = onLine.find((one) => one.number < attempt.number && LIVE.includes(one.state));
    if (earlier !== undefined) {
      const sentence = `${carrier.channel} was begun while attempt ${earlier.number} is ${earlier.state}`;
      throw new Violation(messageId, sentence);
    }
    // One that the carrier has under this id it does not take again: a failure may be reported while it is repeated.
    const isRepeated = this.#takenBy(carrier.id, messageId).some(
      (one) => one.attemptId === attempt.id,
    );
    const later = onLine.find(
      (one) => one.number > attempt.number && one.startedAt !== null && !isRepeated,
    );
    if (later !== undefined) {
      const sentence = `attempt ${attempt.number} was handed over after ${later.number} was begun`;
      throw new Violation(messageId, sentence);
    }
    this.#checkPace(attempt);
    const { graceMs, skewMs } = this.#bounds;
    if (this.#now() > message.expiresAt + graceMs + skewMs) {
      throw new Violation(messageId, 'handed over after it expired');
    }
    const withdrawnAt = this.#people.withdrawnAt(message.recipientId, carrier.channel);
    if (withdrawnAt !== null && this.#now() > withdrawnAt + graceMs) {
      throw new Violation(
        messageId,
        `handed over ${carrier.channel} after the consent was withdrawn`,
      );
    }
    this.#checkContent(message, attempt, outbound);
  }

  /** From a failed attempt to the next channel it takes half a minute at most, where nothing is in the way. */
  #checkPace({ id, messageId }: AttemptRow): void {
    const dueFrom = this.#dueFrom.get(id);
    this.#dueFrom.delete(id);
    if (dueFrom !== undefined && this.#now() - dueFrom > FALLBACK_MS_MAX) {
      throw new Violation(messageId, 'the next channel was begun later than half a minute after');
    }
  }

  /** P3 by class of provider: what the carrier has, however it came to have it. */
  taken(carrier: CarrierKind, taken: Taken): void {
    const { messageId } = taken;
    const onCarrier = this.#takenBy(carrier.id, messageId);
    if (onCarrier.filter(({ attemptId }) => attemptId === taken.attemptId).length > 1) {
      throw new Violation(messageId, `${carrier.id} took one attempt twice`);
    }
    const message = this.#message(messageId);
    const template = this.#store.templates.get(message?.templateId ?? '');
    const repeats = template?.content.uncertainOutcome === 'RETRY' ? 1 : 0;
    // What a carrier says that it failed with, or gave up, is not with it any more.
    const mayArrive = onCarrier.filter(({ state }) => state === 'held' || state === 'delivered');
    const most = carrier.duplicates === 'client-key' ? 1 : 1 + repeats;
    if (mayArrive.length > most) {
      throw new Violation(messageId, `${carrier.id} has the message ${mayArrive.length} times`);
    }
  }

  /** What a commit may not have done. */
  committed(): void {
    for (const attempt of this.#store.attempts.all()) this.#checkAttempt(attempt);
    for (const { messageId, status } of this.#store.standings.all()) {
      const before = this.#statuses.get(messageId) ?? 'ACCEPTED';
      if (isBelow(status, before)) {
        throw new Violation(messageId, `the status went back from ${before} to ${status}`);
      }
      this.#statuses.set(messageId, status);
    }
    const steps = new Set(this.#store.tasks.all().map(({ key }) => messageOf(key)));
    for (const { id, phase, tenantId } of this.#store.messages.all()) {
      if (phase === 'ACTIVE' && this.#ended.has(id)) throw new Violation(id, 'it ended, and lives');
      if (phase === 'ENDED') this.#ended.add(id);
      if (phase === 'ACTIVE' && !steps.has(id)) throw new Violation(id, 'it has no next step');
      // Where it went several ways at once, a task that is left behind settles itself when it is due.
      const oneWay = attemptsOf(this.#store, id).every(({ line }) => line === 1);
      if (phase === 'ENDED' && oneWay && this.#store.tasks.get(keyOf(tenantId, id)) !== undefined) {
        throw new Violation(id, 'it ended, and has a next step');
      }
    }
  }

  /** Asked where everything has healed and the time is over. */
  finished(): void {
    checkEnd({
      store: this.#store,
      carriers: this.#carriers,
      statuses: this.#statuses,
      kept: this.#kept,
      acknowledged: this.#acknowledged,
    });
  }

  #checkContent(message: MessageRow, attempt: AttemptRow, outbound: Outbound): void {
    const template = this.#store.templates.get(message.templateId)?.content;
    if (template?.sensitivity === 'HIGH' && attempt.route.protection === 'CLEAR') {
      throw new Violation(message.id, 'a message of high sensitivity travels in the clear');
    }
    const sensitive = template?.variables.some((variable) => variable.sensitive) === true;
    if (sensitive && JSON.stringify(outbound.content).includes(SECRET)) {
      throw new Violation(message.id, 'a sensitive value travels in the clear');
    }
  }

  #checkAttempt(attempt: AttemptRow): void {
    const before = this.#states.get(attempt.id);
    if (before === attempt) return;
    this.#states.set(attempt.id, attempt);
    const { id, messageId, state } = attempt;
    if (this.#store.lost.has(taskKeyOf(messageId, taskOf(attempt)))) {
      throw new Violation(messageId, 'a worker recorded what it does not hold any more');
    }
    if (before !== undefined && !OPEN.includes(before.state) && OPEN.includes(state)) {
      throw new Violation(
        messageId,
        `attempt ${attempt.number} went from ${before.state} to ${state}`,
      );
    }
    if (before === undefined && attempt.fallbackReason === 'PERMANENT_FAILURE') {
      if (this.#isClear(attempt.route.provider)) this.#dueFrom.set(id, this.#now());
    }
    const { triesMax } = defaultPolicy;
    if (before?.state === 'SUBMITTING' && state === 'PLANNED' && attempt.tries >= triesMax) {
      throw new Violation(
        messageId,
        `attempt ${attempt.number} is to be tried more than ${triesMax} times`,
      );
    }
    if (before?.state === state || (state !== 'FAILED' && state !== 'SKIPPED')) return;
    const has = this.#carriers.flatMap(({ taken }) =>
      taken.filter((one) => one.attemptId === id && ['held', 'delivered'].includes(one.state)),
    );
    if (has.length > 0) {
      const sentence = `attempt ${attempt.number} is recorded as ${state}, and the carrier has it`;
      throw new Violation(messageId, sentence);
    }
  }

  /** Whether a carrier answers, and nothing keeps its lane back. */
  #isClear(carrierId: string): boolean {
    const lane = this.#store.lanes.get(carrierId);
    const isHeld = lane !== undefined && (lane.openUntil !== null || lane.pausedUntil !== null);
    return this.#bounds.healed() && !isHeld;
  }

  #message(messageId: string): MessageRow | undefined {
    return this.#store.messages.get(keyOf(TENANT, messageId));
  }

  #takenBy(carrierId: string, messageId: string): readonly Taken[] {
    const carrier = this.#carriers.find(({ kind }) => kind.id === carrierId);
    return (carrier?.taken ?? []).filter((one) => one.messageId === messageId);
  }
}
