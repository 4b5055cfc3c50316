// The key that opens the keystore file: where it may come from, in which order, and what a first run without one does.
import { createSecretKey, randomBytes, randomUUID, type KeyObject } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { encodeBase64url } from './base64url.ts';
import { check, CryptoError, systemCode } from './errors.ts';

const RAW_BYTES = 32;
const PASSPHRASE_CHARACTERS_MIN = 16;
const CREDENTIAL_NAME = 'master-key';
const HEX = /^[0-9a-f]{64}$/i;
const BASE64 = /^(?:[A-Za-z0-9+/]{43}=?|[A-Za-z0-9_-]{43})$/;
const PRINTABLE = /^[\t\n\r\x20-\x7e]*$/;

/** A raw key wraps the keystore directly; from a passphrase the wrapping key is derived, slowly. A KeyObject, which
 *  prints as nothing. */
export interface MasterKey {
  readonly kind: 'raw' | 'passphrase';
  readonly key: KeyObject;
}

/** Where to look, in this order. Empty and absent are the same. */
export interface MasterKeySources {
  /** $CREDENTIALS_DIRECTORY (systemd credentials); the file `master-key` in it, if there is one. */
  readonly credentialsDirectory?: string | undefined;
  /** A file that must exist. */
  readonly masterKeyFile?: string | undefined;
  /** The key or passphrase itself. */
  readonly masterKey?: string | undefined;
  /** The keystore's path: without any source a random key is kept beside it, in `<besidePath>.master-key`. */
  readonly besidePath: string;
  /** Refuses the key beside the keystore. */
  readonly production: boolean;
}

export interface FoundMasterKey {
  readonly masterKey: MasterKey;
  readonly source: 'credentials-directory' | 'file' | 'variable' | 'beside';
  /** A sentence for the log when the key lies beside the keystore, null otherwise. */
  readonly warning: string | null;
}

/** The first master key of the sources. Throws MASTER_KEY_INVALID when a named source is missing or too weak, and in
 *  production when there is none. */
export async function masterKeyFrom(sources: MasterKeySources): Promise<FoundMasterKey> {
  const { credentialsDirectory, masterKeyFile, masterKey, besidePath, production } = sources;
  if (credentialsDirectory) {
    const bytes = await readIfThere(join(credentialsDirectory, CREDENTIAL_NAME));
    if (bytes !== null) {
      return { masterKey: parseMasterKey(bytes), source: 'credentials-directory', warning: null };
    }
  }
  if (masterKeyFile) {
    const bytes = await readIfThere(masterKeyFile);
    check(bytes, 'MASTER_KEY_INVALID', 'The master key file does not exist or cannot be read.');
    return { masterKey: parseMasterKey(bytes), source: 'file', warning: null };
  }
  if (masterKey) {
    return { masterKey: parseMasterKey(Buffer.from(masterKey)), source: 'variable', warning: null };
  }
  check(
    !production,
    'MASTER_KEY_INVALID',
    'Production needs a master key from a credentials directory, a file or a variable.',
  );
  const path = `${besidePath}.master-key`;
  const warning =
    `The master key lies beside the keystore, in ${path}: this protects database dumps and backups without it, ` +
    'and not this host.';
  return { masterKey: parseMasterKey(await makeBeside(path)), source: 'beside', warning };
}

/** A master key from bytes: 32 bytes, plain or as hex, base64 or base64url, are a raw key; other text is a passphrase of
 *  at least 16 characters. White space around it is dropped. Throws MASTER_KEY_INVALID. */
export function parseMasterKey(bytes: Uint8Array): MasterKey {
  const text = Buffer.from(bytes).toString('latin1');
  if (bytes.byteLength === RAW_BYTES && !PRINTABLE.test(text)) return raw(bytes);
  const trimmed = Buffer.from(bytes).toString('utf8').trim();
  if (HEX.test(trimmed)) return raw(Buffer.from(trimmed, 'hex'));
  if (BASE64.test(trimmed)) return raw(Buffer.from(trimmed, 'base64'));
  check(
    trimmed.length >= PASSPHRASE_CHARACTERS_MIN,
    'MASTER_KEY_INVALID',
    `A master key is 32 random bytes, or a passphrase of at least ${PASSPHRASE_CHARACTERS_MIN} characters.`,
  );
  return { kind: 'passphrase', key: createSecretKey(Buffer.from(trimmed, 'utf8')) };
}

function raw(bytes: Uint8Array): MasterKey {
  return { kind: 'raw', key: createSecretKey(bytes) };
}

// Several processes may start for the first time together: whoever links first wins, and nobody sees half a file.
async function makeBeside(path: string): Promise<Uint8Array> {
  const existing = await readIfThere(path);
  if (existing !== null) return existing;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, `${encodeBase64url(randomBytes(RAW_BYTES))}\n`, {
    mode: 0o600,
    flag: 'wx',
    flush: true,
  });
  try {
    await link(draft, path);
  } catch (cause) {
    if (systemCode(cause) !== 'EEXIST') throw cause;
  } finally {
    await rm(draft);
  }
  return readFile(path);
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return null;
    throw new CryptoError('MASTER_KEY_INVALID', 'The master key file cannot be read.', { cause });
  }
}
