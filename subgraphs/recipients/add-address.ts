// Gives a person one more address, sealed under their key, and has the channels of it looked up.
import { KeyUse } from '../../crypto/kms.ts';
import { uuidOf } from '../../schema/ids.ts';
import { AlreadyExists, InvalidInput, NotFound } from '../../schema/user-errors.ts';
import { draftAddresses } from './addresses.ts';
import { CapabilityPriority, putCapabilityTasks } from './capability-task.ts';
import { tellChannelsChanged } from './changed-channels.ts';
import type { RecipientsWork } from './deps.ts';
import { lockRecipient } from './store/find-recipient.ts';
import { insertAddresses } from './store/insert-people.ts';
import { loadPeople } from './store/load-people.ts';
import { loadRecipientsOf } from './store/load-recipients-of.ts';
import { ADDRESS_EXPECTED, readAddress, type WrittenAddress } from './written-address.ts';

export interface AddAddressRequest {
  readonly tenantId: string;
  /** `rcp_...` */
  readonly recipientId: string;
  readonly address: WrittenAddress;
}

/** The input that holds each kind. */
const FIELD = { PHONE: 'phone', EMAIL: 'email', APPLE_ID: 'appleId' } as const;

export type AddAddressError = InvalidInput | NotFound | AlreadyExists;

/** Idempotent: an address that the person has already is no error. Answers the person's UUID, or why not. */
export async function addAddress(
  deps: RecipientsWork,
  { tenantId, recipientId: publicRecipientId, address: written }: AddAddressRequest,
): Promise<{ readonly recipientId: string } | { readonly error: AddAddressError }> {
  const { database, dataKeys, kms } = deps;
  const address = readAddress(written);
  const field = FIELD[written.kind];
  if (address === null) return { error: new InvalidInput([field], ADDRESS_EXPECTED[written.kind]) };
  const unknown = new NotFound(['recipientId'], 'There is no recipient with this id.');
  const recipientId = uuidOf('recipient', publicRecipientId);
  if (recipientId === null) return { error: unknown };
  const [person] = await database.read(tenantId, (tx) => loadPeople(tx, tenantId, [recipientId]));
  if (person === undefined || person.recipientId !== recipientId) return { error: unknown };
  const owner = {
    tenantId,
    recipientId,
    dataKey: await dataKeys.open({ tenantId, recipientId }, person.dataKey),
    pseudonymKey: await kms.macKey({ tenant: tenantId, use: KeyUse.pseudonym }),
  };
  const rows = draftAddresses(deps, owner, [address]);
  return database.transaction(tenantId, async (tx) => {
    if (!(await lockRecipient(tx, tenantId, recipientId))) return { error: unknown };
    const inserted = await insertAddresses(tx, rows);
    if (inserted.length === 0) {
      const named = rows.map(({ pseudonym }) => ({ tenantId, subject: pseudonym }));
      const [holder] = await loadRecipientsOf(tx, named);
      if (holder?.recipientId === recipientId) return { recipientId };
      const sentence = 'Another recipient of the tenant has this address.';
      return { error: new AlreadyExists([field], sentence) };
    }
    await putCapabilityTasks(tx, deps, {
      tenantId,
      priority: CapabilityPriority.first,
      addresses:
        address.kind === 'PHONE' ? inserted.map((id) => ({ addressId: id, delayMs: 0 })) : [],
    });
    await tellChannelsChanged(tx, deps, {
      tenantId,
      recipientIds: [recipientId],
      reason: 'address',
    });
    return { recipientId };
  });
}
