// The one error class of this folder and the closed list of its codes. Messages never hold keys, tokens or content.

/** Every way in which a call into this folder can fail. Callers switch on these, never on messages. */
export const CryptoErrorCode = {
  /** The caller broke a documented bound: a length, a range, a missing field. Our mistake, not an attack. */
  ARGUMENT_INVALID: 'ARGUMENT_INVALID',
  /** Not an envelope, or its header breaks a rule: wrong type, algorithm, tenant, recipient. */
  ENVELOPE_INVALID: 'ENVELOPE_INVALID',
  /** The envelope's own time to live is over. */
  ENVELOPE_EXPIRED: 'ENVELOPE_EXPIRED',
  /** A device's public key that we refuse: curve, point, algorithm, private members. */
  DEVICE_KEY_INVALID: 'DEVICE_KEY_INVALID',
  /** Authenticated decryption failed: wrong key, wrong place, or changed bytes. It never says which. */
  DECRYPTION_FAILED: 'DECRYPTION_FAILED',
  /** No key of that id, or it was destroyed. */
  KEY_NOT_FOUND: 'KEY_NOT_FOUND',
  /** The key exists, but not for this kind of work. */
  KEY_USE_INVALID: 'KEY_USE_INVALID',
  /** The keystore file is damaged, of another format, or readable by others. */
  KEYSTORE_INVALID: 'KEYSTORE_INVALID',
  /** Another process holds the keystore's lock for too long. */
  KEYSTORE_LOCKED: 'KEYSTORE_LOCKED',
  /** No master key, an unusable one, or one that does not open the keystore. */
  MASTER_KEY_INVALID: 'MASTER_KEY_INVALID',
  /** A signature or MAC that does not verify, under any of the allowed keys and algorithms. */
  SIGNATURE_INVALID: 'SIGNATURE_INVALID',
  /** Not a token of ours: shape, type, audience, subject or nonce. */
  TOKEN_INVALID: 'TOKEN_INVALID',
  /** A token of ours, outside of its time. */
  TOKEN_EXPIRED: 'TOKEN_EXPIRED',
  /** Not a pseudonym of ours. */
  PSEUDONYM_INVALID: 'PSEUDONYM_INVALID',
  /** Evidence that does not vouch for this key: of another challenge, app or key, forged, expired, or rooted nowhere. */
  ATTESTATION_INVALID: 'ATTESTATION_INVALID',
  /** A Merkle proof that does not lead to the given root. */
  LOG_PROOF_INVALID: 'LOG_PROOF_INVALID',
} as const;
export type CryptoErrorCode = (typeof CryptoErrorCode)[keyof typeof CryptoErrorCode];

/** Thrown by everything in this folder. `cause` stays with the process: do not send it to a client. */
export class CryptoError extends Error {
  override name = 'CryptoError';
  readonly code: CryptoErrorCode;

  constructor(code: CryptoErrorCode, sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.code = code;
  }
}

/** Throws CryptoError `code` with `sentence` unless `condition` holds. */
export function check(
  condition: unknown,
  code: CryptoErrorCode,
  sentence: string,
): asserts condition {
  if (!condition) throw new CryptoError(code, sentence);
}

/** The code of a failed system call, such as ENOENT, or null. By shape and not by class: an error that node makes is not
 *  always an instance of the Error of the caller's realm. */
export function systemCode(cause: unknown): string | null {
  const isCoded = typeof cause === 'object' && cause !== null && 'code' in cause;
  return isCoded && typeof cause.code === 'string' ? cause.code : null;
}
