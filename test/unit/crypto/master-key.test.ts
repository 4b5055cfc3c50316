// The master key: the order of its sources, what counts as a key, and the key beside the keystore.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { masterKeyFrom, parseMasterKey } from '../../../crypto/master-key.ts';
import { scratchPaths } from './scratch.ts';
import { codeOf } from './vectors.ts';

const scratch = scratchPaths();
const rawKey = (fill: number): string => Buffer.alloc(32, fill).toString('base64url');
const exported = (key: { readonly key: { export(): Buffer } }): Buffer => key.key.export();

describe('sources', () => {
  function sources() {
    const credentialsDirectory = scratch('credentials');
    mkdirSync(credentialsDirectory);
    writeFileSync(join(credentialsDirectory, 'master-key'), rawKey(1));
    const masterKeyFile = scratch('file');
    writeFileSync(masterKeyFile, `${rawKey(2)}\n`);
    const besidePath = scratch('keystore.jwe');
    return {
      credentialsDirectory,
      masterKeyFile,
      masterKey: rawKey(3),
      besidePath,
      production: true,
    };
  }

  test('the credentials directory comes first, then the file, then the variable', async () => {
    const all = sources();
    const found = [
      await masterKeyFrom(all),
      await masterKeyFrom({ ...all, credentialsDirectory: undefined }),
      await masterKeyFrom({ ...all, credentialsDirectory: '', masterKeyFile: '' }),
    ];
    expect(found.map(({ source }) => source)).toEqual([
      'credentials-directory',
      'file',
      'variable',
    ]);
    expect(found.map(({ masterKey }) => exported(masterKey)[0])).toEqual([1, 2, 3]);
    expect(found.map(({ warning }) => warning)).toEqual([null, null, null]);
  });

  test('a credentials directory without our credential is passed over', async () => {
    const empty = scratch('empty');
    mkdirSync(empty);
    const { source } = await masterKeyFrom({ ...sources(), credentialsDirectory: empty });
    expect(source).toBe('file');
  });

  test('a file that is named and missing is an error, not a reason to look on', async () => {
    const all = {
      ...sources(),
      credentialsDirectory: undefined,
      masterKeyFile: scratch('missing'),
    };
    await expect(masterKeyFrom(all)).rejects.toMatchObject({ code: 'MASTER_KEY_INVALID' });
  });

  test('a directory in place of the file is an error', async () => {
    const masterKeyFile = scratch('directory');
    mkdirSync(masterKeyFile);
    const attempt = masterKeyFrom({ besidePath: scratch('k'), production: false, masterKeyFile });
    await expect(attempt).rejects.toMatchObject({ code: 'MASTER_KEY_INVALID' });
  });
});

describe('beside the keystore', () => {
  test('a first run makes a random key that only we may read, and warns', async () => {
    const besidePath = join(scratch('new'), 'deep', 'keystore.jwe');
    const { masterKey, source, warning } = await masterKeyFrom({ besidePath, production: false });
    expect([source, masterKey.kind]).toEqual(['beside', 'raw']);
    expect(warning).toMatch(/beside the keystore/);
    const path = `${besidePath}.master-key`;
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(parseMasterKey(readFileSync(path)).key.equals(masterKey.key)).toBe(true);
    expect(readdirSync(dirname(path))).toEqual(['keystore.jwe.master-key']);
  });

  test('the next run finds the same key', async () => {
    const besidePath = scratch('keystore.jwe');
    const one = await masterKeyFrom({ besidePath, production: false });
    const two = await masterKeyFrom({ besidePath, production: false });
    expect(two.masterKey.key.equals(one.masterKey.key)).toBe(true);
  });

  test('many first runs at once agree on one key', async () => {
    const besidePath = scratch('keystore.jwe');
    const runs = Array.from({ length: 8 }, () => masterKeyFrom({ besidePath, production: false }));
    const keys = (await Promise.all(runs)).map(({ masterKey }) =>
      exported(masterKey).toString('hex'),
    );
    expect(new Set(keys).size).toBe(1);
  });

  test('production refuses it, even where it already lies', async () => {
    const besidePath = scratch('keystore.jwe');
    await masterKeyFrom({ besidePath, production: false });
    const attempt = masterKeyFrom({ besidePath, production: true });
    await expect(attempt).rejects.toMatchObject({ code: 'MASTER_KEY_INVALID' });
  });
});

describe('spellings', () => {
  const bytes = Buffer.from(Array.from({ length: 32 }, (_, i) => i * 8));
  test.each([
    ['32 plain bytes', bytes],
    ['hex', Buffer.from(bytes.toString('hex'))],
    ['base64', Buffer.from(bytes.toString('base64'))],
    ['base64url with a line end', Buffer.from(`${bytes.toString('base64url')}\r\n`)],
  ])('%s are a raw key', (_, spelled) => {
    const key = parseMasterKey(spelled);
    expect(key.kind).toBe('raw');
    expect(exported(key)).toEqual(bytes);
  });

  test('a passphrase of exactly 32 letters stays a passphrase', () => {
    const key = parseMasterKey(Buffer.from('correct horse battery staple one'));
    expect(key.kind).toBe('passphrase');
    expect(exported(key).toString()).toBe('correct horse battery staple one');
  });

  test.each(['', ' ', 'fifteen letters', '\n'.repeat(40)])(
    'the passphrase %j is too weak',
    (text) => {
      expect(codeOf(() => parseMasterKey(Buffer.from(text)))).toBe('MASTER_KEY_INVALID');
    },
  );

  test('a master key prints nothing of itself', () => {
    const key = parseMasterKey(Buffer.from('correct horse battery staple'));
    expect(JSON.stringify(key)).not.toMatch(/horse/);
  });
});
