// Changes what is known of a person: what was said is set, and everything else stays as it is.
import { LockMode } from '@mikro-orm/postgresql';
import { uuidOf } from '../../schema/ids.ts';
import { AlreadyExists, InvalidInput, NotFound } from '../../schema/user-errors.ts';
import { tellChannelsChanged } from './changed-channels.ts';
import type { RecipientsWork } from './deps.ts';
import { checkExternalIds, type ExternalId } from './domain/external-id.ts';
import { checkProfile, type Profile } from './domain/profile.ts';
import { profileColumns } from './draft-people.ts';
import { refusable } from './refusable.ts';
import { deleteExternalIds, loadExternalIds } from './store/external-ids.ts';
import { insertExternalIds } from './store/insert-people.ts';
import { RecipientTable, type RecipientRow } from './store/recipient.table.ts';

export interface UpdateRecipientRequest {
  readonly tenantId: string;
  /** `rcp_...` */
  readonly recipientId: string;
  /** What is to be set. */
  readonly profile: Partial<Profile>;
  readonly addExternalIds: readonly ExternalId[];
  readonly removeExternalIds: readonly ExternalId[];
}

export type UpdateRecipientError = InvalidInput | NotFound | AlreadyExists;

export interface UpdateRecipientResult {
  readonly recipient: RecipientRow | null;
  readonly errors: readonly UpdateRecipientError[];
}

export async function updateRecipient(
  deps: RecipientsWork,
  request: UpdateRecipientRequest,
): Promise<UpdateRecipientResult> {
  const { tenantId, profile, addExternalIds, removeExternalIds } = request;
  const id = uuidOf('recipient', request.recipientId);
  const outcome = await refusable<RecipientRow, UpdateRecipientError>((refuse) =>
    deps.database.transaction(tenantId, async (tx) => {
      const options = { lockMode: LockMode.PESSIMISTIC_WRITE } as const;
      const row = id && (await tx.em.findOne(RecipientTable, { tenantId, id }, options));
      if (!row) {
        return refuse(new NotFound(['recipientId'], 'There is no recipient with this id.'));
      }
      await deleteExternalIds(tx, tenantId, row.id, removeExternalIds);
      const held = await loadExternalIds(tx, tenantId, [row.id]);
      const added = addExternalIds.filter(
        (one) => !held.some(({ kind, value }) => kind === one.kind && value === one.value),
      );
      const next = { ...row, ...profile };
      const findings = [...checkProfile(next), ...checkExternalIds([...held, ...added])];
      if (findings.length > 0) {
        return refuse(...findings.map((one) => new InvalidInput(one.path, one.sentence)));
      }
      const rows = added.map((one) => ({ tenantId, recipientId: row.id, ...one }));
      if ((await insertExternalIds(tx, rows)).length < rows.length) {
        const sentence = 'Another recipient of the tenant has one of these external ids.';
        return refuse(new AlreadyExists(['addExternalIds'], sentence));
      }
      tx.em.assign(row, { ...profileColumns(next), updatedAt: new Date(deps.clock.now()) });
      const recipientIds = [row.id];
      await tellChannelsChanged(tx, deps, { tenantId, recipientIds, reason: 'profile' });
      return row;
    }),
  );
  return outcome.refused === null
    ? { recipient: outcome.done, errors: [] }
    : { recipient: null, errors: outcome.refused };
}
