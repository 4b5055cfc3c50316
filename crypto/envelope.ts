// The message envelope: a JWE that only the recipient's devices open, bound to tenant, recipient, message and template.
import { createHash } from 'node:crypto';
import { parseDeviceKey, parseDevicePrivateKey, type DeviceKey } from './device-key.ts';
import { check, CryptoError } from './errors.ts';
import { openJwe, sealJwe, type FlattenedJwe, type GeneralJwe } from './jwe.ts';

export const ENVELOPE_TYPE = 'msg-envelope+jwe';
export const CONTENT_BYTES_MAX = 16 * 1024 * 1024;
export const DEVICES_MAX = 32;

/** What the envelope shows to everyone on the way, and nobody can change: JWT claims as header parameters (RFC 7519
 *  section 5.3). Nothing personal belongs here. */
export interface EnvelopeHeader {
  /** Tenant. */
  readonly iss: string;
  /** Recipient id. */
  readonly sub: string;
  /** Message id. Devices refuse a second envelope with the same one until `exp`. */
  readonly jti: string;
  /** Issued at and expires at, in seconds since 1970; exp > iat. */
  readonly iat: number;
  readonly exp: number;
  /** Template and its version. */
  readonly tpl: string;
  readonly tplv: number;
}

export interface EnvelopeRequest {
  readonly header: EnvelopeHeader;
  /** A compact JWS by the tenant's key (envelope-content.ts): a JWE alone does not say who sent it. UTF-8 if a string. */
  readonly content: Uint8Array | string;
  /** The devices as registered; `kid` must be the key's thumbprint. */
  readonly devices: readonly { readonly kid: string; readonly jwk: unknown }[];
}

/** What a device holds against an envelope. `now` in milliseconds since 1970. */
export interface EnvelopeExpectation {
  readonly iss: string;
  readonly sub: string;
  readonly now: number;
}

export interface OpenedEnvelope {
  readonly header: EnvelopeHeader;
  readonly content: Buffer;
}

/** Seals `content` (at most 16 MiB) for 1 to 32 different devices of one recipient; any one of them opens it. JWE General
 *  JSON with A256GCM (RFC 7516, 7518) and HPKE-7-KE or ECDH-ES+A256KW by device. Adds about 270 bytes for each device.
 *  Throws DEVICE_KEY_INVALID, ARGUMENT_INVALID; never returns an envelope for fewer devices than asked. */
export async function sealEnvelope({
  header,
  content,
  devices,
}: EnvelopeRequest): Promise<GeneralJwe> {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  check(bytes.byteLength <= CONTENT_BYTES_MAX, 'ARGUMENT_INVALID', 'The content is over 16 MiB.');
  const { iss, sub, jti, iat, exp, tpl, tplv } = header;
  const claims = { iss, sub, jti, iat, exp, tpl, tplv };
  check(isEnvelopeHeader(claims), 'ARGUMENT_INVALID', 'The envelope header is incomplete.');
  return sealJwe({ typ: ENVELOPE_TYPE, cty: 'JWT', ...claims }, bytes, parseDevices(devices));
}

/** Opens an envelope (general or flattened) with a device's private JWK: picks the entry of its own key, then checks that
 *  tenant and recipient are the expected ones and that it has not expired. The caller remembers `jti` until `exp`, and
 *  verifies the content's own signature (envelope-content.ts). Throws ENVELOPE_INVALID, ENVELOPE_EXPIRED, KEY_NOT_FOUND
 *  (no entry for this device), DECRYPTION_FAILED, DEVICE_KEY_INVALID. */
export async function openEnvelope(
  envelope: GeneralJwe | FlattenedJwe,
  { jwk, expect }: { readonly jwk: unknown; readonly expect: EnvelopeExpectation },
): Promise<OpenedEnvelope> {
  const device = parseDevicePrivateKey(jwk);
  const mine = 'recipients' in envelope ? forDevice(envelope, device.kid) : envelope;
  const { header, plaintext } = await openJwe({ ...mine }, device);
  check(header['kid'] === device.kid, 'KEY_NOT_FOUND', 'The envelope is for another device.');
  check(header['typ'] === ENVELOPE_TYPE, 'ENVELOPE_INVALID', 'This is not a message envelope.');
  check(isEnvelopeHeader(header), 'ENVELOPE_INVALID', 'The envelope header is incomplete.');
  check(header.iss === expect.iss, 'ENVELOPE_INVALID', 'The envelope is from another tenant.');
  check(header.sub === expect.sub, 'ENVELOPE_INVALID', 'The envelope is for another recipient.');
  check(expect.now < header.exp * 1000, 'ENVELOPE_EXPIRED', 'The envelope has expired.');
  const { iss, sub, jti, iat, exp, tpl, tplv } = header;
  return { header: { iss, sub, jti, iat, exp, tpl, tplv }, content: plaintext };
}

/** The same ciphertext with one device's entry only (Flattened JSON): no new encryption, and small enough for a push
 *  (about 700 bytes around 33 bytes of content). Throws KEY_NOT_FOUND when the envelope has no entry for `kid`. */
export function forDevice(envelope: GeneralJwe, kid: string): FlattenedJwe {
  const { recipients, protected: protectedHeader, iv, ciphertext, tag } = envelope;
  check(Array.isArray(recipients), 'ENVELOPE_INVALID', 'The envelope has no recipients.');
  const entry = recipients.find((recipient) => recipient?.header?.kid === kid);
  if (entry === undefined)
    throw new CryptoError('KEY_NOT_FOUND', 'The envelope is not for this device.');
  const { header, encrypted_key } = entry;
  return { protected: protectedHeader, header, encrypted_key, iv, ciphertext, tag };
}

/** SHA-256 (base64url, 43 characters) of what all devices share: header, IV, ciphertext, tag. The general form and every
 *  stripped form have the same digest, so a device can confirm what the audit log says was sent. */
export function envelopeDigest(envelope: GeneralJwe | FlattenedJwe): string {
  const { protected: protectedHeader, iv, ciphertext, tag } = envelope;
  const shared = [protectedHeader, iv, ciphertext, tag].join('.');
  return createHash('sha256').update(shared, 'ascii').digest('base64url');
}

function parseDevices(devices: EnvelopeRequest['devices']): readonly DeviceKey[] {
  const counted = devices.length >= 1 && devices.length <= DEVICES_MAX;
  check(counted, 'ARGUMENT_INVALID', `An envelope is for 1 to ${DEVICES_MAX} devices.`);
  const keys = devices.map(({ kid, jwk }) => {
    const key = parseDeviceKey(jwk);
    check(key.kid === kid, 'DEVICE_KEY_INVALID', 'The kid is not the thumbprint of the key.');
    return key;
  });
  const distinct = new Set(keys.map((key) => key.kid)).size === keys.length;
  check(distinct, 'DEVICE_KEY_INVALID', 'One device is listed twice.');
  return keys;
}

function isEnvelopeHeader(
  header: Partial<Record<string, unknown>>,
): header is EnvelopeHeader & Record<string, unknown> {
  const { iss, sub, jti, iat, exp, tpl, tplv } = header;
  const named = [iss, sub, jti, tpl].every((text) => typeof text === 'string' && text !== '');
  const counted = [iat, exp, tplv].every((value) => Number.isSafeInteger(value));
  return named && counted && Number(exp) > Number(iat);
}
