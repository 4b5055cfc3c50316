// A message's variables at rest: sealed under the recipient's own key, so that erasing the person erases them.
import type { KeyObject } from 'node:crypto';
import { openColumn, sealColumn } from '../../crypto/aead.ts';
import type { Variables } from './domain/template.ts';

interface Owner {
  readonly tenantId: string;
  readonly messageId: string;
  readonly recipientId: string;
  readonly dataKey: KeyObject;
}

const placeOf = ({ tenantId, messageId }: Owner) => ({
  tenant: tenantId,
  table: 'messages.message',
  column: 'variables_sealed',
  rowId: messageId,
});

export function sealVariables(variables: Variables, owner: Owner): Buffer {
  // The recipient's UUID names the key: there is one a person.
  const keyId = Buffer.from(owner.recipientId.replaceAll('-', ''), 'hex');
  const text = JSON.stringify([...variables]);
  return sealColumn(owner.dataKey, keyId, Buffer.from(text, 'utf8'), placeOf(owner));
}

/** Throws CryptoError when the key is not the one that sealed them. */
export function openVariables(sealed: Uint8Array, owner: Owner): Variables {
  const text = openColumn(owner.dataKey, sealed, placeOf(owner)).toString('utf8');
  return new Map(JSON.parse(text) as [string, string][]);
}
