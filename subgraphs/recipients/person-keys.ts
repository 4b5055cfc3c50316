// The keys of people, for what another part keeps of them: whatever they seal is gone for good once the person is erased.
import type { KeyObject } from 'node:crypto';
import { CryptoError } from '../../crypto/errors.ts';
import type { Kms } from '../../crypto/kms.ts';
import type { Bus } from '../../platform/bus.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/database.ts';
import { createDataKeys } from './data-keys.ts';
import { loadPersonKeys } from './store/load-person-keys.ts';

export interface PersonKey {
  /** Who they are now: another UUID than was asked for where that person was merged. */
  readonly recipientId: string;
  /** The key of the id that was asked for. Asks the KMS once in minutes; null once the tenant's key was destroyed. */
  openKey(): Promise<KeyObject | null>;
}

/** People by any UUID that they have or had, in one statement under the grants of index.ts; those who were erased, who
 *  never were, and those of other tenants are missing. An empty list asks nothing. */
export function createPersonKeys(deps: { kms: Kms; clock: Clock; bus: Bus }) {
  const dataKeys = createDataKeys(deps);
  return async (
    tx: Transaction,
    tenantId: string,
    recipientIds: readonly string[],
  ): Promise<ReadonlyMap<string, PersonKey>> => {
    if (recipientIds.length === 0) return new Map();
    const rows = await loadPersonKeys(tx, tenantId, [...new Set(recipientIds)]);
    return new Map(
      rows.map(({ askedId, recipientId, dataKey }) => [
        askedId,
        {
          recipientId,
          // A tenant that left does not hold up the others' work.
          openKey: () =>
            dataKeys.open({ tenantId, recipientId: askedId }, dataKey).catch((error: unknown) => {
              if (error instanceof CryptoError && error.code === 'KEY_NOT_FOUND') return null;
              throw error;
            }),
        },
      ]),
    );
  };
}
