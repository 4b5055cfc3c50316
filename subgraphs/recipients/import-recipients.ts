// Imports people: each is found by any of their identifiers, or made. A row that is refused holds up no other; one commit.
import { ApiError } from '../../platform/errors.ts';
import { CapabilityPriority, putCapabilityTasks } from './capability-task.ts';
import { tellChannelsChanged } from './changed-channels.ts';
import type { RecipientsWork } from './deps.ts';
import { planImport, type ImportedRow, type ImportPlan } from './plan-import.ts';
import type { WrittenPerson } from './read-person.ts';
import { refusable } from './refusable.ts';
import { insertPeople } from './store/insert-people.ts';
import { lockUnchanged, updateProfiles } from './store/update-people.ts';

export const IMPORT_ROWS_MAX = 1_000;
/** Times that an import is planned again because somebody changed its people while it was under way. */
const TRIES_MAX = 5;

/** In the order of the rows, 1 to IMPORT_ROWS_MAX. About ten statements for any number of them, and a question to the
 *  KMS for each new person. The same rows again change nothing. */
export async function importRecipients(
  deps: RecipientsWork,
  tenantId: string,
  rows: readonly WrittenPerson[],
): Promise<readonly ImportedRow[]> {
  for (let attempt = 1; attempt <= TRIES_MAX; attempt += 1) {
    const plan = await planImport(deps, tenantId, rows);
    if (await carryOut(deps, tenantId, plan)) return plan.results;
  }
  throw new ApiError('CONFLICT', 'These people are being changed by somebody else; try again.');
}

/** False, and nothing is done, where the people are no longer what the plan was made from. */
async function carryOut(
  deps: RecipientsWork,
  tenantId: string,
  { people, updates }: ImportPlan,
): Promise<boolean> {
  const created = people.recipients.map(({ id }) => id);
  const updated = updates.map(({ id }) => id);
  const phones = people.addresses.filter(({ kind }) => kind === 'PHONE');
  if (created.length + updated.length === 0) return true;
  const outcome = await refusable<void, 'changed'>((refuse) =>
    deps.database.transaction(tenantId, async (tx) => {
      if (!(await lockUnchanged(tx, tenantId, updates))) return refuse('changed');
      await updateProfiles(tx, updates);
      const taken = await insertPeople(tx, people);
      if (taken.addresses.length + taken.externalIds.length > 0) return refuse('changed');
      await putCapabilityTasks(tx, deps, {
        tenantId,
        // An import is no visit: whoever registers meanwhile goes before.
        priority: CapabilityPriority.again,
        addresses: phones.map(({ id }) => ({ addressId: id, delayMs: 0 })),
      });
      await tellChannelsChanged(tx, deps, {
        tenantId,
        recipientIds: created,
        reason: 'registered',
      });
      await tellChannelsChanged(tx, deps, { tenantId, recipientIds: updated, reason: 'profile' });
    }),
  );
  return outcome.refused === null;
}
