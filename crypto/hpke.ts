// HPKE (RFC 9180) in the one suite of the platform: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
//
// The protocol is the `hpke` package's; this file gives it the three primitives on node:crypto through its documented
// extension points. Its own primitives go through WebCrypto, one thread hop per HMAC: six times the CPU. They stay the
// oracle of the tests.
import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import {
  CipherSuite,
  concat,
  encode,
  I2OSP,
  LabeledExpand,
  LabeledExtract,
  NotSupportedError,
} from 'hpke';
import type { AEAD, KDF, KEM, Key } from 'hpke';
import { AEAD_KEY_BYTES, decryptWithIv, encryptWithIv, IV_BYTES, TAG_BYTES } from './aead.ts';
import { CryptoError } from './errors.ts';
import { hmacSha256, MAC_BYTES } from './mac.ts';
import { agree, agreeOnce, importPoint, P256_POINT_BYTES, pointOf } from './p256.ts';

const KEM_DHKEM_P256_HKDF_SHA256 = 0x0010;
const KDF_HKDF_SHA256 = 0x0001;
const AEAD_AES_256_GCM = 0x0002;
const P256 = { name: 'P-256' };

/** A P-256 key in the shape that the suite's own type checks ask for. */
export interface HpkeKey extends Key {
  /** Uncompressed. */
  readonly point: Uint8Array;
  /** Null for a public key. */
  readonly secret: KeyObject | null;
}

/** What travels: the encapsulated key (65 bytes) and the ciphertext (16 bytes longer than the plaintext). */
export interface HpkeSealed {
  readonly enc: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** Wraps a P-256 private key for the suite. */
export function hpkePrivateKey(secret: KeyObject): HpkeKey {
  const point = pointOf(createPublicKey(secret));
  return { algorithm: P256, extractable: false, type: 'private', point, secret };
}

function hpkePublicKey(point: Uint8Array): HpkeKey {
  return { algorithm: P256, extractable: false, type: 'public', point, secret: null };
}

/** Base mode, one message. point: the public key, uncompressed. info, plaintext: any length, also empty; no associated data, because the
 *  only caller (JOSE key encryption) has none. Throws DEVICE_KEY_INVALID when the key cannot be used. */
export async function hpkeSeal(
  point: Uint8Array,
  info: Uint8Array,
  plaintext: Uint8Array,
): Promise<HpkeSealed> {
  try {
    const sealed = await hpkeSuite.Seal(hpkePublicKey(point), plaintext, { info });
    return { enc: sealed.encapsulatedSecret, ciphertext: sealed.ciphertext };
  } catch (cause) {
    throw new CryptoError('DEVICE_KEY_INVALID', 'HPKE cannot encapsulate to this key.', { cause });
  }
}

/** Opens what `hpkeSeal` made for this private key and info. Throws DECRYPTION_FAILED, whatever was wrong. */
export async function hpkeOpen(
  privateKey: KeyObject,
  info: Uint8Array,
  { enc, ciphertext }: HpkeSealed,
): Promise<Uint8Array> {
  try {
    return await hpkeSuite.Open(hpkePrivateKey(privateKey), enc, ciphertext, { info });
  } catch (cause) {
    throw new CryptoError('DECRYPTION_FAILED', 'HPKE does not open with this key.', { cause });
  }
}

// Keys come in as KeyObjects that p256.ts has checked, so the suite never generates, derives, or parses one.
function unused(): never {
  throw new NotSupportedError('keys are imported by p256.ts');
}

function dhkem(): KEM<HpkeKey> {
  const suiteId = concat(encode('KEM'), I2OSP(KEM_DHKEM_P256_HKDF_SHA256, 2));
  const extractAndExpand = async (dh: Uint8Array, context: Uint8Array): Promise<Uint8Array> => {
    const prk = await LabeledExtract(kdf, suiteId, new Uint8Array(), encode('eae_prk'), dh);
    return LabeledExpand(kdf, suiteId, prk, encode('shared_secret'), context, MAC_BYTES);
  };
  return {
    id: KEM_DHKEM_P256_HKDF_SHA256,
    type: 'KEM',
    name: 'DHKEM(P-256, HKDF-SHA256)',
    Nsecret: MAC_BYTES,
    Nenc: P256_POINT_BYTES,
    Npk: P256_POINT_BYTES,
    Nsk: 32,
    async Encap(pkR) {
      const { ephemeral: enc, shared } = agreeOnce(pkR.point);
      const shared_secret = await extractAndExpand(shared, concat(enc, pkR.point));
      return { shared_secret, enc };
    },
    async Decap(enc, skR) {
      const ephemeral = importPoint(enc);
      if (ephemeral === null) throw new Error('the encapsulated key is not a point on P-256');
      if (skR.secret === null) throw new Error('opening needs the private key');
      const dh = agree(skR.secret, ephemeral);
      return extractAndExpand(dh, concat(enc, skR.point));
    },
    DeriveKeyPair: unused,
    GenerateKeyPair: unused,
    SerializePublicKey: unused,
    DeserializePublicKey: unused,
    SerializePrivateKey: unused,
    DeserializePrivateKey: unused,
  };
}

// HKDF (RFC 5869) in two calls, because HPKE puts its labels between them; node's hkdfSync only does both at once.
const kdf: KDF = {
  id: KDF_HKDF_SHA256,
  type: 'KDF',
  name: 'HKDF-SHA256',
  stages: 2,
  Nh: MAC_BYTES,
  async Extract(salt, ikm) {
    return hmacSha256(createSecretKey(salt), ikm);
  },
  async Expand(prk, info, length) {
    const key = createSecretKey(prk);
    const blocks: Uint8Array[] = [];
    for (let i = 1; blocks.length * MAC_BYTES < length; i += 1) {
      blocks.push(hmacSha256(key, blocks.at(-1) ?? new Uint8Array(), info, Uint8Array.of(i)));
    }
    return concat(...blocks).subarray(0, length);
  },
  Derive: unused,
};

const aead: AEAD = {
  id: AEAD_AES_256_GCM,
  type: 'AEAD',
  name: 'AES-256-GCM',
  Nk: AEAD_KEY_BYTES,
  Nn: IV_BYTES,
  Nt: TAG_BYTES,
  async Seal(key, nonce, aad, plaintext) {
    return encryptWithIv(createSecretKey(key), nonce, plaintext, aad);
  },
  async Open(key, nonce, aad, ciphertext) {
    return decryptWithIv(createSecretKey(key), nonce, ciphertext, aad);
  },
};

/** The suite itself, for what `hpkeSeal` and `hpkeOpen` do not cover: several messages, PSK mode, export. Keys go in
 *  through `hpkePrivateKey`. It is JOSE's HPKE-7 and CryptoKit's P256_SHA256_AES_GCM_256. */
export const hpkeSuite = new CipherSuite<HpkeKey>(
  dhkem,
  () => kdf,
  () => aead,
);
