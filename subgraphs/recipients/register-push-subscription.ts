// Takes in where a person's browser or app gets push messages: sealed under their key, known again by its endpoint.
import { KeyUse } from '../../crypto/kms.ts';
import { makePseudonym, PseudonymKind } from '../../crypto/pseudonym.ts';
import type { Transaction } from '../../platform/database.ts';
import { uuidOf } from '../../schema/ids.ts';
import { InvalidInput, NotFound } from '../../schema/user-errors.ts';
import { sealAddress } from './addresses.ts';
import { tellChannelsChanged } from './changed-channels.ts';
import type { RecipientsWork } from './deps.ts';
import { readSubscription, type WrittenSubscription } from './read-subscription.ts';
import type { AddressRow } from './store/address.table.ts';
import { DeviceTable } from './store/device.table.ts';
import { lockRecipient } from './store/find-recipient.ts';
import { loadPeople } from './store/load-people.ts';
import { lockSubscription, saveSubscription, trimSubscriptions } from './store/subscriptions.ts';

export interface RegisterPushSubscriptionRequest {
  readonly tenantId: string;
  /** `rcp_...` */
  readonly recipientId: string;
  /** `dev_...`: the installation that it belongs to, and ends with; null for none that is registered. */
  readonly deviceId: string | null;
  readonly subscription: WrittenSubscription;
}

export type RegisterPushSubscriptionResult =
  /** UUIDs. */
  | { readonly recipientId: string; readonly addressId: string }
  | { readonly errors: readonly (InvalidInput | NotFound)[] };

/** Of a person who has more, the one that was not used for the longest time is forgotten. */
const SUBSCRIPTIONS_MAX = 10;

/** An app does this at each start. A subscription that is known becomes the person's newest one, and a gone one is tried
 *  again; it follows whoever signed in last at the browser that has it, because whoever sits there would read the rest. */
export async function registerPushSubscription(
  deps: RecipientsWork,
  request: RegisterPushSubscriptionRequest,
): Promise<RegisterPushSubscriptionResult> {
  const { database, dataKeys, kms, clock, newUuid } = deps;
  const { tenantId } = request;
  const read = readSubscription(request.subscription, deps.push);
  if ('findings' in read) {
    return {
      errors: read.findings.map(
        ({ path, sentence }) => new InvalidInput(['subscription', ...path], sentence),
      ),
    };
  }
  const recipientId = uuidOf('recipient', request.recipientId);
  if (recipientId === null) return { errors: [noRecipient()] };
  const [person] = await database.read(tenantId, (tx) => loadPeople(tx, tenantId, [recipientId]));
  if (person?.recipientId !== recipientId) return { errors: [noRecipient()] };
  const dataKey = await dataKeys.open({ tenantId, recipientId }, person.dataKey);
  const { key, version: keyVersion } = await kms.macKey({
    tenant: tenantId,
    use: KeyUse.pseudonym,
  });
  const { endpoint, value } = read;
  const pseudonym = makePseudonym(key, {
    keyVersion,
    kind: PseudonymKind.push,
    tenant: tenantId,
    value: endpoint,
  });
  return database.transaction(tenantId, async (tx) => {
    if (!(await lockRecipient(tx, tenantId, recipientId))) return { errors: [noRecipient()] };
    const deviceId = await ownDevice(tx, { tenantId, recipientId }, request.deviceId);
    if (deviceId instanceof NotFound) return { errors: [deviceId] };
    const known = await lockSubscription(tx, tenantId, pseudonym);
    const isOwn = known?.recipientId === recipientId;
    const place = { tenantId, id: isOwn ? known.id : newUuid(), recipientId };
    const row: AddressRow = {
      ...place,
      kind: 'PUSH_SUBSCRIPTION',
      pseudonym,
      sealed: sealAddress(dataKey, place, value),
      verifiedAt: null,
      verifiedBy: null,
      verificationMethod: null,
      createdAt: new Date(clock.now()),
      bouncedAt: null,
      deviceId,
    };
    await saveSubscription(tx, row);
    await trimSubscriptions(tx, row, SUBSCRIPTIONS_MAX);
    const isNews = !isOwn || known.bouncedAt !== null;
    const changed = isNews ? [recipientId] : [];
    if (known !== null && !isOwn) changed.push(known.recipientId);
    await tellChannelsChanged(tx, deps, { tenantId, recipientIds: changed, reason: 'address' });
    return { recipientId, addressId: row.id };
  });
}

/** The UUID of an active device of the person; null where none is named. */
async function ownDevice(
  { em }: Transaction,
  owner: { readonly tenantId: string; readonly recipientId: string },
  deviceId: string | null,
): Promise<string | null | NotFound> {
  if (deviceId === null) return null;
  const id = uuidOf('device', deviceId);
  const found = id && (await em.findOne(DeviceTable, { ...owner, id, state: 'ACTIVE' }));
  return found ? found.id : new NotFound(['deviceId'], 'The recipient has no such active device.');
}

function noRecipient(): NotFound {
  return new NotFound(['recipientId'], 'There is no recipient with this id.');
}
