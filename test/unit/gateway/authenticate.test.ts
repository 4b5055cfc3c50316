// From tokens to principals: which hold, which do not, and where the keys come from.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JSONWebKeySet,
  type JWK,
  type JWTPayload,
} from 'jose';
import { createAuthenticate, keysAtUrl, keysInFile } from '../../../gateway/authenticate.ts';
import { recordingLog } from '../../support/recording-log.ts';

const T0 = 1_800_000_000;
const clock = { seconds: T0, now: () => clock.seconds * 1000 };
const { log } = recordingLog();
const rules = { issuer: 'https://issuer.test', audience: 'parley', clock, log };
const good: JWTPayload = {
  iss: rules.issuer,
  aud: rules.audience,
  sub: 'user-1',
  tenant: 'acme',
  scope: 'a  b ',
  exp: T0 + 60,
};

interface Key {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

async function makeKey(kid: string, alg: string): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid } };
}

async function bearer(claims: JWTPayload, { kid, alg, privateKey }: Key): Promise<string> {
  return `Bearer ${await new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(privateKey)}`;
}

const keySet = (...keys: Key[]): JSONWebKeySet => ({ keys: keys.map(({ jwk }) => jwk) });
const refusal = expect.objectContaining({ code: 'UNAUTHENTICATED' });

let key: Key;
let other: Key;

beforeAll(async () => {
  key = await makeKey('k1', 'ES256');
  other = await makeKey('k2', 'ES256');
});

describe('a token', () => {
  it.each(['EdDSA', 'Ed25519', 'ES256', 'RS256', 'PS256'])(
    'signed with %s is taken',
    async (alg) => {
      const own = await makeKey('k', alg);
      const authenticate = createAuthenticate({ ...rules, keys: createLocalJWKSet(keySet(own)) });
      expect(await authenticate(await bearer(good, own))).toEqual({
        tenantId: 'acme',
        subject: 'user-1',
        scopes: ['a', 'b'],
        expiresAt: T0 + 60,
      });
    },
  );

  it.each(['ES384', 'ES512', 'RS512'])('signed with %s is refused', async (alg) => {
    const own = await makeKey('k', alg);
    const authenticate = createAuthenticate({ ...rules, keys: createLocalJWKSet(keySet(own)) });
    await expect(authenticate(await bearer(good, own))).rejects.toEqual(refusal);
  });

  const refused: [string, JWTPayload][] = [
    ['of another issuer', { ...good, iss: 'https://other.test' }],
    ['for another audience', { ...good, aud: 'other' }],
    ['that is over', { ...good, exp: T0 - 5 }],
    ['that is not valid yet', { ...good, nbf: T0 + 6 }],
    ['without an end', { ...good, exp: undefined }],
    ['without a subject', { ...good, sub: undefined }],
    ['with an empty subject', { ...good, sub: '' }],
    ['without a tenant', { ...good, tenant: undefined }],
    ['with a tenant that is no name', { ...good, tenant: 'ACME/../x' }],
    ['with a tenant that is a list', { ...good, tenant: ['acme'] }],
    ['with scopes that are a list', { ...good, scope: ['a'] }],
    ['with a flood of scopes', { ...good, scope: 'a '.repeat(101) }],
  ];
  it.each(refused)('%s is refused', async (_what, claims) => {
    const authenticate = createAuthenticate({ ...rules, keys: createLocalJWKSet(keySet(key)) });
    await expect(authenticate(await bearer(claims, key))).rejects.toEqual(refusal);
  });

  it('is taken within the tolerance of clocks, and without scopes', async () => {
    const authenticate = createAuthenticate({ ...rules, keys: createLocalJWKSet(keySet(key)) });
    const claims = { ...good, exp: T0 - 4, nbf: T0 + 5, scope: undefined };
    expect((await authenticate(await bearer(claims, key))).scopes).toEqual([]);
  });

  it('that was accepted is refused once it is over', async () => {
    const authenticate = createAuthenticate({ ...rules, keys: createLocalJWKSet(keySet(key)) });
    const token = await bearer({ ...good, exp: T0 + 10 }, key);
    await authenticate(token);
    clock.seconds = T0 + 16;
    await expect(authenticate(token)).rejects.toEqual(refusal);
    clock.seconds = T0;
  });

  it('of a removed key is refused a minute later', async () => {
    let keys = createLocalJWKSet(keySet(key));
    const authenticate = createAuthenticate({ ...rules, keys: (...asked) => keys(...asked) });
    const token = await bearer({ ...good, exp: T0 + 600 }, key);
    await authenticate(token);
    keys = createLocalJWKSet(keySet(other));
    clock.seconds = T0 + 60;
    await expect(authenticate(token)).rejects.toEqual(refusal);
    clock.seconds = T0;
  });

  it.each([undefined, null, 7, '', 'Bearer', 'Bearer a b', 'bearer\n x', { toString: 1 }])(
    'that is %p is refused',
    async (authorization) => {
      const authenticate = createAuthenticate({ ...rules, keys: createLocalJWKSet(keySet(key)) });
      await expect(authenticate(authorization)).rejects.toEqual(refusal);
    },
  );
});

it('nothing is authenticated without an issuer and an audience to ask for', () => {
  const keys = createLocalJWKSet(keySet(key));
  for (const missing of [{ issuer: '' }, { audience: '' }]) {
    expect(() => createAuthenticate({ ...rules, keys, ...missing })).toThrow('an issuer');
  }
});

describe('keys in a file', () => {
  it('are read again when a token names a new key, but not at every unknown one', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'parley-keys-'));
    const file = join(directory, 'jwks.json');
    await writeFile(file, JSON.stringify(keySet(key)));
    const authenticate = createAuthenticate({ ...rules, keys: keysInFile(file, clock) });
    await authenticate(await bearer(good, key));
    await writeFile(file, JSON.stringify(keySet(other)));
    const next = await bearer(good, other);
    await expect(authenticate(next)).rejects.toEqual(refusal);
    clock.seconds = T0 + 30;
    expect((await authenticate(next)).subject).toBe('user-1');
    clock.seconds = T0;
    await rm(directory, { recursive: true });
  });

  it('that cannot be read make the platform unavailable, not the caller unknown', async () => {
    const keys = keysInFile('/nowhere/jwks.json', clock);
    const authenticate = createAuthenticate({ ...rules, keys });
    const unavailable = expect.objectContaining({ code: 'UNAVAILABLE' });
    await expect(authenticate(await bearer(good, key))).rejects.toEqual(unavailable);
  });
});

describe('keys at a url', () => {
  let server: Server;
  let url: string;
  let answer: { status: number; body: string };

  beforeAll(async () => {
    server = createServer((_request, response) => {
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  it('are fetched when they are needed', async () => {
    answer = { status: 200, body: JSON.stringify(keySet(key)) };
    const authenticate = createAuthenticate({ ...rules, keys: keysAtUrl(url) });
    expect((await authenticate(await bearer(good, key))).tenantId).toBe('acme');
  });

  it.each([
    ['fails', 500, '{}'],
    ['answers a page', 200, '<html>'],
    ['answers no keys', 200, '{"keys":7}'],
  ])('make the platform unavailable when the issuer %s', async (_what, status, body) => {
    answer = { status, body };
    const authenticate = createAuthenticate({ ...rules, keys: keysAtUrl(url) });
    const unavailable = expect.objectContaining({ code: 'UNAVAILABLE' });
    await expect(authenticate(await bearer(good, key))).rejects.toEqual(unavailable);
  });
});
