// AES-256-GCM (NIST SP 800-38D), the only cipher of this folder, and the format of encrypted columns.
import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';
import { check, CryptoError } from './errors.ts';

export const AEAD_KEY_BYTES = 32;
export const IV_BYTES = 12;
export const TAG_BYTES = 16;
export const COLUMN_KEY_ID_BYTES = 16;

const COLUMN_VERSION = 0x01;
const COLUMN_HEAD_BYTES = 1 + COLUMN_KEY_ID_BYTES;

/** Where an encrypted column stands. It is bound to the ciphertext: moved to another row, it no longer opens. */
export interface ColumnPlace {
  readonly tenant: string;
  readonly table: string;
  readonly column: string;
  readonly rowId: string;
}

/** Encrypts under a caller's IV: ciphertext followed by its 16-byte tag. Only for protocols that derive the IV (HPKE)
 *  or carry it apart (JWE); everyone else uses `seal`. key: 32 bytes; iv: 12 bytes, never twice under one key.
 *  Throws ARGUMENT_INVALID for other sizes. */
export function encryptWithIv(
  key: KeyObject,
  iv: Uint8Array,
  plaintext: Uint8Array,
  aad: Uint8Array,
): Buffer {
  requireSizes(key, iv);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(aad);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** Opens what `encryptWithIv` made. Throws DECRYPTION_FAILED for anything else, never returns unverified bytes. */
export function decryptWithIv(
  key: KeyObject,
  iv: Uint8Array,
  sealed: Uint8Array,
  aad: Uint8Array,
): Buffer {
  requireSizes(key, iv);
  check(sealed.byteLength >= TAG_BYTES, 'DECRYPTION_FAILED', 'The ciphertext is too short.');
  const tagAt = sealed.byteLength - TAG_BYTES;
  // Without authTagLength node accepts tags of 4 bytes, which are forged in 2^32 tries.
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(tagAt));
  const plaintext = decipher.update(sealed.subarray(0, tagAt));
  try {
    return Buffer.concat([plaintext, decipher.final()]);
  } catch {
    throw new CryptoError('DECRYPTION_FAILED', 'The ciphertext does not open with this key.');
  }
}

/** Seals under a fresh random IV: `iv(12) | ciphertext | tag(16)`, 28 bytes more than the plaintext, which may be empty.
 *  key: 32 bytes, at most 2^32 messages (random IVs, SP 800-38D section 8.3). Throws ARGUMENT_INVALID. */
export function seal(key: KeyObject, plaintext: Uint8Array, aad: Uint8Array): Buffer {
  const iv = randomBytes(IV_BYTES);
  return Buffer.concat([iv, encryptWithIv(key, iv, plaintext, aad)]);
}

/** Opens what `seal` made under the same key and `aad`. Throws DECRYPTION_FAILED. */
export function open(key: KeyObject, sealed: Uint8Array, aad: Uint8Array): Buffer {
  check(
    sealed.byteLength >= IV_BYTES + TAG_BYTES,
    'DECRYPTION_FAILED',
    'The ciphertext is too short.',
  );
  return decryptWithIv(key, sealed.subarray(0, IV_BYTES), sealed.subarray(IV_BYTES), aad);
}

/** Seals one column value: `01 | keyId(16) | iv(12) | ciphertext | tag(16)`, 45 bytes more than the plaintext.
 *  keyId: 16 bytes that name `key`, so that a row says by itself what opens it. Throws ARGUMENT_INVALID. */
export function sealColumn(
  key: KeyObject,
  keyId: Uint8Array,
  plaintext: Uint8Array,
  place: ColumnPlace,
): Buffer {
  check(keyId.byteLength === COLUMN_KEY_ID_BYTES, 'ARGUMENT_INVALID', 'A key id has 16 bytes.');
  return Buffer.concat([Uint8Array.of(COLUMN_VERSION), keyId, seal(key, plaintext, aadOf(place))]);
}

/** Opens what `sealColumn` made for the same place. Throws DECRYPTION_FAILED. */
export function openColumn(key: KeyObject, sealed: Uint8Array, place: ColumnPlace): Buffer {
  columnKeyId(sealed);
  return open(key, sealed.subarray(COLUMN_HEAD_BYTES), aadOf(place));
}

/** The 16-byte id of the key that opens this column value. Not authenticated: a changed id names a key that fails.
 *  Throws DECRYPTION_FAILED for bytes that are no version 1 column. */
export function columnKeyId(sealed: Uint8Array): Buffer {
  const known =
    sealed[0] === COLUMN_VERSION && sealed.byteLength >= COLUMN_HEAD_BYTES + IV_BYTES + TAG_BYTES;
  check(known, 'DECRYPTION_FAILED', 'This is not an encrypted column.');
  return Buffer.from(sealed.subarray(1, COLUMN_HEAD_BYTES));
}

function requireSizes(key: KeyObject, iv: Uint8Array): void {
  check(key.symmetricKeySize === AEAD_KEY_BYTES, 'ARGUMENT_INVALID', 'An AES key has 32 bytes.');
  check(iv.byteLength === IV_BYTES, 'ARGUMENT_INVALID', 'An IV has 12 bytes.');
}

// JSON keeps the four apart whatever they hold: ["a","bc",..] and ["ab","c",..] are different bytes.
function aadOf({ tenant, table, column, rowId }: ColumnPlace): Buffer {
  return Buffer.from(JSON.stringify([tenant, table, column, rowId]), 'utf8');
}
