// The embedded KMS: all keys in one encrypted file, for a single host or a shared volume, up to some thousand keys.
import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  randomBytes,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { open, seal } from './aead.ts';
import { encodeBase64url } from './base64url.ts';
import { check, CryptoError } from './errors.ts';
import { keystoreStamp, readKeystore, updateKeystore, type StoredKey } from './keystore.ts';
import { KeyUse, type KeyContext, type KeyRef, type Kms, type Wrapped } from './kms.ts';
import type { MasterKey } from './master-key.ts';
import { publicSigningJwk, signBytes, type PublicSigningJwk } from './signature.ts';

const SECRET_BYTES = 32;
const KEY_ID_BYTES = 16;
const DATA_KEY_BYTES_MIN = 16;
const DATA_KEY_BYTES_MAX = 64;
const TENANT_CHARACTERS_MAX = 128;

/** A usable version of a key; `key` is secret or private. */
interface LoadedKey extends KeyRef {
  readonly kid: string;
  readonly version: number;
  readonly key: KeyObject;
  readonly jwk: PublicSigningJwk | null;
}

/** What was in the file at one moment. Key material is in KeyObjects only. */
interface Snapshot {
  readonly stamp: string | null;
  readonly byId: ReadonlyMap<string, LoadedKey>;
  /** Newest version first, by `nameOf`. */
  readonly byName: ReadonlyMap<string, readonly LoadedKey[]>;
}

/** Opens the keystore at `path`; the file is made when the first key is. Several processes may use one file: before each
 *  call the file's stamp is compared (2 us), so a key that one process makes, rotates or destroys is so in all of them.
 *  Signing keys are Ed25519, all others 32 random bytes.
 *  Throws MASTER_KEY_INVALID, KEYSTORE_INVALID; see Kms for the calls. */
export async function openFileKms(options: {
  readonly path: string;
  readonly masterKey: MasterKey;
}): Promise<Kms> {
  const keys = new KeyFile(options.path, options.masterKey);
  await keys.snapshot();
  return {
    async wrap(ref, dataKey, context) {
      requireUse(ref, [KeyUse.data]);
      const size = dataKey.byteLength;
      const sized = size >= DATA_KEY_BYTES_MIN && size <= DATA_KEY_BYTES_MAX;
      check(sized, 'ARGUMENT_INVALID', 'A data key has 16 to 64 bytes.');
      const { kid: keyId, version, key } = await keys.current(ref);
      const ciphertext = seal(key, dataKey, wrapAad(keyId, version, context));
      return { keyId, version, ciphertext };
    },
    async unwrap({ keyId, version, ciphertext }: Wrapped, context) {
      const found = (await keys.snapshot()).byId.get(keyId);
      check(
        found?.version === version,
        'KEY_NOT_FOUND',
        'The wrapping key does not exist any more.',
      );
      requireUse(found, [KeyUse.data]);
      return open(found.key, ciphertext, wrapAad(keyId, version, context));
    },
    async sign(ref, data) {
      requireUse(ref, [KeyUse.signing]);
      const { key, jwk } = await keys.current(ref);
      check(jwk, 'KEYSTORE_INVALID', 'A signing key has no public half.');
      const signer = { kid: jwk.kid, alg: jwk.alg };
      const bytes = typeof data === 'function' ? data(signer) : data;
      return { ...signer, sig: signBytes(signer.alg, key, bytes) };
    },
    async macKey(ref, version) {
      requireUse(ref, [KeyUse.pseudonym, KeyUse.link, KeyUse.audit, KeyUse.code]);
      const found =
        version === undefined ? await keys.current(ref) : await keys.version(ref, version);
      return { version: found.version, key: found.key };
    },
    async rotate(ref) {
      return (await keys.add(ref, 'always')).version;
    },
    async jwks(tenant) {
      const versions = (await keys.snapshot()).byName.get(nameOf({ tenant, use: KeyUse.signing }));
      return { keys: (versions ?? []).flatMap(({ jwk }) => (jwk === null ? [] : [jwk])) };
    },
    destroy: (ref, version) => keys.destroy(ref, version),
  };
}

/** The file with its latest snapshot: the state of one open KMS. */
class KeyFile {
  readonly #path: string;
  readonly #masterKey: MasterKey;
  /** First versions that are being made, by `nameOf`. */
  readonly #making = new Map<string, Promise<LoadedKey>>();
  #snapshot: Snapshot | null = null;
  #loading: { readonly stamp: string | null; readonly result: Promise<Snapshot> } | null = null;

  constructor(path: string, masterKey: MasterKey) {
    this.#path = path;
    this.#masterKey = masterKey;
  }

  /** What the file holds now. Reads it only when it was replaced, and once for all who wait. */
  async snapshot(): Promise<Snapshot> {
    const stamp = keystoreStamp(this.#path);
    if (this.#snapshot !== null && this.#snapshot.stamp === stamp) return this.#snapshot;
    if (this.#loading?.stamp !== stamp) this.#loading = { stamp, result: this.#load(stamp) };
    return this.#loading.result;
  }

  /** The newest version, made if there is none. */
  async current(ref: KeyRef): Promise<LoadedKey> {
    const name = nameOf(ref);
    const [newest] = (await this.snapshot()).byName.get(name) ?? [];
    if (newest !== undefined) return newest;
    // A tenant's first import asks for the key hundreds of times at once: they wait for one call, not each for the lock.
    const making = this.#making.get(name) ?? this.add(ref, 'if-none');
    this.#making.set(name, making);
    try {
      return await making;
    } finally {
      if (this.#making.get(name) === making) this.#making.delete(name);
    }
  }

  async version(ref: KeyRef, version: number): Promise<LoadedKey> {
    const versions = (await this.snapshot()).byName.get(nameOf(ref)) ?? [];
    const found = versions.find((key) => key.version === version);
    check(found, 'KEY_NOT_FOUND', 'The key has no such version.');
    return found;
  }

  /** Makes the next version; with `if-none` only when nobody else did in the meantime. */
  async add(ref: KeyRef, when: 'always' | 'if-none'): Promise<LoadedKey> {
    requireTenant(ref);
    const made: string[] = [];
    await updateKeystore(this.#path, this.#masterKey, (keys) => {
      const mine = keys.filter((key) => isVersionOf(ref, key));
      const living = mine.filter((key) => key.destroyed !== true).at(-1);
      if (when === 'if-none' && living !== undefined) {
        made.push(living.kid);
        return null;
      }
      const next = makeKey(ref, Math.max(0, ...mine.map((key) => key.version)) + 1);
      made.push(next.kid);
      return [...keys, next];
    });
    const found = (await this.snapshot()).byId.get(made[0] ?? '');
    check(found, 'KEY_NOT_FOUND', 'The key was destroyed while it was made.');
    return found;
  }

  async destroy(ref: KeyRef, version?: number): Promise<void> {
    await updateKeystore(this.#path, this.#masterKey, (keys) => {
      const doomed = (key: StoredKey): boolean =>
        isVersionOf(ref, key) && (version === undefined || key.version === version);
      if (!keys.some((key) => doomed(key) && key.destroyed !== true)) return null;
      return keys.map((key) => (doomed(key) ? tombstone(key) : key));
    });
    await this.snapshot();
  }

  // The stamp is as old as the content or older, never newer: a change in between is seen at the next call.
  async #load(stamp: string | null): Promise<Snapshot> {
    try {
      const stored = await readKeystore(this.#path, this.#masterKey);
      const keys = stored.filter((key) => key.destroyed !== true).map(load);
      this.#snapshot = snapshotOf(stamp, keys);
      return this.#snapshot;
    } finally {
      if (this.#loading?.stamp === stamp) this.#loading = null;
    }
  }
}

function snapshotOf(stamp: string | null, keys: readonly LoadedKey[]): Snapshot {
  const byName = new Map<string, LoadedKey[]>();
  for (const key of keys.toSorted((left, right) => right.version - left.version)) {
    const versions = byName.get(nameOf(key));
    if (versions === undefined) byName.set(nameOf(key), [key]);
    else versions.push(key);
  }
  return { stamp, byId: new Map(keys.map((key) => [key.kid, key])), byName };
}

function makeKey({ tenant, use }: KeyRef, version: number): StoredKey {
  if (use !== KeyUse.signing) {
    const k = encodeBase64url(randomBytes(SECRET_BYTES));
    const kid = encodeBase64url(randomBytes(KEY_ID_BYTES));
    return { kid, tenant, key_use: use, version, kty: 'oct', k };
  }
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { kid, alg } = publicSigningJwk('Ed25519', publicKey);
  return {
    ...privateKey.export({ format: 'jwk' }),
    kid,
    tenant,
    key_use: use,
    version,
    alg,
    use: 'sig',
  };
}

function tombstone({ kid, tenant, key_use, version }: StoredKey): StoredKey {
  return { kid, tenant, key_use, version, destroyed: true };
}

function load(stored: StoredKey): LoadedKey {
  const { kid, tenant, key_use: use, version } = stored;
  try {
    if (use !== KeyUse.signing) {
      const key = createSecretKey(String(stored['k']), 'base64url');
      return { kid, tenant, use, version, key, jwk: null };
    }
    const key = createPrivateKey({ key: stored as JsonWebKey, format: 'jwk' });
    const jwk = publicSigningJwk('Ed25519', createPublicKey(key));
    return { kid, tenant, use, version, key, jwk };
  } catch (cause) {
    throw new CryptoError('KEYSTORE_INVALID', 'The keystore holds a key that cannot be used.', {
      cause,
    });
  }
}

function isVersionOf(ref: KeyRef, key: StoredKey): boolean {
  return key.tenant === ref.tenant && key.key_use === ref.use;
}

function nameOf({ tenant, use }: KeyRef): string {
  return JSON.stringify([tenant, use]);
}

function wrapAad(keyId: string, version: number, { tenant, purpose, subject }: KeyContext): Buffer {
  return Buffer.from(JSON.stringify([keyId, version, tenant, purpose, subject]), 'utf8');
}

function requireUse({ use }: KeyRef, allowed: readonly KeyUse[]): void {
  check(allowed.includes(use), 'KEY_USE_INVALID', 'The key is not for this kind of work.');
}

function requireTenant({ tenant }: KeyRef): void {
  const sized = tenant !== '' && tenant.length <= TENANT_CHARACTERS_MAX;
  check(sized, 'ARGUMENT_INVALID', 'A tenant has 1 to 128 characters.');
}
