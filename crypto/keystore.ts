// The keystore file: a JWK Set with all private keys, inside one compact JWE under the master key, mode 0600.
import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { check, CryptoError } from './errors.ts';
import { withFileLock } from './file-lock.ts';
import type { KeyUse } from './kms.ts';
import type { MasterKey } from './master-key.ts';

const TYPE = 'parley-keystore+jwe';
// OWASP's minimum for PBKDF2-HMAC-SHA-512: about 0.1 s, paid whenever the file is read or written.
const PBKDF2_ROUNDS = 210_000;

/** One version of one key as a JWK (RFC 7517) with four members of our own. A destroyed version keeps only those, so
 *  that its number is never used again. */
export interface StoredKey {
  readonly kid: string;
  readonly tenant: string;
  readonly key_use: KeyUse;
  readonly version: number;
  readonly destroyed?: true;
  readonly kty?: string;
  readonly [member: string]: unknown;
}

/** Changes whenever the file is replaced: every write makes a new inode. null: there is no file yet. About 2 us. */
export function keystoreStamp(path: string): string | null {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : `${found.ino}:${found.size}:${found.mtimeNs}`;
}

/** All stored keys; none when there is no file. Throws KEYSTORE_INVALID for a damaged file or one that others may read,
 *  MASTER_KEY_INVALID when the master key does not open it. */
export async function readKeystore(
  path: string,
  masterKey: MasterKey,
): Promise<readonly StoredKey[]> {
  const found = await stat(path).catch(() => null);
  if (found === null) return [];
  const isPrivate = (found.mode & 0o077) === 0;
  check(
    isPrivate,
    'KEYSTORE_INVALID',
    'The keystore file may be read by others: it must have mode 0600.',
  );
  const token = (await readFile(path, 'utf8')).trim();
  check(/^[\w-]+(?:\.[\w-]+){4}$/.test(token), 'KEYSTORE_INVALID', 'The keystore file is damaged.');
  const { keys } = JSON.parse(await decrypt(token, masterKey)) as { keys: StoredKey[] };
  return keys;
}

/** Replaces the keys by `change(keys)`: under the lock, from a fresh read, all or nothing. `change` answers null to leave
 *  the file as it is. Throws as `readKeystore`, and KEYSTORE_LOCKED. */
export async function updateKeystore(
  path: string,
  masterKey: MasterKey,
  change: (keys: readonly StoredKey[]) => readonly StoredKey[] | null,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await withFileLock(path, async (assertHeld) => {
    const keys = change(await readKeystore(path, masterKey));
    if (keys === null) return;
    const draft = `${path}.${randomUUID()}`;
    try {
      await writeDurably(draft, await encrypt(JSON.stringify({ keys }), masterKey));
      await assertHeld();
      await rename(draft, path);
    } finally {
      await rm(draft, { force: true });
    }
    await syncDirectory(dirname(path));
  });
}

async function encrypt(text: string, { kind, key }: MasterKey): Promise<string> {
  const jwe = new CompactEncrypt(Buffer.from(text, 'utf8'));
  const shared = { enc: 'A256GCM', typ: TYPE, cty: 'jwk-set+json' };
  if (kind === 'raw') return jwe.setProtectedHeader({ alg: 'A256KW', ...shared }).encrypt(key);
  jwe.setProtectedHeader({ alg: 'PBES2-HS512+A256KW', ...shared });
  return jwe.setKeyManagementParameters({ p2c: PBKDF2_ROUNDS }).encrypt(key.export());
}

async function decrypt(token: string, { kind, key }: MasterKey): Promise<string> {
  const raw = kind === 'raw';
  try {
    const { plaintext, protectedHeader } = await compactDecrypt(token, raw ? key : key.export(), {
      keyManagementAlgorithms: [raw ? 'A256KW' : 'PBES2-HS512+A256KW'],
      contentEncryptionAlgorithms: ['A256GCM'],
      maxPBES2Count: PBKDF2_ROUNDS,
    });
    check(protectedHeader.typ === TYPE, 'KEYSTORE_INVALID', 'This file is not a keystore.');
    return Buffer.from(plaintext).toString('utf8');
  } catch (cause) {
    if (cause instanceof CryptoError) throw cause;
    throw new CryptoError('MASTER_KEY_INVALID', 'The master key does not open the keystore.', {
      cause,
    });
  }
}

// A key that was used but is not on the disk is lost with all that it sealed: content first, then the name.
async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${text}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
