// What people wrote at rest: sealed under each person's own key, so that erasing the person erases it.
import type { KeyObject } from 'node:crypto';
import { columnKeyId, openColumn, sealColumn } from '../../crypto/aead.ts';

export interface EntryPlace {
  readonly tenantId: string;
  /** UUID of the entry. */
  readonly entryId: string;
}

const placeOf = ({ tenantId, entryId }: EntryPlace) => ({
  tenant: tenantId,
  table: 'delivery.conversation_entry',
  column: 'text_sealed',
  rowId: entryId,
});

/** ownerId: the UUID of the recipient whose key it is. There is one a person, so it names the key. */
export function sealText(
  text: string,
  place: EntryPlace,
  { ownerId, key }: { readonly ownerId: string; readonly key: KeyObject },
): Buffer {
  const keyId = Buffer.from(ownerId.replaceAll('-', ''), 'hex');
  return sealColumn(key, keyId, Buffer.from(text, 'utf8'), placeOf(place));
}

/** Whose key opens it: the UUID that the person had when they wrote. */
export function ownerOf(sealed: Uint8Array): string {
  const hex = columnKeyId(sealed).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Throws CryptoError when the key is not the one that sealed it. */
export function openText(sealed: Uint8Array, place: EntryPlace, key: KeyObject): string {
  return openColumn(key, sealed, placeOf(place)).toString('utf8');
}
