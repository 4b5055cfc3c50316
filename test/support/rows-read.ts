// How many rows a statement takes from tables, whatever path it takes to them: what the database itself counts.
import type { Transaction } from '../../platform/database.ts';

/** Rows that `work` reads, in the transaction that it runs in. */
export async function rowsRead(tx: Transaction, work: () => Promise<unknown>): Promise<number> {
  const read = async (): Promise<number> => {
    const [row] = await tx.query<{ rows: number }>(
      `select coalesce(sum(seq_tup_read + idx_tup_fetch), 0)::int as rows from pg_stat_xact_user_tables`,
    );
    return row?.rows ?? 0;
  };
  const before = await read();
  await work();
  return (await read()) - before;
}
