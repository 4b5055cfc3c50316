// JWE in its JSON serialisations (RFC 7516): one ciphertext, one encrypted content key per device. No message rules here.
import { createSecretKey, randomBytes } from 'node:crypto';
import { decryptWithIv, encryptWithIv, IV_BYTES, TAG_BYTES } from './aead.ts';
import { decodeBase64url, decodeJsonObject, encodeBase64url } from './base64url.ts';
import { CONTENT_ENCRYPTION, CONTENT_KEY_BYTES, decryptContentKey } from './content-key.ts';
import { encryptContentKey, type KeyEncryptionHeader } from './content-key.ts';
import type { DeviceKey, DevicePrivateKey } from './device-key.ts';
import { check } from './errors.ts';

/** One device's entry. */
export interface JweRecipient {
  readonly header: KeyEncryptionHeader & { readonly kid: string };
  /** The encrypted content key, base64url. */
  readonly encrypted_key: string;
}

interface JweParts {
  /** The shared header as base64url JSON: the associated data of the content. */
  readonly protected: string;
  readonly iv: string;
  readonly ciphertext: string;
  readonly tag: string;
}

/** General JSON serialisation: every device of the recipient. */
export interface GeneralJwe extends JweParts {
  readonly recipients: readonly JweRecipient[];
}

/** Flattened JSON serialisation: the same ciphertext for one device. */
export interface FlattenedJwe extends JweParts {
  readonly header: JweRecipient['header'];
  readonly encrypted_key: string;
}

/** Anything that may be a flattened JWE, as it comes from a wire. */
export type UncheckedJwe = Readonly<Record<string, unknown>>;

export interface OpenedJwe {
  /** Protected and per-recipient header together. */
  readonly header: Readonly<Record<string, unknown>>;
  readonly plaintext: Buffer;
}

// A parameter that changes what the bytes mean must be understood or refused (RFC 7516 section 4.1.13); we know none.
const REFUSED_PARAMETERS = ['crit', 'zip'];

/** Encrypts `plaintext` under a fresh content key, and that key to every device. header: the protected parameters; `enc`
 *  is put in front. devices: at least one. Throws DEVICE_KEY_INVALID and makes nothing when one of them fails. */
export async function sealJwe(
  header: Readonly<Record<string, unknown>>,
  plaintext: Uint8Array,
  devices: readonly DeviceKey[],
): Promise<GeneralJwe> {
  const contentKey = randomBytes(CONTENT_KEY_BYTES);
  const iv = randomBytes(IV_BYTES);
  const protectedHeader = encodeBase64url(JSON.stringify({ enc: CONTENT_ENCRYPTION, ...header }));
  const sealed = encryptWithIv(
    createSecretKey(contentKey),
    iv,
    plaintext,
    Buffer.from(protectedHeader, 'ascii'),
  );
  const recipients = await Promise.all(
    devices.map(async (device): Promise<JweRecipient> => {
      const { header: how, encryptedKey } = await encryptContentKey(device, contentKey);
      const { alg, ...rest } = how;
      const named = { alg, kid: device.kid, ...rest };
      return { header: named, encrypted_key: encodeBase64url(encryptedKey) };
    }),
  );
  contentKey.fill(0);
  const tagAt = sealed.byteLength - TAG_BYTES;
  return {
    protected: protectedHeader,
    recipients,
    iv: encodeBase64url(iv),
    ciphertext: encodeBase64url(sealed.subarray(0, tagAt)),
    tag: encodeBase64url(sealed.subarray(tagAt)),
  };
}

/** Opens a flattened JWE for the device. Parameters may stand in the protected or the per-recipient header, never in
 *  both (RFC 7516 section 7.2.1). Throws ENVELOPE_INVALID for a broken container, DECRYPTION_FAILED for a wrong key. */
export async function openJwe(jwe: UncheckedJwe, device: DevicePrivateKey): Promise<OpenedJwe> {
  const header = joinedHeader(jwe);
  const encryptedKey = decodeBase64url(jwe['encrypted_key']);
  const [iv, ciphertext, tag] = [jwe['iv'], jwe['ciphertext'], jwe['tag']].map(decodeBase64url);
  const sized = iv?.byteLength === IV_BYTES && tag?.byteLength === TAG_BYTES;
  check(
    encryptedKey && ciphertext && sized,
    'ENVELOPE_INVALID',
    'A part of the JWE is missing or malformed.',
  );
  const contentKey = await decryptContentKey(device, header, encryptedKey);
  check(
    contentKey.symmetricKeySize === CONTENT_KEY_BYTES,
    'DECRYPTION_FAILED',
    'A content key has 32 bytes.',
  );
  const sealed = Buffer.concat([ciphertext, tag]);
  return { header, plaintext: decryptWithIv(contentKey, iv, sealed, associatedData(jwe)) };
}

function joinedHeader(jwe: UncheckedJwe): Record<string, unknown> {
  const protectedHeader = decodeJsonObject(jwe['protected']);
  check(protectedHeader, 'ENVELOPE_INVALID', 'The protected header is not a JSON object.');
  check(
    jwe['unprotected'] === undefined,
    'ENVELOPE_INVALID',
    'A shared unprotected header is refused.',
  );
  const own = jwe['header'] ?? {};
  check(
    typeof own === 'object' && !Array.isArray(own),
    'ENVELOPE_INVALID',
    'The header is not an object.',
  );
  const repeated = Object.keys(own).some((name) => name in protectedHeader);
  check(!repeated, 'ENVELOPE_INVALID', 'A header parameter stands twice.');
  const header: Record<string, unknown> = { ...own, ...protectedHeader };
  const refused = REFUSED_PARAMETERS.some((name) => name in header);
  check(!refused, 'ENVELOPE_INVALID', 'The header asks for an extension.');
  check(
    header['enc'] === CONTENT_ENCRYPTION,
    'ENVELOPE_INVALID',
    'The content encryption is not A256GCM.',
  );
  return header;
}

// ASCII(protected), or ASCII(protected '.' aad) where the JWE has an aad member (RFC 7516 section 5.1, step 14).
function associatedData(jwe: UncheckedJwe): Buffer {
  const { protected: header, aad } = jwe;
  if (aad === undefined) return Buffer.from(String(header), 'ascii');
  const spelled = typeof aad === 'string' && decodeBase64url(aad) !== null;
  check(spelled, 'ENVELOPE_INVALID', 'The aad is not base64url.');
  return Buffer.from(`${String(header)}.${aad}`, 'ascii');
}
