// Makes whoever records about the same person wait in line: two first records have no row yet that could be locked.
import type { Transaction } from '../../../platform/database.ts';

/** Until the transaction ends. names: pseudonyms and idempotency keys of one tenant. */
export async function lockSubjects(
  tx: Transaction,
  tenantId: string,
  names: readonly string[],
): Promise<void> {
  // Sorted, so that two records about the same person do not wait for each other.
  const keys = [...new Set(names)].sort().map((name) => `consent ${tenantId} ${name}`);
  await tx.query(
    'select pg_advisory_xact_lock(hashtextextended(key, 0)) from unnest($1::text[]) as k (key)',
    [keys],
  );
}
