// The database as one process sees it: answers take time, connections break, and a commit's answer may be lost.
import type { Database, Transaction } from '../../platform/database.ts';
import type { Faults, TransactionFault } from './faults.ts';
import type { Machine } from './machine.ts';
import { execute, UnknownStatement } from './store/execute.ts';
import { withKey } from './store/message-statements.ts';
import type { Store } from './store/store.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface Connected {
  readonly store: Store;
  readonly time: VirtualTime;
  readonly machine: Machine;
  readonly faults: Faults;
  /** Looks at what a transaction did, at the moment of its commit. */
  committed(): void;
  /** The simulation itself is at fault, or the engine asked for what it does not know. */
  give(up: Error): void;
}

/** In the words of the driver, by which the engine knows an outage. */
class ConnectionLost extends Error {
  constructor() {
    super('Connection terminated unexpectedly');
  }
}

/** The part of `Database` that the engine works with. */
class MemoryDatabase {
  readonly schema: string;
  readonly #to: Connected;

  constructor(schema: string, to: Connected) {
    this.schema = schema;
    this.#to = to;
  }

  transaction<T>(_tenantId: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#run(work);
  }

  acrossTenants<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#run(work);
  }

  async #run<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const { machine, faults } = this.#to;
    await machine.hears(faults.latency(), () => undefined);
    const fault = faults.transaction();
    const effects: (() => void)[] = [];
    let answer: () => T;
    try {
      const result = await this.#commit(work, effects, fault);
      if (fault !== null && 'at' in fault && fault.at === 'after-commit') this.#fail(fault);
      answer = () => {
        for (const effect of effects) effect();
        return result;
      };
    } catch (error) {
      if (error instanceof UnknownStatement) this.#to.give(error);
      answer = () => {
        throw error as Error;
      };
    }
    return machine.hears(faults.latency(), answer);
  }

  #commit<T>(
    work: (tx: Transaction) => Promise<T>,
    effects: (() => void)[],
    fault: TransactionFault | null,
  ): Promise<T> {
    const { store, committed } = this.#to;
    return store.transaction(async () => {
      // A statement that is never answered must not hold the turn of all others.
      let abort: (error: Error) => void = () => {};
      const aborted = new Promise<never>((_, reject) => {
        abort = reject;
      });
      aborted.catch(() => {});
      const tx = this.#transaction(effects, fault, abort);
      const result = await Promise.race([work(tx), aborted]);
      if (fault !== null && 'at' in fault && fault.at === 'before-commit') this.#fail(fault);
      return result;
    }, committed);
  }

  #transaction(
    effects: (() => void)[],
    fault: TransactionFault | null,
    abort: (error: Error) => void,
  ): Transaction {
    const { store, time } = this.#to;
    // A transaction's time stands still here: all of it happens at one moment.
    const now = time.now;
    let statements = 0;
    const query = async (sql: string, values: readonly unknown[] = []): Promise<object[]> => {
      if (fault !== null && 'statement' in fault && statements >= fault.statement) {
        abort(new ConnectionLost());
        this.#fail(fault);
      }
      statements += 1;
      return execute({ store, sql, values, now });
    };
    return {
      query,
      afterCommit: (effect: () => void) => effects.push(effect),
      em: { find: findMessages(store) },
    } as unknown as Transaction;
  }

  #fail({ kind }: TransactionFault): never {
    if (kind === 'dies') this.#to.machine.die();
    throw new ConnectionLost();
  }
}

/** As `findByIdempotencyKeys` asks for messages by an entity. */
const findMessages =
  (store: Store) =>
  async (
    _entity: unknown,
    where: { tenantId: string; idempotencyKey: { $in: readonly string[] } },
  ): Promise<object[]> =>
    withKey(store, where.tenantId, where.idempotencyKey.$in).map((row) => ({
      ...row,
      sendAt: row.sendAt === null ? null : new Date(row.sendAt),
      expiresAt: new Date(row.expiresAt),
      createdAt: new Date(row.createdAt),
    }));

/** A `Database` that keeps its rows in memory. The engine uses no more of it than stands above. */
export function memoryDatabase(schema: string, to: Connected): Database {
  return new MemoryDatabase(schema, to) as unknown as Database;
}
