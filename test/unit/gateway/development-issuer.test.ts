// The development issuer: a private key that stays, and tokens that authenticate takes.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet } from 'jose';
import { createAuthenticate } from '../../../gateway/authenticate.ts';
import { openDevelopmentIssuer } from '../../../gateway/development-issuer.ts';
import { recordingLog } from '../../support/recording-log.ts';

const clock = { now: () => 1_800_000_000_500 };
const rules = { issuer: 'development', audience: 'parley', clock };
const { log } = recordingLog();
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parley-issuer-'));
});
afterAll(() => rm(directory, { recursive: true }));

const open = (path: string) =>
  openDevelopmentIssuer({ ...rules, directory: path, newId: () => randomUUID() });

describe('the development issuer', () => {
  it('mints tokens that are taken', async () => {
    const issuer = await open(join(directory, 'a'));
    const keys = createLocalJWKSet(issuer.jwks);
    const authenticate = createAuthenticate({ ...rules, keys, log });
    const request = { tenant: 'demo', subject: 'me', scopes: ['x', 'y'], ttlSeconds: 60 };
    expect(await authenticate(`Bearer ${await issuer.mintToken(request)}`)).toEqual({
      tenantId: 'demo',
      subject: 'me',
      scopes: ['x', 'y'],
      expiresAt: 1_800_000_060,
    });
  });

  it('keeps its key, for its owner only, and never shows the private half', async () => {
    const path = join(directory, 'b');
    const first = await open(path);
    const second = await open(path);
    expect(second.jwks).toEqual(first.jwks);
    expect(Object.keys(first.jwks.keys[0] ?? {})).not.toContain('d');
    expect(await readdir(path)).toEqual(['development-issuer.jwk']);
    expect((await stat(join(path, 'development-issuer.jwk'))).mode & 0o777).toBe(0o600);
  });

  it('is one issuer when several processes open it at the same time', async () => {
    const path = join(directory, 'c');
    const issuers = await Promise.all(Array.from({ length: 5 }, () => open(path)));
    expect(new Set(issuers.map(({ jwks }) => jwks.keys[0]?.kid)).size).toBe(1);
    expect(await readdir(path)).toHaveLength(1);
  });
});
