// The public key of a recipient's device: what we accept at registration, how it is named, and how people compare it.
import { createHash, type KeyObject } from 'node:crypto';
import { check, CryptoError } from './errors.ts';
import { importPrivateJwk, pointOfJwk, publicMembers, type P256PublicJwk } from './p256.ts';
import { thumbprint } from './thumbprint.ts';

/** How content keys are encrypted to a device. Written into its JWK, and repeated in every envelope. */
export const DeviceKeyAlgorithm = {
  /** HPKE key encryption: DHKEM(P-256), HKDF-SHA256, AES-256-GCM (draft-ietf-jose-hpke-encrypt-22). The default. */
  HPKE_7_KE: 'HPKE-7-KE',
  /** For devices that only have a classic JOSE library (RFC 7518 section 4.6). */
  ECDH_ES_A256KW: 'ECDH-ES+A256KW',
} as const;
export type DeviceKeyAlgorithm = (typeof DeviceKeyAlgorithm)[keyof typeof DeviceKeyAlgorithm];

/** A checked public key. `jwk` holds its five known members only, whatever else was sent along. */
export interface DeviceKey {
  /** The RFC 7638 thumbprint: 43 characters. */
  readonly kid: string;
  readonly alg: DeviceKeyAlgorithm;
  readonly jwk: P256PublicJwk & { readonly alg: DeviceKeyAlgorithm };
  /** Its point on the curve: 65 bytes, uncompressed. */
  readonly point: Buffer;
}

/** The device's own view of its key. */
export interface DevicePrivateKey extends DeviceKey {
  readonly privateKey: KeyObject;
}

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];
const FINGERPRINT_LABEL = 'parley device fingerprint 1';
const FINGERPRINT_GROUPS = 6;
const BYTES_PER_GROUP = 5;

/** Checks a public JWK from outside: P-256, point on the curve, no private member, `use` enc if any, `alg` one of ours
 *  (none: HPKE-7-KE). A `kid` is ignored: the thumbprint names the key. Throws DEVICE_KEY_INVALID with the reason. */
export function parseDeviceKey(jwk: unknown): DeviceKey {
  const given = requireObject(jwk);
  const leaked = PRIVATE_MEMBERS.some((member) => member in given);
  check(!leaked, 'DEVICE_KEY_INVALID', 'This is a private key. Send the public half only.');
  return checked(given);
}

/** The same for a device's private JWK, `d` included: for clients and tests. Throws DEVICE_KEY_INVALID. */
export function parseDevicePrivateKey(jwk: unknown): DevicePrivateKey {
  const given = requireObject(jwk);
  const privateKey = importPrivateJwk(given);
  check(privateKey, 'DEVICE_KEY_INVALID', 'This is not a private key on P-256.');
  return { ...checked(given), privateKey };
}

/** Six groups of five digits that two people can read to each other: about 99 bits of a hash of the thumbprint, so that
 *  a second key with the same digits is out of reach. kid: 43 characters. */
export function deviceFingerprint(kid: string): string {
  const digest = createHash('sha256').update(`${FINGERPRINT_LABEL}\0${kid}`).digest();
  const groups = Array.from({ length: FINGERPRINT_GROUPS }, (_, i) =>
    (digest.readUIntBE(i * BYTES_PER_GROUP, BYTES_PER_GROUP) % 100_000).toString().padStart(5, '0'),
  );
  return groups.join(' ');
}

/** Whether `alg` is a key encryption algorithm that devices may register. */
export function isDeviceKeyAlgorithm(alg: unknown): alg is DeviceKeyAlgorithm {
  return Object.values(DeviceKeyAlgorithm).some((known) => known === alg);
}

function requireObject(jwk: unknown): Record<string, unknown> {
  const isObject = typeof jwk === 'object' && jwk !== null && !Array.isArray(jwk);
  check(isObject, 'DEVICE_KEY_INVALID', 'A device key is a JWK object.');
  return jwk as Record<string, unknown>;
}

function checked(given: Record<string, unknown>): DeviceKey {
  const members = publicMembers(given);
  check(
    members,
    'DEVICE_KEY_INVALID',
    'A device key is an EC key on P-256, x and y of 32 bytes each.',
  );
  const point = pointOfJwk(members);
  check(point, 'DEVICE_KEY_INVALID', 'The point of this device key is not on P-256.');
  const { alg = DeviceKeyAlgorithm.HPKE_7_KE, use = 'enc' } = given;
  check(use === 'enc', 'DEVICE_KEY_INVALID', 'A device key is for encryption: use must be enc.');
  if (!isDeviceKeyAlgorithm(alg)) {
    const known = Object.values(DeviceKeyAlgorithm).join(' or ');
    throw new CryptoError('DEVICE_KEY_INVALID', `The alg of a device key is ${known}.`);
  }
  return { kid: thumbprint(members), alg, jwk: { ...members, alg }, point };
}
