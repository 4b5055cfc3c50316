// What a consent management platform sent, at rest: verbatim, as evidence, sealed under a key of its own.
import { createSecretKey, generateKeySync } from 'node:crypto';
import { openColumn, sealColumn, type ColumnPlace } from '../../crypto/aead.ts';
import { KeyUse, type KeyContext, type Kms } from '../../crypto/kms.ts';
import { toStored, toWrapped } from './webhook-secrets.ts';
import type { StoredSecret } from './store/cmp-sources.ts';

interface PayloadOwner {
  readonly tenantId: string;
  /** UUID of the row. */
  readonly id: string;
}

interface SealedPayload {
  readonly sealed: Buffer;
  readonly wrapped: StoredSecret;
}

/** A key a row, so that forgetting one person's events is forgetting their keys. */
export async function sealPayload(
  kms: Kms,
  owner: PayloadOwner,
  payload: { readonly proof: string | null; readonly body: Buffer },
): Promise<SealedPayload> {
  const { proof, body } = payload;
  const key = generateKeySync('aes', { length: 256 });
  const ref = { tenant: owner.tenantId, use: KeyUse.data };
  const wrapped = await kms.wrap(ref, key.export(), contextOf(owner));
  const text = JSON.stringify({ proof, body: body.toString('base64') });
  const keyId = Buffer.from(owner.id.replaceAll('-', ''), 'hex');
  const sealed = sealColumn(key, keyId, Buffer.from(text), placeOf(owner));
  return { sealed, wrapped: toStored(wrapped) };
}

/** The same again, for whoever has to prove what was sent. Throws what the KMS throws once the key was destroyed. */
export async function openPayload(
  kms: Kms,
  owner: PayloadOwner,
  { sealed, wrapped }: SealedPayload,
): Promise<{ proof: string | null; body: Buffer }> {
  const key = createSecretKey(await kms.unwrap(toWrapped(wrapped), contextOf(owner)));
  const text = openColumn(key, sealed, placeOf(owner)).toString('utf8');
  const { proof, body } = JSON.parse(text) as { proof: string | null; body: string };
  return { proof, body: Buffer.from(body, 'base64') };
}

const contextOf = ({ tenantId, id }: PayloadOwner): KeyContext => ({
  tenant: tenantId,
  purpose: 'cmp-event',
  subject: id,
});

const placeOf = ({ tenantId, id }: PayloadOwner): ColumnPlace => ({
  tenant: tenantId,
  table: 'cmp_event',
  column: 'sealed',
  rowId: id,
});
