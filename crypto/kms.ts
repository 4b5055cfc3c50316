// The port to whatever keeps the long-lived keys: a file, an HSM, a cloud service. Private keys never leave it.
import type { KeyObject } from 'node:crypto';
import type { Jwks, SignatureAlgorithm } from './signature.ts';

/** What a key may be used for. A key does one kind of work: the driver refuses the others with KEY_USE_INVALID. */
export const KeyUse = {
  /** Wraps data encryption keys: `wrap`, `unwrap`. */
  data: 'data',
  /** Signs receipts, contents, checkpoints: `sign`, `jwks`. */
  signing: 'signing',
  /** MACs, `macKey`: pseudonyms of addresses. */
  pseudonym: 'pseudonym',
  /** MACs, `macKey`: secure links. */
  link: 'link',
  /** MACs, `macKey`: audit digests of plaintext. */
  audit: 'audit',
  /** MACs, `macKey`: one-time codes. */
  code: 'code',
} as const;
export type KeyUse = (typeof KeyUse)[keyof typeof KeyUse];

/** One tenant's key of one use. It exists as soon as someone asks for it, in versions 1, 2, ... that never come back. */
export interface KeyRef {
  readonly tenant: string;
  readonly use: KeyUse;
}

/** What a wrapped key is bound to: unwrapped for another tenant, purpose or subject, it does not open. */
export interface KeyContext {
  readonly tenant: string;
  /** What the data key is for: a word, such as `column`. */
  readonly purpose: string;
  /** Whose data it is: an id. */
  readonly subject: string;
}

/** A wrapped data key, to be stored beside the data. Which key and version opens it stands in the open. */
export interface Wrapped {
  /** Names tenant, use and version for the driver that made it; opaque to others. */
  readonly keyId: string;
  readonly version: number;
  readonly ciphertext: Uint8Array;
}

/** Which key signed. `kid` is the RFC 7638 thumbprint of the public key. */
export interface Signer {
  readonly kid: string;
  readonly alg: SignatureAlgorithm;
}

export interface Signed extends Signer {
  /** 64 bytes. */
  readonly sig: Uint8Array;
}

export interface MacKey {
  readonly version: number;
  /** 32 bytes. */
  readonly key: KeyObject;
}

/** Every call may throw KEYSTORE_INVALID, KEYSTORE_LOCKED or the driver's own connection error, and KEY_USE_INVALID when
 *  the key is for other work. */
export interface Kms {
  /** Encrypts a data key of 16 to 64 bytes under the current version of a `data` key, bound to `context`. */
  wrap(key: KeyRef, dataKey: Uint8Array, context: KeyContext): Promise<Wrapped>;

  /** The data key again. Throws KEY_NOT_FOUND when its version was destroyed, DECRYPTION_FAILED for another context. */
  unwrap(wrapped: Wrapped, context: KeyContext): Promise<Uint8Array>;

  /** Signs with the current version of a `signing` key. What is signed often names the signer (a JWS header does), so
   *  `data` may be a function of it; then no rotation can fall between asking for the name and signing. */
  sign(key: KeyRef, data: Uint8Array | ((signer: Signer) => Uint8Array)): Promise<Signed>;

  /** The current version of a `pseudonym`, `link` or `audit` key, or the version asked for: rows name the version that
   *  made them. Throws KEY_NOT_FOUND for a version that never was or was destroyed. */
  macKey(key: KeyRef, version?: number): Promise<MacKey>;

  /** Makes the next version and answers its number. Older versions still open and verify. */
  rotate(key: KeyRef): Promise<number>;

  /** One tenant's public signing keys, current first, then retired; none before the first signature. Per tenant, since a
   *  set of all tenants would let one of them sign in the name of another. */
  jwks(tenant: string): Promise<Jwks>;

  /** Destroys one version, or all of them: what they sealed is gone for good, and their signatures verify no longer.
   *  Doing it twice is no error. A later first use makes a new version. */
  destroy(key: KeyRef, version?: number): Promise<void>;
}
