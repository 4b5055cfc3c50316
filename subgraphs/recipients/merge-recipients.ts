// Merges a person who was found to be another: what they had is the kept one's, and their id goes on naming the kept one.
import { sealAddress, openAddresses } from './addresses.ts';
import { uuidOf } from '../../schema/ids.ts';
import { appendEvents } from '../../platform/event-log.ts';
import type { EventPayloads } from '../../schema/events.ts';
import { InvalidInput, NotFound } from '../../schema/user-errors.ts';
import { tellChannelsChanged } from './changed-channels.ts';
import type { RecipientsWork } from './deps.ts';
import { mergeProfiles } from './domain/merge.ts';
import { profileColumns } from './draft-people.ts';
import { refusable } from './refusable.ts';
import { loadAddresses } from './store/load-addresses.ts';
import { lockPeople, moveBelongings } from './store/merge-people.ts';
import type { RecipientRow } from './store/recipient.table.ts';

export interface MergeRecipientsRequest {
  readonly tenantId: string;
  /** `rcp_...`: who stays. */
  readonly recipientId: string;
  /** `rcp_...`: who turned out to be the same person. */
  readonly mergedId: string;
}

export type MergeRecipientsError = InvalidInput | NotFound;

export interface MergeRecipientsResult {
  readonly recipient: RecipientRow | null;
  readonly errors: readonly MergeRecipientsError[];
}

/** Idempotent: who was merged into this person before is no error. */
export async function mergeRecipients(
  deps: RecipientsWork,
  request: MergeRecipientsRequest,
): Promise<MergeRecipientsResult> {
  const { tenantId } = request;
  const [keptId, mergedId] = [request.recipientId, request.mergedId].map((id) =>
    uuidOf('recipient', id),
  );
  if (keptId && keptId === mergedId) {
    const error = new InvalidInput(['mergedId'], 'A person is not merged with themselves.');
    return { recipient: null, errors: [error] };
  }
  const outcome = await refusable<RecipientRow, MergeRecipientsError>((refuse) =>
    deps.database.transaction(tenantId, async (tx) => {
      const { kept, merged, alreadyMerged } = await lockPeople(tx, tenantId, {
        keptId: keptId ?? null,
        mergedId: mergedId ?? null,
      });
      const unknown = 'There is no recipient with this id.';
      if (kept === null) return refuse(new NotFound(['recipientId'], unknown));
      if (alreadyMerged) return kept;
      if (merged === null) return refuse(new NotFound(['mergedId'], unknown));
      // Their addresses open with the kept one's key from now on, so that erasing one key erases the person. The KMS is
      // asked while both are locked: merges are rare, and nothing may be added to either meanwhile.
      const stored = await loadAddresses(tx, tenantId, { recipientIds: [merged.id] });
      const opened = await openAddresses(deps.dataKeys, stored);
      const key = await deps.dataKeys.open(
        { tenantId, recipientId: kept.id },
        { keyId: kept.dataKeyId, version: kept.dataKeyVersion, ciphertext: kept.dataKey },
      );
      await moveBelongings(tx, {
        kept,
        merged,
        addresses: opened.map(({ id, value }) => ({
          id,
          sealed: sealAddress(key, { tenantId, id, recipientId: kept.id }, value),
        })),
        at: new Date(deps.clock.now()),
      });
      tx.em.assign(kept, {
        ...profileColumns(mergeProfiles(kept, merged)),
        updatedAt: new Date(deps.clock.now()),
      });
      const payload: EventPayloads['recipient.merged'] = {
        recipientId: kept.id,
        mergedId: merged.id,
      };
      const event = { tenantId, id: deps.newUuid(), occurredAt: deps.clock.now() };
      await appendEvents(tx, deps.database.schema, [
        { ...event, name: 'recipient.merged', payload },
      ]);
      const recipientIds = [kept.id];
      await tellChannelsChanged(tx, deps, { tenantId, recipientIds, reason: 'merged' });
      return kept;
    }),
  );
  return outcome.refused === null
    ? { recipient: outcome.done, errors: [] }
    : { recipient: null, errors: outcome.refused };
}
