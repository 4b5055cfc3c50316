// Content keys for one device: AES key wrap against Wycheproof, ECDH-ES against another JOSE implementation.
import { createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { FlattenedEncrypt, flattenedDecrypt, importJWK, type FlattenedJWE, type JWK } from 'jose';
import {
  aesUnwrap,
  aesWrap,
  decryptContentKey,
  encryptContentKey,
} from '../../../crypto/content-key.ts';
import { parseDeviceKey, parseDevicePrivateKey } from '../../../crypto/device-key.ts';
import { openJwe, sealJwe } from '../../../crypto/jwe.ts';
import { codeOf, hex, testsOf } from './vectors.ts';

function keyPair(alg: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const secret = { ...privateKey.export({ format: 'jwk' }), alg };
  const device = parseDeviceKey({ ...publicKey.export({ format: 'jwk' }), alg });
  return { secret, device, own: parseDevicePrivateKey(secret) };
}

describe.each(['HPKE-7-KE', 'ECDH-ES+A256KW'])('%s', (alg) => {
  test('the device gets the content key back, and the header is fresh every time', async () => {
    const { device, own } = keyPair(alg);
    const contentKey = randomBytes(32);
    const [one, two] = [
      await encryptContentKey(device, contentKey),
      await encryptContentKey(device, contentKey),
    ];
    expect(one.header).not.toEqual(two.header);
    const opened = await decryptContentKey(own, { ...one.header }, one.encryptedKey);
    expect(opened.export()).toEqual(contentKey);
    const crossed = decryptContentKey(own, { ...one.header }, two.encryptedKey);
    await expect(crossed).rejects.toMatchObject({ code: 'DECRYPTION_FAILED' });
  });

  test('another device, another alg and a broken ephemeral key are refused', async () => {
    const { device } = keyPair(alg);
    const { own } = keyPair(alg);
    const { header, encryptedKey } = await encryptContentKey(device, randomBytes(32));
    const attempt = (changed: object) =>
      decryptContentKey(own, { ...header, ...changed }, encryptedKey);
    await expect(attempt({})).rejects.toMatchObject({ code: 'DECRYPTION_FAILED' });
    await expect(attempt({ alg: 'dir' })).rejects.toMatchObject({ code: 'ENVELOPE_INVALID' });
    const broken = attempt({ ek: 'AAAA', epk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } });
    await expect(broken).rejects.toMatchObject({ code: 'ENVELOPE_INVALID' });
  });

  test('a content key of another length is not encrypted', async () => {
    const attempt = encryptContentKey(keyPair(alg).device, randomBytes(16));
    await expect(attempt).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
  });
});

describe('ECDH-ES+A256KW and jose', () => {
  test('jose opens what we seal', async () => {
    const { device, secret } = keyPair('ECDH-ES+A256KW');
    const { recipients, ...shared } = await sealJwe({}, Buffer.from('text'), [device]);
    const flattened = { ...shared, ...recipients[0] } as unknown as FlattenedJWE;
    const { plaintext } = await flattenedDecrypt(flattened, await importJWK(secret as JWK));
    expect(Buffer.from(plaintext).toString()).toBe('text');
  });

  test.each([false, true])('we open what jose seals, with party info: %s', async (partyInfo) => {
    const { device, own } = keyPair('ECDH-ES+A256KW');
    const jwe = new FlattenedEncrypt(Buffer.from('text')).setProtectedHeader({
      alg: 'ECDH-ES+A256KW',
      enc: 'A256GCM',
    });
    if (partyInfo) {
      jwe.setKeyManagementParameters({ apu: Buffer.from('alice'), apv: Buffer.from('bob') });
    }
    const sealed = await jwe.encrypt(await importJWK(device.jwk as JWK));
    expect((await openJwe({ ...sealed }, own)).plaintext.toString()).toBe('text');
  });
});

test('Wycheproof AES key wrap: 32-byte keys under 32-byte keys as the vector says, all else refused', () => {
  const all = testsOf<object, Record<'key' | 'msg' | 'ct', string>>('aes_wrap_test');
  const ours = all.filter(({ test: t }) => t.key.length === 64);
  expect(ours.length).toBeGreaterThan(40);
  let wrapped = 0;
  for (const { test: t } of ours) {
    const key = createSecretKey(hex(t.key));
    if (t.result !== 'invalid' && t.msg.length === 64) {
      expect(aesUnwrap(key, hex(t.ct))).toEqual(hex(t.msg));
      expect(aesWrap(key, hex(t.msg))).toEqual(hex(t.ct));
      wrapped += 1;
    } else {
      expect([t.tcId, codeOf(() => aesUnwrap(key, hex(t.ct)))]).toEqual([
        t.tcId,
        'DECRYPTION_FAILED',
      ]);
    }
  }
  expect(wrapped).toBeGreaterThan(0);
});
