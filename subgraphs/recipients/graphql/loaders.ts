// The loaders of one request: many ids in one statement each, and only what the caller's tenant has.
import DataLoader from 'dataloader';
import { openAddresses, type OpenedAddress } from '../addresses.ts';
import type { Principal } from '../../../platform/principal.ts';
import type { RecipientsWork } from '../deps.ts';
import { DeviceTable, type DeviceRow } from '../store/device.table.ts';
import type { ExternalIdRow } from '../store/external-id.table.ts';
import { loadExternalIds } from '../store/external-ids.ts';
import { loadAddresses, type StoredAddress } from '../store/load-addresses.ts';
import { loadRecipients } from '../store/load-recipients.ts';
import {
  RetiredDeviceKeyTable,
  type RetiredDeviceKeyRow,
} from '../store/retired-device-key.table.ts';
import { unmaskAddresses } from '../unmask-addresses.ts';
import type { RecipientRow } from '../store/recipient.table.ts';

/** By the recipient's UUID, where nothing else is said. */
export interface RecipientLoaders {
  /** By any id that the person has or had. */
  readonly recipient: DataLoader<string, RecipientRow | null>;
  /** As they are stored: how channels stand needs no key. */
  readonly addresses: DataLoader<string, StoredAddress[]>;
  readonly openedAddresses: DataLoader<string, OpenedAddress[]>;
  /** Clear text by the address's UUID, with a record of each; null for what the tenant does not have. */
  unmasked(reason: string): DataLoader<string, string | null>;
  readonly externalIds: DataLoader<string, ExternalIdRow[]>;
  /** Revoked ones too, oldest first. */
  readonly devices: DataLoader<string, DeviceRow[]>;
  /** By the device's UUID, oldest first. */
  readonly retiredKeys: DataLoader<string, RetiredDeviceKeyRow[]>;
}

const BATCH_MAX = 500;

export function createLoaders(deps: RecipientsWork, principal: Principal): RecipientLoaders {
  const { tenantId, subject: actor } = principal;
  const { database, dataKeys } = deps;
  const options = { maxBatchSize: BATCH_MAX };
  const addresses = new DataLoader(async (recipientIds: readonly string[]) => {
    const rows = await database.read(tenantId, (tx) =>
      loadAddresses(tx, tenantId, { recipientIds }),
    );
    const byRecipient = Map.groupBy(rows, (row) => row.recipientId);
    return recipientIds.map((id) => byRecipient.get(id) ?? []);
  }, options);
  const byReason = new Map<string, DataLoader<string, string | null>>();
  const unmasked = (reason: string): DataLoader<string, string | null> => {
    const known = byReason.get(reason);
    if (known !== undefined) return known;
    const loader = new DataLoader(async (addressIds: readonly string[]) => {
      const values = await unmaskAddresses(deps, tenantId, { addressIds, actor, reason });
      return addressIds.map((id) => values.get(id) ?? null);
    }, options);
    byReason.set(reason, loader);
    return loader;
  };
  return {
    unmasked,
    recipient: new DataLoader(async (ids) => {
      const rows = await database.read(tenantId, (tx) => loadRecipients(tx, tenantId, ids));
      return ids.map((id) => rows.get(id) ?? null);
    }, options),
    externalIds: new DataLoader(async (recipientIds) => {
      const rows = await database.read(tenantId, (tx) =>
        loadExternalIds(tx, tenantId, recipientIds),
      );
      const byRecipient = Map.groupBy(rows, (row) => row.recipientId);
      return recipientIds.map((id) => byRecipient.get(id) ?? []);
    }, options),
    addresses,
    openedAddresses: new DataLoader(async (recipientIds) => {
      const stored = (await addresses.loadMany(recipientIds)).flatMap((rows) => {
        if (rows instanceof Error) throw rows;
        return rows;
      });
      const opened = await openAddresses(dataKeys, stored);
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
