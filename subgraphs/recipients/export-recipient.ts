// Hands out everything that recipients holds of a person, in clear text (GDPR, articles 15 and 20), once it is on record who asked.
import { publicId, uuidOf } from '../../schema/ids.ts';
import { NotFound } from '../../schema/user-errors.ts';
import { openAddresses } from './addresses.ts';
import type { RecipientsWork } from './deps.ts';
import { DeviceTable } from './store/device.table.ts';
import { idsOf } from './store/erasures.ts';
import { loadExternalIds } from './store/external-ids.ts';
import { loadAddresses } from './store/load-addresses.ts';
import { appendPiiAccesses } from './store/pii-accesses.ts';
import { RecipientTable, type RecipientRow } from './store/recipient.table.ts';

export interface ExportRecipientRequest {
  readonly tenantId: string;
  /** `rcp_...` */
  readonly recipientId: string;
  /** Who asks: the token's subject. */
  readonly actor: string;
  readonly reason: string;
}

export interface RecipientExport {
  readonly recipient: RecipientRow;
  /** Plain JSON, for people to read and for other systems to take over. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** The record is durable before anything is answered. */
export async function exportRecipient(
  { database, dataKeys, clock, newUuid }: RecipientsWork,
  { tenantId, actor, reason, ...asked }: ExportRecipientRequest,
): Promise<{ readonly exported: RecipientExport } | { readonly error: NotFound }> {
  const id = uuidOf('recipient', asked.recipientId);
  const at = clock.now();
  const held =
    id &&
    (await database.transaction(tenantId, async (tx) => {
      const { recipientId, mergedIds } = await idsOf(tx, tenantId, id);
      if (recipientId === null) return null;
      const recipient = await tx.em.findOneOrFail(RecipientTable, { tenantId, id: recipientId });
      const devices = await tx.em.find(
        DeviceTable,
        { tenantId, recipientId },
        { orderBy: { id: 'asc' } },
      );
      const addresses = await loadAddresses(tx, tenantId, { recipientIds: [recipientId] });
      const externalIds = await loadExternalIds(tx, tenantId, [recipientId]);
      const access = { id: newUuid(), recipientId, addressId: null, actor, reason, at };
      await appendPiiAccesses(tx, [{ tenantId, action: 'EXPORTED', ...access }]);
      return { recipient, mergedIds, devices, addresses, externalIds };
    }));
  if (!held) {
    return { error: new NotFound(['recipientId'], 'There is no recipient with this id.') };
  }
  const { recipient, mergedIds, devices, externalIds } = held;
  const addresses = await openAddresses(dataKeys, held.addresses);
  const data = {
    id: publicId('recipient', recipient.id),
    formerly: mergedIds.map((merged) => publicId('recipient', merged)),
    externalIds: externalIds.map(({ kind, value }) => ({ kind, value })),
    locale: recipient.locale,
    timeZone: recipient.timeZone,
    region: recipient.region,
    carrier: recipient.carrier,
    preferredChannels: recipient.preferredChannels,
    optedOutChannels: recipient.optedOutChannels,
    purposeOptOuts: recipient.purposeOptOuts,
    quietHours: recipient.quietHours,
    featureFlags: recipient.featureFlags,
    createdAt: recipient.createdAt,
    updatedAt: recipient.updatedAt,
    addresses: addresses.map((address) => ({
      id: publicId('address', address.id),
      kind: address.kind,
      value: address.value,
      verifiedAt: address.verifiedAt === null ? null : new Date(address.verifiedAt),
      verificationMethod: address.verificationMethod,
      bouncedAt: address.bouncedAt === null ? null : new Date(address.bouncedAt),
      capabilities: Object.fromEntries(address.capabilities),
    })),
    devices: devices.map((device) => ({
      id: publicId('device', device.id),
      platform: device.platform,
      fingerprint: device.fingerprint,
      publicKey: device.jwk,
      state: device.state,
      clientVersion: device.clientVersion,
      osBuild: device.osBuild,
      registeredAt: device.registeredAt,
      revokedAt: device.revokedAt,
    })),
    exportedAt: new Date(at),
  };
  return { exported: { recipient, data } };
}
