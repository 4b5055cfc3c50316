// Carries what a person took back over to the record that they were merged into, where it is kept under their id.
import { assert } from '../../platform/assert.ts';
import type { Transaction } from '../../platform/database.ts';
import { publicId } from '../../schema/ids.ts';
import { appendConsents } from './append-consent.ts';
import type { ConsentDeps } from './deps.ts';
import type { AppendConsentRequest } from './draft-records.ts';
import { findStandingRecords } from './store/find-records.ts';

/** Two records of one person. UUIDs. */
export interface Merge {
  readonly tenantId: string;
  readonly recipientId: string;
  readonly mergedId: string;
}

/** Addresses move with their pseudonyms, and what was said about them with those. What channels without an address keep
 *  under the merged id does not: a withdrawal is said again for the person, with its own time, and a grant is not, for
 *  nobody gave it to the record that stays. */
export async function carryWithdrawals(
  tx: Transaction,
  deps: ConsentDeps,
  merges: readonly Merge[],
): Promise<void> {
  for (const [tenantId, ofTenant] of Map.groupBy(merges, (merge) => merge.tenantId)) {
    const kept = new Map(
      ofTenant.map(({ mergedId, recipientId }) => [publicId('recipient', mergedId), recipientId]),
    );
    const standing = await findStandingRecords(tx, tenantId, [...kept.keys()]);
    const requests = standing.flatMap((record): AppendConsentRequest[] => {
      const recipientId = kept.get(record.subject);
      if (record.action !== 'WITHDRAWN' || recipientId === undefined) return [];
      const { id, channel, action, purpose, source, method, cmp } = record;
      const { jurisdiction, regulation, policyVersion, occurredAt } = record;
      return [
        {
          tenantId,
          recipientId: publicId('recipient', recipientId),
          deviceId: null,
          action,
          purpose,
          channels: [channel],
          source,
          method,
          jurisdiction,
          regulation,
          policyVersion,
          cmp,
          occurredAt,
          expiresAt: null,
          idempotencyKey: `merge ${id}`,
          actor: 'merge',
        },
      ];
    });
    const results = await appendConsents(tx, deps, tenantId, requests);
    // Whoever was erased meanwhile is not known any more, and is not written to either.
    const dropped = results
      .flatMap(({ errors }) => errors)
      .filter(({ code }) => code !== 'NOT_FOUND');
    assert(dropped.length === 0, 'a withdrawal is a statement that can be recorded again');
  }
}
