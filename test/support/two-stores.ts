// PostgreSQL and the store of the simulation side by side: the same work on both, so that a test can compare what they answer.
import type { SubgraphName } from '../../configuration.ts';
import type { Database, Transaction } from '../../platform/database.ts';
import { execute } from '../simulation/store/execute.ts';
import { Store } from '../simulation/store/store.ts';
import { openMachinery } from './machinery.ts';

const HOUR_MS = 3_600_000;

export interface Answers<T> {
  readonly postgres: T;
  readonly memory: T;
}

/** One of the two, with its own clock. */
export interface Side {
  readonly tx: Transaction;
  readonly now: number;
}

export interface TwoStores {
  /** The one in memory, for what cannot be asked. */
  readonly memory: Store;
  /** Runs the work on both, each in a transaction of its own. */
  both<T>(work: (side: Side) => Promise<T>): Promise<Answers<T>>;
  /** Hours pass: in PostgreSQL all that is due comes nearer, in memory the clock moves. */
  pass(hours: number): Promise<void>;
  close(): Promise<void>;
}

/** The tables and columns of a schema in which time passes. */
export type Timed = Readonly<Record<string, readonly string[]>>;

/** With empty tables on both sides. Whole hours and halves are what a test should wait for: how long PostgreSQL really takes
 *  makes no difference then. */
export async function openTwoStores(
  schema: SubgraphName,
  timed: Timed,
): Promise<TwoStores & { empty(): Promise<void> }> {
  const machinery = await openMachinery();
  const database: Database = await machinery.open(schema);
  let memory = new Store();
  let passedMs = 0;
  const start = Date.now();
  const inMemory = <T>(work: (side: Side) => Promise<T>): Promise<T> => {
    const now = start + passedMs;
    const query = async (sql: string, values: readonly unknown[] = []) =>
      execute({ store: memory, sql, values, now });
    const tx = { query, afterCommit: () => undefined } as unknown as Transaction;
    return memory.transaction(() => work({ tx, now }));
  };
  return {
    get memory() {
      return memory;
    },
    async both(work) {
      const postgres = await database.acrossTenants((tx) => work({ tx, now: Date.now() }));
      return { postgres, memory: await inMemory(work) };
    },
    async pass(hours) {
      passedMs += hours * HOUR_MS;
      await database.acrossTenants(async (tx) => {
        for (const [table, columns] of Object.entries(timed)) {
          if (columns.length === 0) continue;
          const set = columns.map((column) => `${column} = ${column} - $1 * interval '1 hour'`);
          await tx.query(`update ${table} set ${set.join(', ')}`, [hours]);
        }
      });
    },
    async empty() {
      memory = new Store();
      passedMs = 0;
      await database.acrossTenants(async (tx) => {
        for (const table of Object.keys(timed)) await tx.query(`delete from ${table}`);
      });
    },
    close: () => machinery.close(),
  };
}
