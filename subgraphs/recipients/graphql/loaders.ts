// The loaders of one request: many ids in one statement each, and only what the caller's tenant has.
import DataLoader from 'dataloader';
import { openAddresses, type OpenedAddress } from '../addresses.ts';
import type { RecipientsWork } from '../deps.ts';
import { DeviceTable, type DeviceRow } from '../store/device.table.ts';
import { loadAddresses } from '../store/load-addresses.ts';
import {
  RetiredDeviceKeyTable,
  type RetiredDeviceKeyRow,
} from '../store/retired-device-key.table.ts';
import { RecipientTable, type RecipientRow } from '../store/recipient.table.ts';

/** By the recipient's UUID, where nothing else is said. */
export interface RecipientLoaders {
  readonly recipient: DataLoader<string, RecipientRow | null>;
  readonly addresses: DataLoader<string, OpenedAddress[]>;
  /** Revoked ones too, oldest first. */
  readonly devices: DataLoader<string, DeviceRow[]>;
  /** By the device's UUID, oldest first. */
  readonly retiredKeys: DataLoader<string, RetiredDeviceKeyRow[]>;
}

const BATCH_MAX = 500;

export function createLoaders(deps: RecipientsWork, tenantId: string): RecipientLoaders {
  const { database, dataKeys } = deps;
  const options = { maxBatchSize: BATCH_MAX };
  return {
    recipient: new DataLoader(async (ids) => {
      const rows = await database.read(tenantId, ({ em }) =>
        em.find(RecipientTable, { tenantId, id: { $in: [...ids] } }),
      );
      const byId = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => byId.get(id) ?? null);
    }, options),
    addresses: new DataLoader(async (recipientIds) => {
      const rows = await database.read(tenantId, (tx) =>
        loadAddresses(tx, tenantId, { recipientIds }),
      );
      const opened = await openAddresses(dataKeys, rows);
      const byRecipient = Map.groupBy(opened, (row) => row.recipientId);
      return recipientIds.map((id) => byRecipient.get(id) ?? []);
    }, options),
    devices: new DataLoader(async (recipientIds) => {
      const rows = await database.read(tenantId, ({ em }) =>
        em.find(
          DeviceTable,
          { tenantId, recipientId: { $in: [...recipientIds] } },
          { orderBy: { id: 'asc' } },
        ),
      );
      const byRecipient = Map.groupBy(rows, (row) => row.recipientId);
      return recipientIds.map((id) => byRecipient.get(id) ?? []);
    }, options),
    retiredKeys: new DataLoader(async (deviceIds) => {
      const rows = await database.read(tenantId, ({ em }) =>
        em.find(
          RetiredDeviceKeyTable,
          { tenantId, deviceId: { $in: [...deviceIds] } },
          { orderBy: { keyVersion: 'asc' } },
        ),
      );
      const byDevice = Map.groupBy(rows, (row) => row.deviceId);
      return deviceIds.map((id) => byDevice.get(id) ?? []);
    }, options),
  };
}
