// What a PostgreSQL of the simulation holds: rows in memory, changed in transactions that take effect whole or not at all.
import type { MessageStatus } from '../../../schema/vocabulary.ts';
import type { Decision } from '../../../subgraphs/messages/domain/decision.ts';
import type { Lane } from '../../../subgraphs/messages/domain/lane.ts';
import type { Attempt, MessageState } from '../../../subgraphs/messages/domain/message-state.ts';
import type { FollowUpRow } from '../../../subgraphs/messages/store/follow-ups.ts';
import type { StoredTemplate } from '../../../subgraphs/messages/store/find-template.ts';
import type { Standing } from '../../../subgraphs/delivery/domain/receipt-status.ts';
import type { SentAttempt } from '../../../subgraphs/delivery/store/sent-attempts.ts';

export interface TaskRow {
  readonly tenantId: string;
  readonly key: string;
  readonly lane: string;
  readonly priority: number;
  readonly share: string;
  readonly dueAt: number;
  readonly claim: number;
}

export interface MessageRow {
  readonly tenantId: string;
  readonly id: string;
  readonly idempotencyKey: string;
  readonly requestDigest: string;
  readonly recipientId: string;
  readonly templateId: string;
  readonly reference: string | null;
  readonly locale: string;
  readonly variablesSealed: Buffer;
  readonly decision: Decision;
  readonly phase: MessageState['phase'];
  readonly endStatus: MessageStatus | null;
  readonly endReason: string | null;
  readonly sendAt: number | null;
  readonly expiresAt: number;
  readonly createdAt: number;
}

export interface AttemptRow extends Attempt {
  readonly messageId: string;
  readonly providerMessageId: string | null;
}

export interface EventRow {
  readonly tenantId: string;
  readonly tx: number;
  readonly seq: number;
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
  readonly occurredAt: number;
}

export interface CallbackRow {
  readonly id: string;
  readonly tenantId: string;
  readonly provider: string;
  readonly sealed: Buffer;
  readonly state: string;
  readonly tries: number;
  readonly dueAt: number;
  readonly receivedAt: number;
}

export interface StandingRow extends Standing {
  readonly messageId: string;
}

/** Rows by key. They are replaced and never changed, so a rollback puts the old ones back. */
export class Table<Row> {
  readonly #rows = new Map<string, Row>();
  readonly #undo: (() => void)[];

  constructor(undo: (() => void)[]) {
    this.#undo = undo;
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key);
  }

  all(): Row[] {
    return [...this.#rows.values()];
  }

  entries(): [string, Row][] {
    return [...this.#rows];
  }

  put(key: string, row: Row): void {
    this.#keep(key);
    this.#rows.set(key, row);
  }

  delete(key: string): void {
    this.#keep(key);
    this.#rows.delete(key);
  }

  #keep(key: string): void {
    const before = this.#rows.get(key);
    this.#undo.push(() => {
      if (before === undefined) this.#rows.delete(key);
      else this.#rows.set(key, before);
    });
  }
}

/** Transactions run one after the other. What they do to each other half-way is the matter of the tests on PostgreSQL. */
export class Store {
  readonly #undo: (() => void)[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  /** The number of the transaction under way, or of the last one. */
  tx = 0;
  seq = 0;
  /** The tasks that the transaction under way said it holds, and does not. */
  readonly lost = new Set<string>();

  readonly tasks = new Table<TaskRow>(this.#undo);
  readonly templates = new Table<StoredTemplate>(this.#undo);
  readonly messages = new Table<MessageRow>(this.#undo);
  readonly attempts = new Table<AttemptRow>(this.#undo);
  /** By tenant and message: a message is on the list once. */
  readonly followUps = new Table<FollowUpRow>(this.#undo);
  readonly lanes = new Table<Lane & { readonly servedAt: number }>(this.#undo);
  /** By schema, in the order of the log. */
  readonly events: Readonly<Record<string, Table<EventRow>>> = {
    messages: new Table<EventRow>(this.#undo),
    delivery: new Table<EventRow>(this.#undo),
  };
  readonly followers = new Table<{ readonly tx: number; readonly seq: number }>(this.#undo);
  readonly callbacks = new Table<CallbackRow>(this.#undo);
  readonly callbackKeys = new Table<unknown>(this.#undo);
  readonly sentAttempts = new Table<SentAttempt & { readonly name: string | null }>(this.#undo);
  readonly standings = new Table<StandingRow>(this.#undo);
  /** What is on the timelines, by tenant and dedupe key. */
  readonly timeline = new Table<{ readonly messageId: string; readonly type: string }>(this.#undo);

  /** Waits for its turn. `committed` runs at the moment of the commit; whatever is thrown rolls back. */
  async transaction<T>(work: () => Promise<T>, committed: () => void = () => {}): Promise<T> {
    const turn = this.#turn.then(async () => {
      this.tx += 1;
      this.#undo.length = 0;
      this.lost.clear();
      try {
        const result = await work();
        committed();
        return result;
      } catch (error) {
        for (const undo of this.#undo.toReversed()) undo();
        throw error;
      }
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }
}
