// How a message's content key reaches one device: JOSE HPKE key encryption, or ECDH-ES with AES key wrap.
import { createCipheriv, createDecipheriv, createHash, createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { decodeBase64url, encodeBase64url } from './base64url.ts';
import type { DeviceKey, DeviceKeyAlgorithm, DevicePrivateKey } from './device-key.ts';
import { check, CryptoError } from './errors.ts';
import { hpkeOpen, hpkeSeal } from './hpke.ts';
import { agree, agreeOnce, importPublicJwk, jwkOfPoint, P256_POINT_BYTES } from './p256.ts';
import type { P256PublicJwk } from './p256.ts';

export const CONTENT_ENCRYPTION = 'A256GCM';
export const CONTENT_KEY_BYTES = 32;

const WRAPPED_BYTES = CONTENT_KEY_BYTES + 8;
const WRAP_IV = Buffer.alloc(8, 0xa6);
const NO_BYTES = Buffer.alloc(0);

// Recipient_structure of the draft, section 6.1: label FF content encryption FF extra info (empty, for interoperability).
const HPKE_INFO = Buffer.concat([
  Buffer.from('JOSE-HPKE rcpt'),
  Uint8Array.of(0xff),
  Buffer.from(CONTENT_ENCRYPTION),
  Uint8Array.of(0xff),
]);

/** What a recipient entry says beside the encrypted key: `ek` for HPKE, `epk` for ECDH-ES. */
export interface KeyEncryptionHeader {
  readonly alg: DeviceKeyAlgorithm;
  /** The encapsulated key: 65 bytes, base64url. */
  readonly ek?: string;
  readonly epk?: P256PublicJwk;
}

/** Encrypts `contentKey` (32 bytes) to one device by the algorithm of its key. The result is fresh every time. */
export async function encryptContentKey(
  device: DeviceKey,
  contentKey: Uint8Array,
): Promise<{ readonly header: KeyEncryptionHeader; readonly encryptedKey: Uint8Array }> {
  check(
    contentKey.byteLength === CONTENT_KEY_BYTES,
    'ARGUMENT_INVALID',
    'A content key has 32 bytes.',
  );
  switch (device.alg) {
    case 'HPKE-7-KE': {
      const { enc, ciphertext } = await hpkeSeal(device.point, HPKE_INFO, contentKey);
      return { header: { alg: device.alg, ek: encodeBase64url(enc) }, encryptedKey: ciphertext };
    }
    case 'ECDH-ES+A256KW': {
      const { ephemeral, shared } = agreeOnce(device.point);
      const epk = jwkOfPoint(ephemeral);
      const wrappingKey = concatKdf(shared, device.alg);
      return { header: { alg: device.alg, epk }, encryptedKey: aesWrap(wrappingKey, contentKey) };
    }
  }
}

/** The content key (32 bytes) out of one recipient entry. `header` is from outside and unchecked; its alg must be the
 *  key's own. Throws ENVELOPE_INVALID for a broken header, DECRYPTION_FAILED for the wrong key or changed bytes. */
export async function decryptContentKey(
  device: DevicePrivateKey,
  header: Readonly<Record<string, unknown>>,
  encryptedKey: Uint8Array,
): Promise<KeyObject> {
  check(header['alg'] === device.alg, 'ENVELOPE_INVALID', "The recipient's alg is not the key's.");
  switch (device.alg) {
    case 'HPKE-7-KE': {
      const enc = decodeBase64url(header['ek']);
      check(enc?.byteLength === P256_POINT_BYTES, 'ENVELOPE_INVALID', 'The ek is not 65 bytes.');
      check(!('psk_id' in header), 'ENVELOPE_INVALID', 'Pre-shared keys are not in use.');
      const sealed = { enc, ciphertext: encryptedKey };
      return createSecretKey(await hpkeOpen(device.privateKey, HPKE_INFO, sealed));
    }
    case 'ECDH-ES+A256KW': {
      const ephemeral = importPublicJwk(header['epk']);
      check(ephemeral, 'ENVELOPE_INVALID', 'The epk is not a public key on P-256.');
      const [apu, apv] = [partyInfo(header['apu']), partyInfo(header['apv'])];
      const wrappingKey = concatKdf(agree(device.privateKey, ephemeral), device.alg, apu, apv);
      return createSecretKey(aesUnwrap(wrappingKey, encryptedKey));
    }
  }
}

/** AES-256 key wrap (RFC 3394) of a 32-byte key: 40 bytes. */
export function aesWrap(wrappingKey: KeyObject, key: Uint8Array): Buffer {
  check(key.byteLength === CONTENT_KEY_BYTES, 'ARGUMENT_INVALID', 'A wrapped key has 32 bytes.');
  const cipher = createCipheriv('id-aes256-wrap', wrappingKey, WRAP_IV);
  return Buffer.concat([cipher.update(key), cipher.final()]);
}

/** The 32-byte key out of 40 bytes. Throws DECRYPTION_FAILED; the length is checked here because OpenSSL unwraps eight
 *  bytes to an empty key. */
export function aesUnwrap(wrappingKey: KeyObject, wrapped: Uint8Array): Buffer {
  check(wrapped.byteLength === WRAPPED_BYTES, 'DECRYPTION_FAILED', 'A wrapped key has 40 bytes.');
  try {
    const decipher = createDecipheriv('id-aes256-wrap', wrappingKey, WRAP_IV);
    return Buffer.concat([decipher.update(wrapped), decipher.final()]);
  } catch {
    throw new CryptoError('DECRYPTION_FAILED', 'The wrapped key does not open with this key.');
  }
}

/** One round of Concat KDF with SHA-256 (RFC 7518 section 4.6.2, SP 800-56A section 5.8.1): a 32-byte wrapping key. */
function concatKdf(
  shared: Uint8Array,
  alg: string,
  apu: Uint8Array = NO_BYTES,
  apv: Uint8Array = NO_BYTES,
): KeyObject {
  const digest = createHash('sha256').update(uint32(1)).update(shared);
  for (const field of [Buffer.from(alg), apu, apv])
    digest.update(uint32(field.byteLength)).update(field);
  return createSecretKey(digest.update(uint32(CONTENT_KEY_BYTES * 8)).digest());
}

function partyInfo(text: unknown): Uint8Array {
  if (text === undefined) return NO_BYTES;
  const bytes = decodeBase64url(text);
  check(bytes, 'ENVELOPE_INVALID', 'apu and apv are base64url.');
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
