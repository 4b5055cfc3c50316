// The contract of every KMS driver: what is wrapped, signed and MACed, by which version, and what destruction means.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { signJws, verifyJws } from '../../crypto/jws.ts';
import { openFileKms } from '../../crypto/kms-file.ts';
import { KeyUse, type KeyRef, type Kms } from '../../crypto/kms.ts';
import { parseMasterKey } from '../../crypto/master-key.ts';
import { importVerificationKey, verifyBytes } from '../../crypto/signature.ts';

const directory = mkdtempSync(join(tmpdir(), 'parley-kms-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const drivers: readonly (readonly [string, () => Promise<Kms>])[] = [
  [
    'file',
    () =>
      openFileKms({
        path: join(directory, 'keystore.jwe'),
        masterKey: parseMasterKey(Buffer.alloc(32, 0xa5)),
      }),
  ],
];

const dataKey = Buffer.alloc(32, 0x5a);
const bytes = Buffer.from('bytes to sign');
const macUses = [KeyUse.pseudonym, KeyUse.link, KeyUse.audit, KeyUse.code] as const;
let tenants = 0;
/** Every test has a tenant of its own, so that all of them can share one KMS. */
const newTenant = (): string => `tenant-${(tenants += 1)}`;
const contextOf = (tenant: string) => ({ tenant, purpose: 'column', subject: 'rcp_1' });

describe.each(drivers)('%s', (_, open) => {
  const opened = open();

  async function keyOf(use: KeyUse): Promise<{ kms: Kms; key: KeyRef; tenant: string }> {
    const tenant = newTenant();
    return { kms: await opened, key: { tenant, use }, tenant };
  }

  describe('wrap', () => {
    test('a data key comes back in the same context, and says which key wrapped it', async () => {
      const { kms, key, tenant } = await keyOf('data');
      const wrapped = await kms.wrap(key, dataKey, contextOf(tenant));
      expect(wrapped).toMatchObject({ version: 1, keyId: expect.any(String) });
      expect(Buffer.from(wrapped.ciphertext).includes(dataKey)).toBe(false);
      expect(await kms.unwrap(wrapped, contextOf(tenant))).toEqual(dataKey);
    });

    test.each(['tenant', 'purpose', 'subject'])(
      'in a context of another %s it does not',
      async (field) => {
        const { kms, key, tenant } = await keyOf('data');
        const wrapped = await kms.wrap(key, dataKey, contextOf(tenant));
        const attempt = kms.unwrap(wrapped, { ...contextOf(tenant), [field]: 'other' });
        await expect(attempt).rejects.toMatchObject({ code: 'DECRYPTION_FAILED' });
      },
    );

    test('changed bytes do not unwrap, and an unknown key or version is not found', async () => {
      const { kms, key, tenant } = await keyOf('data');
      const wrapped = await kms.wrap(key, dataKey, contextOf(tenant));
      const changed = Uint8Array.from(wrapped.ciphertext);
      changed[changed.length - 1]! ^= 1;
      const attempts = [
        [{ ...wrapped, ciphertext: changed }, 'DECRYPTION_FAILED'],
        [{ ...wrapped, keyId: 'AAAAAAAAAAAAAAAAAAAAAA' }, 'KEY_NOT_FOUND'],
        [{ ...wrapped, version: 2 }, 'KEY_NOT_FOUND'],
      ] as const;
      for (const [forged, code] of attempts) {
        await expect(kms.unwrap(forged, contextOf(tenant))).rejects.toMatchObject({ code });
      }
    });

    test.each([0, 15, 65])('a data key of %i bytes is refused', async (size) => {
      const { kms, key, tenant } = await keyOf('data');
      const attempt = kms.wrap(key, Buffer.alloc(size), contextOf(tenant));
      await expect(attempt).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
    });

    test('after a rotation the new version wraps, and the old one still unwraps', async () => {
      const { kms, key, tenant } = await keyOf('data');
      const old = await kms.wrap(key, dataKey, contextOf(tenant));
      expect(await kms.rotate(key)).toBe(2);
      expect((await kms.wrap(key, dataKey, contextOf(tenant))).version).toBe(2);
      expect(await kms.unwrap(old, contextOf(tenant))).toEqual(dataKey);
    });
  });

  describe('sign', () => {
    test('a signature verifies by the published key of its tenant', async () => {
      const { kms, key, tenant } = await keyOf('signing');
      const { kid, alg, sig } = await kms.sign(key, bytes);
      const { keys } = await kms.jwks(tenant);
      expect(keys.map((jwk) => jwk.kid)).toEqual([kid]);
      const publicKey = importVerificationKey(keys[0], alg);
      expect(publicKey && verifyBytes(alg, publicKey, bytes, sig)).toBe(true);
    });

    test('published keys are public', async () => {
      const { kms, key, tenant } = await keyOf('signing');
      await kms.sign(key, bytes);
      for (const jwk of (await kms.jwks(tenant)).keys) expect(jwk).not.toHaveProperty('d');
    });

    test('the keys of one tenant are not published for another', async () => {
      const { kms, key } = await keyOf('signing');
      await kms.sign(key, bytes);
      expect(await kms.jwks(newTenant())).toEqual({ keys: [] });
    });

    test('a JWS names the very key that signed it, across a rotation', async () => {
      const { kms, key, tenant } = await keyOf('signing');
      const rules = { algorithms: ['Ed25519', 'ES256'], typ: 'a+jwt' } as const;
      const before = await signJws(kms, key, { typ: 'a+jwt', payload: 'one' });
      await kms.rotate(key);
      const after = await signJws(kms, key, { typ: 'a+jwt', payload: 'two' });
      const jwks = await kms.jwks(tenant);
      const [one, two] = [before, after].map((token) => verifyJws(token, jwks, rules));
      expect(jwks.keys.map(({ kid }) => kid)).toEqual([two?.header['kid'], one?.header['kid']]);
      expect([one, two].map((jws) => jws?.payload.toString())).toEqual(['one', 'two']);
    });
  });

  describe('macKey', () => {
    test.each(macUses)('the %s key is 32 secret bytes, the same every time', async (use) => {
      const { kms, key } = await keyOf(use);
      const [one, two] = [await kms.macKey(key), await kms.macKey(key)];
      expect([one.version, one.key.symmetricKeySize]).toEqual([1, 32]);
      expect(two.key.equals(one.key)).toBe(true);
    });

    test('tenants and uses have keys of their own', async () => {
      const kms = await opened;
      const [a, b] = [newTenant(), newTenant()];
      const refs = [a, b].flatMap((tenant) => macUses.map((use) => ({ tenant, use })));
      const keys = await Promise.all(refs.map((ref) => kms.macKey(ref)));
      expect(new Set(keys.map(({ key }) => key.export().toString('hex'))).size).toBe(refs.length);
    });

    test('after a rotation both versions are there, the new one by default', async () => {
      const { kms, key } = await keyOf('pseudonym');
      const old = await kms.macKey(key);
      await kms.rotate(key);
      const current = await kms.macKey(key);
      expect(current.version).toBe(2);
      expect(current.key.equals(old.key)).toBe(false);
      expect((await kms.macKey(key, 1)).key.equals(old.key)).toBe(true);
      await expect(kms.macKey(key, 3)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    });
  });

  describe('destroy', () => {
    test('what a destroyed version wrapped is gone, and the other versions stay', async () => {
      const { kms, key, tenant } = await keyOf('data');
      const one = await kms.wrap(key, dataKey, contextOf(tenant));
      await kms.rotate(key);
      const two = await kms.wrap(key, dataKey, contextOf(tenant));
      await kms.destroy(key, 1);
      const attempt = kms.unwrap(one, contextOf(tenant));
      await expect(attempt).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
      expect(await kms.unwrap(two, contextOf(tenant))).toEqual(dataKey);
    });

    test('without a version all go, and the next use never gets an old number', async () => {
      const { kms, key } = await keyOf('link');
      const old = await kms.macKey(key);
      await kms.rotate(key);
      await kms.destroy(key);
      await expect(kms.macKey(key, 1)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
      const fresh = await kms.macKey(key);
      expect(fresh.version).toBe(3);
      expect(fresh.key.equals(old.key)).toBe(false);
    });

    test('a destroyed signing key is no longer published', async () => {
      const { kms, key, tenant } = await keyOf('signing');
      await kms.sign(key, bytes);
      await kms.destroy(key);
      expect(await kms.jwks(tenant)).toEqual({ keys: [] });
    });

    test('to destroy twice, or what never was, is no error', async () => {
      const { kms, key } = await keyOf('audit');
      await kms.macKey(key);
      await kms.destroy(key, 1);
      await kms.destroy(key, 1);
      await kms.destroy({ ...key, tenant: newTenant() });
      expect((await kms.macKey(key)).version).toBe(2);
    });
  });

  test('a key does no other work than its own', async () => {
    const { kms, tenant } = await keyOf('data');
    const refused = { code: 'KEY_USE_INVALID' };
    const others = (mine: readonly KeyUse[]) =>
      Object.values(KeyUse).filter((use) => !mine.includes(use));
    for (const use of others(['data'])) {
      const attempt = kms.wrap({ tenant, use }, dataKey, contextOf(tenant));
      await expect(attempt).rejects.toMatchObject(refused);
    }
    for (const use of others(['signing'])) {
      await expect(kms.sign({ tenant, use }, bytes)).rejects.toMatchObject(refused);
    }
    for (const use of others(macUses)) {
      await expect(kms.macKey({ tenant, use })).rejects.toMatchObject(refused);
    }
  });

  test('an empty tenant has no keys', async () => {
    const attempt = (await opened).macKey({ tenant: '', use: 'link' });
    await expect(attempt).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
  });
});
