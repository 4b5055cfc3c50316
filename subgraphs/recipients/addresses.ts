// Addresses between clear text and row: sealed under the person's data key, opened for those who may use them.
import type { KeyObject } from 'node:crypto';
import { openColumn, sealColumn, type ColumnPlace } from '../../crypto/aead.ts';
import type { MacKey } from '../../crypto/kms.ts';
import type { DataKeys, KeyOwner } from './data-keys.ts';
import type { RecipientsWork } from './deps.ts';
import { pseudonymOf } from './pseudonyms.ts';
import type { AddressRow } from './store/address.table.ts';
import type { StoredAddress } from './store/load-addresses.ts';
import type { ReadAddress } from './written-address.ts';

/** An address in the open. `value` is never logged and never stored. */
export interface OpenedAddress extends StoredAddress {
  readonly value: string;
}

/** The bytes of the `sealed` column. They open in this row only. */
export function sealAddress(
  key: KeyObject,
  row: { readonly tenantId: string; readonly id: string; readonly recipientId: string },
  value: string,
): Buffer {
  // The data key is the person's, so the person's id names it.
  const keyId = Buffer.from(row.recipientId.replaceAll('-', ''), 'hex');
  return sealColumn(key, keyId, Buffer.from(value, 'utf8'), placeOf(row));
}

/** Rows of addresses that a person gets, in the order of the addresses. Asks nobody: keys are at hand. */
export function draftAddresses(
  { newUuid, clock }: Pick<RecipientsWork, 'newUuid' | 'clock'>,
  owner: KeyOwner & { readonly dataKey: KeyObject; readonly pseudonymKey: MacKey },
  addresses: readonly Pick<ReadAddress, 'kind' | 'value'>[],
): AddressRow[] {
  const { tenantId, recipientId, dataKey, pseudonymKey } = owner;
  const createdAt = new Date(clock.now());
  return addresses.map((address) => {
    const row = { tenantId, id: newUuid(), recipientId, kind: address.kind, createdAt };
    return {
      ...row,
      pseudonym: pseudonymOf(tenantId, pseudonymKey, address),
      sealed: sealAddress(dataKey, row, address.value),
      verifiedAt: null,
      verifiedBy: null,
      verificationMethod: null,
      bouncedAt: null,
      deviceId: null,
    };
  });
}

/** Opens rows in their order: one question to the KMS for each person whose key is not open yet. */
export async function openAddresses(
  dataKeys: DataKeys,
  rows: readonly StoredAddress[],
): Promise<OpenedAddress[]> {
  const opened: OpenedAddress[] = [];
  for (const row of rows) {
    const key = await dataKeys.open(row, row.dataKey);
    opened.push({ ...row, value: openColumn(key, row.sealed, placeOf(row)).toString('utf8') });
  }
  return opened;
}

function placeOf(row: { readonly tenantId: string; readonly id: string }): ColumnPlace {
  return { tenant: row.tenantId, table: 'address', column: 'sealed', rowId: row.id };
}
