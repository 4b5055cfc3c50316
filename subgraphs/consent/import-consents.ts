// Takes over many consents and withdrawals at once, from another system: each row is recorded or refused by itself.
import { InvalidInput } from '../../schema/user-errors.ts';
import { appendConsents, type AppendConsentResult } from './append-consent.ts';
import type { ConsentDeps } from './deps.ts';
import type { AppendConsentRequest } from './draft-records.ts';

export const IMPORT_ROWS_MAX = 1_000;

export interface ImportConsentsResult {
  /** In the order of the rows; empty when the whole was refused. */
  readonly results: readonly AppendConsentResult[];
  readonly errors: readonly InvalidInput[];
}

/** One transaction: when it answers, every good row is in effect, and before that none is. */
export async function importConsents(
  deps: ConsentDeps,
  tenantId: string,
  rows: readonly AppendConsentRequest[],
): Promise<ImportConsentsResult> {
  if (rows.length === 0 || rows.length > IMPORT_ROWS_MAX) {
    const sentence = `An import has 1 to ${IMPORT_ROWS_MAX} rows.`;
    return { results: [], errors: [new InvalidInput(['rows'], sentence)] };
  }
  const append = deps.database.transaction(tenantId, (tx) =>
    appendConsents(tx, deps, tenantId, rows),
  );
  return { results: await append, errors: [] };
}
