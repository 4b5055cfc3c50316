// Revokes a device: from the next message on nothing is sealed to its key, nor pushed to it. Doing it twice changes nothing.
import { LockMode } from '@mikro-orm/postgresql';
import { uuidOf } from '../../schema/ids.ts';
import { NotFound } from '../../schema/user-errors.ts';
import { tellChannelsChanged } from './changed-channels.ts';
import type { RecipientsWork } from './deps.ts';
import { DeviceTable, type DeviceRow } from './store/device.table.ts';
import { forgetSubscriptionsOf } from './store/subscriptions.ts';

export interface RevokeDeviceResult {
  readonly device: DeviceRow | null;
  readonly errors: NotFound[];
}

/** deviceId: `dev_...` */
export async function revokeDevice(
  deps: RecipientsWork,
  { tenantId, deviceId }: { readonly tenantId: string; readonly deviceId: string },
): Promise<RevokeDeviceResult> {
  const id = uuidOf('device', deviceId);
  const device =
    id === null
      ? null
      : await deps.database.transaction(tenantId, async (tx) => {
          const found = await tx.em.findOne(
            DeviceTable,
            { tenantId, id },
            { lockMode: LockMode.PESSIMISTIC_WRITE },
          );
          if (found === null || found.state !== 'ACTIVE') return found;
          found.state = 'REVOKED';
          found.revokedAt = new Date(deps.clock.now());
          await forgetSubscriptionsOf(tx, found, [found.id]);
          const recipientIds = [found.recipientId];
          await tellChannelsChanged(tx, deps, { tenantId, recipientIds, reason: 'device' });
          return found;
        });
  if (device !== null) return { device, errors: [] };
  return { device, errors: [new NotFound(['deviceId'], 'There is no device with this id.')] };
}
