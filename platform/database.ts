// One PostgreSQL schema's connection: MikroORM with the schema's own login role, and transactions that carry the tenant.
import { CompiledQuery, type Transaction as KyselyTransaction } from 'kysely';
import { MikroORM, type EntityManager, type EntitySchema } from '@mikro-orm/postgresql';
import { assert } from './assert.ts';
import type { Log } from './log.ts';
import { TENANT_PATTERN } from './principal.ts';

export interface DatabaseSettings {
  /** A postgres:// URL with the login role of `schema`. */
  readonly url: string;
  readonly schema: string;
  readonly tables: readonly EntitySchema[];
  /** Connections kept at the most. */
  readonly connectionsMax: number;
  readonly log: Log;
  /** Sees the text of every statement, BEGIN and COMMIT included: tests count them. */
  readonly onStatement?: (sql: string) => void;
}

/** One open transaction. Row-level security shows it the rows of its tenant, and nothing without one. */
export interface Transaction {
  readonly em: EntityManager;
  /** Runs one statement with `$1`, `$2`, ... and returns its rows. Times come back as PostgreSQL's text. Statements that
   *  do not need each other's rows are started together: they run in their order, and share one round trip. */
  query<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Runs once the transaction has committed, never when it rolled back. Must not throw or wait. */
  afterCommit(effect: () => void): void;
}

/** The setting that row-level security compares with `tenant_id`; see `tenantTableSql` in migrate.ts. */
const TENANT_SETTING = 'parley.tenant';
const ALL_TENANTS = '*';

export class Database {
  readonly schema: string;
  readonly #orm: MikroORM;
  readonly #statements: StatementNames;

  private constructor(schema: string, orm: MikroORM, statements: StatementNames) {
    this.schema = schema;
    this.#orm = orm;
    this.#statements = statements;
  }

  static async open(settings: DatabaseSettings): Promise<Database> {
    const { onStatement, log } = settings;
    const statements = new StatementNames();
    const orm = await MikroORM.init({
      clientUrl: settings.url,
      dbName: new URL(settings.url).pathname.slice(1),
      schema: settings.schema,
      entities: [...settings.tables],
      discovery: { warnWhenNoEntities: false },
      pool: { min: 0, max: settings.connectionsMax },
      // The text may quote what a query failed on; the message alone goes to the log.
      logger: (line) => log.debug({ schema: settings.schema, line }, 'database'),
      driverOptions: {
        connectionTimeoutMillis: 5_000,
        query_timeout: 20_000,
        application_name: `parley-${settings.schema}`,
        // Sends a statement without waiting for the one before.
        pipeline: true,
        keepAlive: true,
        onPoolCreated: (pool: Pool) =>
          pool.on('connect', (client) => prepare(client, statements, onStatement)),
      },
    });
    return new Database(settings.schema, orm, statements);
  }

  get orm(): MikroORM {
    return this.#orm;
  }

  /** One transaction of one tenant. Commits when `work` ends, rolls back when it throws. */
  async transaction<T>(tenantId: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    assert(TENANT_PATTERN.test(tenantId), 'a transaction belongs to one tenant');
    return this.#run(tenantId, false, work);
  }

  /** A read-only transaction of one tenant: all of its statements see the same moment. */
  async read<T>(tenantId: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    assert(TENANT_PATTERN.test(tenantId), 'a read belongs to one tenant');
    return this.#run(tenantId, true, work);
  }

  /** For jobs alone, which work through the rows of all tenants: each statement names the tenant itself. */
  async acrossTenants<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#run(ALL_TENANTS, false, work);
  }

  /** True when the server answers. */
  async reachable(): Promise<boolean> {
    try {
      await this.acrossTenants((tx) => tx.query('select 1'));
      return true;
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    await this.#orm.close(true);
  }

  async #run<T>(tenant: string, readOnly: boolean, work: (tx: Transaction) => Promise<T>) {
    const effects: (() => void)[] = [];
    let failure: { readonly cause: unknown } | null = null;
    // Not by `em.transactional`, which would join whatever transaction is open around the caller, also one of another
    // schema with another role; nor by `em.begin`, which keeps a connection that was lost on the way for ever.
    const begin = this.#orm.em.getConnection().getClient().transaction();
    const opened = readOnly
      ? begin.setIsolationLevel('repeatable read').setAccessMode('read only')
      : begin.setAccessMode('read write');
    const result = await opened
      .execute(async (transaction) => {
        const em = this.#orm.em.fork();
        em.setTransactionContext(transaction);
        try {
          const tx = transactionOver(em, transaction, effects, this.#statements);
          // Not waited for on its own: it runs first all the same, and without it no row would be seen.
          const named = tx.query(`select set_config('${TENANT_SETTING}', $1, true)`, [tenant]);
          const [answer] = await Promise.all([work(tx), named]);
          await em.flush();
          return answer;
        } catch (error) {
          failure = { cause: error };
          throw error;
        }
      })
      .catch((error: unknown) => {
        // A rollback that fails has lost its connection; what failed before it is what matters.
        throw failure === null ? error : failure.cause;
      });
    for (const effect of effects) effect();
    return result;
  }
}

function transactionOver(
  em: EntityManager,
  context: KyselyTransaction<unknown>,
  effects: (() => void)[],
  statements: StatementNames,
): Transaction {
  return {
    em,
    query: async <Row extends object>(sql: string, values: readonly unknown[] = []) => {
      statements.add(sql);
      const answer = await context.executeQuery<Row>(CompiledQuery.raw(sql, [...values]));
      return answer.rows;
    },
    afterCommit: (effect) => effects.push(effect),
  };
}

/** What is written in the code is written a few hundred times at the most. What is more, such as a statement that is put
 *  together anew for each call, is planned each time. */
const PREPARED_MAX = 500;

/** Plans are made for the tables as they are: in a young one all indexes look alike, and the first that is chosen may read
 *  all of a tenant's rows when there are more. */
const PLANS_KEPT_MS = 1_000;

/** The statements that a connection keeps by name, parsed and for a second planned: planning costs PostgreSQL more than
 *  running most of them. They ask for columns by name, because a kept one must not change what it answers with. */
class StatementNames {
  readonly #names = new Map<string, string>();

  add(sql: string): void {
    if (this.#names.size < PREPARED_MAX && !this.#names.has(sql)) {
      this.#names.set(sql, `parley_${this.#names.size}`);
    }
  }

  of(sql: string): string | undefined {
    return this.#names.get(sql);
  }
}

interface Pool {
  on(event: 'connect', listener: (client: Client) => void): void;
}
interface Client {
  query: (...args: unknown[]) => unknown;
}

/** The layers above hand a statement on as text and values; here it gets its name. */
function prepare(
  client: Client,
  statements: StatementNames,
  onStatement: DatabaseSettings['onStatement'],
): void {
  const query = client.query.bind(client);
  let plannedSince = performance.now();
  client.query = (first: unknown, values: unknown, ...rest: unknown[]) => {
    if (typeof first !== 'string') {
      onStatement?.((first as { text: string }).text);
      return query(first, values, ...rest);
    }
    onStatement?.(first);
    if (first.startsWith('start transaction') && performance.now() - plannedSince > PLANS_KEPT_MS) {
      plannedSince = performance.now();
      // Where it fails, the connection is lost, and what follows fails as well.
      Promise.resolve(query('discard plans')).catch(() => undefined);
    }
    const name = statements.of(first);
    return name === undefined
      ? query(first, values, ...rest)
      : query({ name, text: first, values }, ...rest);
  };
}
