// Which devices of a person a request names: all of them, or some that have to be the person's own.
import type { Transaction } from '../../platform/database.ts';
import { uuidOf } from '../../schema/ids.ts';
import { NotFound } from '../../schema/user-errors.ts';
import { DeviceTable } from './store/device.table.ts';

/** UUIDs; null for all. deviceIds: `dev_...`, null for all; field: the input that holds them. */
export async function namedDevices(
  { em }: Transaction,
  owner: { readonly tenantId: string; readonly recipientId: string },
  { deviceIds, field }: { readonly deviceIds: readonly string[] | null; readonly field: string },
): Promise<readonly string[] | null | NotFound> {
  if (deviceIds === null) return null;
  const { tenantId, recipientId } = owner;
  const devices = await em.find(DeviceTable, { tenantId, recipientId }, { fields: ['id'] });
  const own = new Set(devices.map(({ id }) => id));
  const ids = deviceIds.map((id) => uuidOf('device', id) ?? '');
  const stranger = ids.findIndex((id) => !own.has(id));
  if (stranger < 0) return ids;
  return new NotFound([field, String(stranger)], 'The recipient has no such device.');
}
