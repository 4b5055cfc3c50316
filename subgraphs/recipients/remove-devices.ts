// Removes devices after an uninstall or an opt-out: the key material goes, a tombstone with the key's name stays.
import { uuidOf } from '../../schema/ids.ts';
import { NotFound } from '../../schema/user-errors.ts';
import { tellChannelsChanged } from './changed-channels.ts';
import type { RecipientsWork } from './deps.ts';
import { namedDevices } from './named-devices.ts';
import { removeDevicesOf } from './store/change-devices.ts';
import { DeviceTable, type DeviceRow } from './store/device.table.ts';
import { lockRecipient } from './store/find-recipient.ts';
import { forgetSubscriptionsOf } from './store/subscriptions.ts';

export interface RemoveDevicesResult {
  /** All of the person, as they are now. */
  readonly devices: DeviceRow[];
  readonly errors: NotFound[];
}

/** recipientId: `rcp_...`; deviceIds: `dev_...`, null for all of the person. Doing it twice changes nothing. */
export async function removeDevices(
  deps: RecipientsWork,
  request: {
    readonly tenantId: string;
    readonly recipientId: string;
    readonly deviceIds: readonly string[] | null;
  },
): Promise<RemoveDevicesResult> {
  const { tenantId, deviceIds } = request;
  const recipientId = uuidOf('recipient', request.recipientId);
  if (recipientId === null) return refuse(noRecipient());
  return deps.database.transaction(tenantId, async (tx) => {
    if (!(await lockRecipient(tx, tenantId, recipientId))) return refuse(noRecipient());
    const owner = { tenantId, recipientId };
    const ids = await namedDevices(tx, owner, { deviceIds, field: 'deviceIds' });
    if (ids !== null && 'code' in ids) return refuse(ids);
    const at = new Date(deps.clock.now());
    const removed = await removeDevicesOf(tx, { ...owner, at }, ids);
    await forgetSubscriptionsOf(tx, owner, ids);
    const recipientIds = removed > 0 ? [recipientId] : [];
    await tellChannelsChanged(tx, deps, { tenantId, recipientIds, reason: 'device' });
    tx.em.clear();
    const devices = await tx.em.find(DeviceTable, owner, { orderBy: { id: 'asc' } });
    return { devices, errors: [] };
  });
}

function refuse(error: NotFound): RemoveDevicesResult {
  return { devices: [], errors: [error] };
}

function noRecipient(): NotFound {
  return new NotFound(['recipientId'], 'There is no recipient with this id.');
}
