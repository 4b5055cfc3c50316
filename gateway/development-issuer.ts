// Mints tokens on a developer's machine: a key that never leaves its directory, and the key set that verifies it.
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, importJWK, SignJWT, type JSONWebKeySet, type JWK } from 'jose';
import type { Clock } from '../platform/clock.ts';

export interface TokenRequest {
  readonly tenant: string;
  readonly subject: string;
  readonly scopes: readonly string[];
  readonly ttlSeconds: number;
}

export interface DevelopmentIssuer {
  /** The public half, for authenticate. */
  readonly jwks: JSONWebKeySet;
  mintToken(request: TokenRequest): Promise<string>;
}

const ALGORITHM = 'Ed25519';
const KEY_FILE = 'development-issuer.jwk';

/** Opens the issuer that lives in `directory`, or makes it there; only its owner may read the key. For development: a
 *  platform in production takes the tokens of a real issuer. */
export async function openDevelopmentIssuer(options: {
  readonly directory: string;
  readonly issuer: string;
  readonly audience: string;
  readonly clock: Clock;
  readonly newId: () => string;
}): Promise<DevelopmentIssuer> {
  const jwk = await readOrMakeKey(options.directory, options.newId);
  const key = await importJWK(jwk, ALGORITHM);
  const { d: _private, ...publicHalf } = jwk;
  return {
    jwks: { keys: [{ ...publicHalf, alg: ALGORITHM, use: 'sig' }] },
    mintToken({ tenant, subject, scopes, ttlSeconds }) {
      const now = Math.floor(options.clock.now() / 1000);
      return new SignJWT({ tenant, scope: scopes.join(' ') })
        .setProtectedHeader({ alg: ALGORITHM, kid: jwk.kid ?? '', typ: 'JWT' })
        .setIssuer(options.issuer)
        .setAudience(options.audience)
        .setSubject(subject)
        .setIssuedAt(now)
        .setExpirationTime(now + ttlSeconds)
        .sign(key);
    },
  };
}

async function readOrMakeKey(directory: string, newId: () => string): Promise<JWK> {
  const file = join(directory, KEY_FILE);
  const existing = await readFile(file, 'utf8').catch(ifMissing);
  if (existing !== null) return JSON.parse(existing) as JWK;
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: newId() };
  await mkdir(directory, { recursive: true });
  // Written apart and linked into place: of two processes that start at once, both get the key of one.
  const draft = `${file}.${jwk.kid}`;
  await writeFile(draft, JSON.stringify(jwk), { mode: 0o600, flag: 'wx' });
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft);
  return JSON.parse(await readFile(file, 'utf8')) as JWK;
}

function ifMissing(error: NodeJS.ErrnoException): null {
  if (error.code !== 'ENOENT') throw error;
  return null;
}
