// The file KMS: its file, its master key, and several processes that share it.
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { decodeJsonObject } from '../../../crypto/base64url.ts';
import { openFileKms } from '../../../crypto/kms-file.ts';
import type { KeyRef } from '../../../crypto/kms.ts';
import { parseMasterKey } from '../../../crypto/master-key.ts';
import { scratchPaths } from './scratch.ts';

const scratch = scratchPaths();
const masterText = Buffer.alloc(32, 0xa5).toString('base64url');
const masterKey = parseMasterKey(Buffer.from(masterText));
const data: KeyRef = { tenant: 't1', use: 'data' };
const link: KeyRef = { tenant: 't1', use: 'link' };
const signing: KeyRef = { tenant: 't1', use: 'signing' };
const context = { tenant: 't1', purpose: 'column', subject: 'rcp_1' };
const dataKey = Buffer.alloc(32, 0x5a);

describe('file', () => {
  test('it appears with the first key, may be read by us alone, and leaves nothing beside it', async () => {
    const path = scratch('keystore.jwe');
    const kms = await openFileKms({ path, masterKey });
    await kms.jwks('t1');
    expect(existsSync(path)).toBe(false);
    await kms.macKey(link);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const beside = readdirSync(dirname(path)).filter((name) => name.startsWith(basename(path)));
    expect(beside).toEqual([basename(path)]);
  });

  test('it is one compact JWE, and shows neither keys nor tenants', async () => {
    const path = scratch('keystore.jwe');
    const kms = await openFileKms({ path, masterKey });
    const { key } = await kms.macKey({ tenant: 'a-bank-of-some-name', use: 'link' });
    const text = readFileSync(path, 'utf8');
    expect(decodeJsonObject(text.split('.')[0])).toMatchObject({ alg: 'A256KW', enc: 'A256GCM' });
    expect(text.trim().split('.').length).toBe(5);
    const plain = Buffer.from(text, 'base64url').toString('latin1');
    expect(plain).not.toContain('a-bank-of-some-name');
    expect(text).not.toContain(key.export().toString('base64url'));
  });

  test('its keys are there again after a restart', async () => {
    const path = scratch('keystore.jwe');
    const before = await openFileKms({ path, masterKey });
    const wrapped = await before.wrap(data, dataKey, context);
    const signed = await before.sign(signing, Buffer.from('x'));
    const after = await openFileKms({ path, masterKey });
    expect(await after.unwrap(wrapped, context)).toEqual(dataKey);
    expect((await after.jwks('t1')).keys.map(({ kid }) => kid)).toEqual([signed.kid]);
    expect((await after.macKey(link)).version).toBe(1);
  });

  test('destroyed keys are out of the file', async () => {
    const path = scratch('keystore.jwe');
    const kms = await openFileKms({ path, masterKey });
    await kms.macKey(link);
    const before = statSync(path).size;
    await kms.destroy(link);
    expect(statSync(path).size).toBeLessThan(before);
    const reopened = await openFileKms({ path, masterKey });
    await expect(reopened.macKey(link, 1)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    expect((await reopened.macKey(link)).version).toBe(2);
  });
});

describe('refused at opening', () => {
  async function made(): Promise<string> {
    const path = scratch('keystore.jwe');
    await (await openFileKms({ path, masterKey })).macKey(link);
    return path;
  }

  test.each([
    ['another raw key', Buffer.alloc(32, 0xa6)],
    ['a passphrase', Buffer.from('correct horse battery staple')],
  ])('%s does not open it', async (_, other) => {
    const attempt = openFileKms({ path: await made(), masterKey: parseMasterKey(other) });
    await expect(attempt).rejects.toMatchObject({ code: 'MASTER_KEY_INVALID' });
  });

  test('a file that others may read is not used', async () => {
    const path = await made();
    chmodSync(path, 0o640);
    const attempt = openFileKms({ path, masterKey });
    await expect(attempt).rejects.toMatchObject({ code: 'KEYSTORE_INVALID' });
  });

  test('a file that is cut short is damaged, and not taken for an empty one', async () => {
    const path = await made();
    for (const length of [0, 10, readFileSync(path).byteLength - 40]) {
      writeFileSync(path, readFileSync(path).subarray(0, length));
      const attempt = openFileKms({ path, masterKey });
      await expect(attempt).rejects.toMatchObject({ name: 'CryptoError' });
    }
  });
});

test('a passphrase opens what it made, slowly derived', async () => {
  const path = scratch('keystore.jwe');
  const passphrase = parseMasterKey(Buffer.from('correct horse battery staple'));
  const kms = await openFileKms({ path, masterKey: passphrase });
  const { key } = await kms.macKey(link);
  const header = decodeJsonObject(readFileSync(path, 'utf8').split('.')[0]);
  expect(header).toMatchObject({ alg: 'PBES2-HS512+A256KW', p2c: 210_000 });
  const again = await openFileKms({ path, masterKey: passphrase });
  expect((await again.macKey(link)).key.equals(key)).toBe(true);
});

describe('shared', () => {
  test('a change by one is a change for all who have the file open', async () => {
    const path = scratch('keystore.jwe');
    const one = await openFileKms({ path, masterKey });
    const two = await openFileKms({ path, masterKey });
    const wrapped = await one.wrap(data, dataKey, context);
    expect(await two.unwrap(wrapped, context)).toEqual(dataKey);
    expect(await two.rotate(data)).toBe(2);
    expect((await one.wrap(data, dataKey, context)).version).toBe(2);
    await two.destroy(data, 1);
    await expect(one.unwrap(wrapped, context)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
  });

  test('many first uses at once make one key each', async () => {
    const kms = await openFileKms({ path: scratch('keystore.jwe'), masterKey });
    const uses = Array.from({ length: 12 }, (_, i) =>
      kms.macKey({ tenant: `t${i % 3}`, use: 'link' }),
    );
    const keys = (await Promise.all(uses)).map(
      ({ version, key }) => `${version} ${key.export().toString('hex')}`,
    );
    expect(new Set(keys).size).toBe(3);
    expect(keys.every((key) => key.startsWith('1 '))).toBe(true);
  });

  test('five hundred first uses at once wait for one making, however slow', async () => {
    const passphrase = parseMasterKey(Buffer.from('correct horse battery staple'));
    const kms = await openFileKms({ path: scratch('keystore.jwe'), masterKey: passphrase });
    const wrapped = await Promise.all(
      Array.from({ length: 500 }, () => kms.wrap(data, dataKey, context)),
    );
    expect(new Set(wrapped.map(({ keyId }) => keyId)).size).toBe(1);
  });

  test('several processes make keys at once: none is lost, and all agree', async () => {
    const path = scratch('keystore.jwe');
    const processes = ['a', 'b', 'c'].map((name) => runOther(path, name));
    const seen = await Promise.all(processes);
    const kms = await openFileKms({ path, masterKey });
    const common = (await kms.macKey({ tenant: 'common', use: 'link' })).key
      .export()
      .toString('hex');
    expect(seen.map((other) => other.common)).toEqual([common, common, common]);
    for (const other of seen) {
      for (const [tenant, key] of Object.entries(other.own)) {
        const found = await kms.macKey({ tenant, use: 'link' }, 1);
        expect(found.key.export().toString('hex')).toBe(key);
      }
    }
    const versions = seen.flatMap((other) => other.rotated).toSorted((left, right) => left - right);
    expect(versions).toEqual([1, 2, 3, 4, 5, 6]);
  }, 30_000);
});

interface Seen {
  readonly common: string;
  readonly own: Readonly<Record<string, string>>;
  readonly rotated: readonly number[];
}

/** Another process that makes five keys of its own, one that all make, and rotates one that all rotate. */
async function runOther(path: string, name: string): Promise<Seen> {
  const folder = new URL('../../../crypto/', import.meta.url);
  const script = `
    import { openFileKms } from '${new URL('kms-file.js', folder).href}';
    import { parseMasterKey } from '${new URL('master-key.js', folder).href}';
    const masterKey = parseMasterKey(Buffer.from('${masterText}'));
    const kms = await openFileKms({ path: ${JSON.stringify(path)}, masterKey });
    const hexOf = async (tenant) => (await kms.macKey({ tenant, use: 'link' })).key.export().toString('hex');
    const common = await hexOf('common');
    const own = {};
    for (let i = 0; i < 5; i += 1) own['${name}' + i] = await hexOf('${name}' + i);
    const rotated = [];
    for (let i = 0; i < 2; i += 1) rotated.push(await kms.rotate({ tenant: 'all', use: 'signing' }));
    console.log(JSON.stringify({ common, own, rotated }));
  `;
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script]);
  return JSON.parse(stdout) as Seen;
}
