// HPKE: our primitives under the package's protocol, against RFC 9180 and against the package's own primitives.
import { createECDH, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { expect, test } from '@jest/globals';
import * as stock from 'hpke';
import { encodeBase64url } from '../../../crypto/base64url.ts';
import { hpkeOpen, hpkePrivateKey, hpkeSeal, hpkeSuite } from '../../../crypto/hpke.ts';
import { importPoint, importPrivateJwk, pointOf } from '../../../crypto/p256.ts';
import { hex, readVectors } from './vectors.ts';

interface Vector {
  readonly mode: number;
  readonly info: string;
  readonly enc: string;
  readonly pkRm: string;
  readonly skRm: string;
  readonly psk?: string;
  readonly psk_id?: string;
  readonly encryptions: readonly Record<'aad' | 'ct' | 'pt', string>[];
  readonly exports: readonly { exporter_context: string; L: number; exported_value: string }[];
}
const vectors = readVectors<Vector[]>('hpke-rfc9180/p256-hkdfsha256-aes256gcm.json.gz');
const info = Buffer.from('info');
const oracle = new stock.CipherSuite(
  stock.KEM_DHKEM_P256_HKDF_SHA256,
  stock.KDF_HKDF_SHA256,
  stock.AEAD_AES_256_GCM,
);

test.each(vectors)(
  'RFC 9180 vector, mode $mode: every message opens and every export fits',
  async (v) => {
    const psk = v.psk && v.psk_id ? { psk: hex(v.psk), pskId: hex(v.psk_id) } : {};
    const options = { info: hex(v.info), ...psk };
    const recipient = hpkePrivateKey(privateKeyOf(v));
    const context = await hpkeSuite.SetupRecipient(recipient, hex(v.enc), options);
    expect(v.encryptions.length).toBe(257);
    for (const { aad, ct, pt } of v.encryptions) {
      expect(Buffer.from(await context.Open(hex(ct), hex(aad)))).toEqual(hex(pt));
    }
    for (const { exporter_context, L, exported_value } of v.exports) {
      const exported = await context.Export(hex(exporter_context), L);
      expect(Buffer.from(exported)).toEqual(hex(exported_value));
    }
  },
);

test('the stock primitives open what ours seal, and the other way round', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ours = await hpkeSeal(pointOf(publicKey), info, Buffer.from('one'));
  const theirKey = await crypto.subtle.importKey(
    'jwk',
    privateKey.export({ format: 'jwk' }),
    { name: 'ECDH', namedCurve: 'P-256' },
    true,
    ['deriveBits'],
  );
  expect(Buffer.from(await oracle.Open(theirKey, ours.enc, ours.ciphertext, { info }))).toEqual(
    Buffer.from('one'),
  );
  const theirs = await oracle.Seal(
    await oracle.DeserializePublicKey(pointOf(publicKey)),
    Buffer.from('two'),
    { info },
  );
  const sealed = { enc: theirs.encapsulatedSecret, ciphertext: theirs.ciphertext };
  expect(Buffer.from(await hpkeOpen(privateKey, info, sealed))).toEqual(Buffer.from('two'));
});

test('another key, another info, another encapsulated key and changed bytes do not open', async () => {
  const [mine, other] = [0, 1].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }));
  const sealed = await hpkeSeal(pointOf(mine!.publicKey), info, Buffer.from('text'));
  const { enc } = await hpkeSeal(pointOf(mine!.publicKey), info, Buffer.from('text'));
  const changed = Buffer.from(sealed.ciphertext);
  changed[0]! ^= 1;
  const attempts = [
    hpkeOpen(other!.privateKey, info, sealed),
    hpkeOpen(mine!.privateKey, Buffer.from('other'), sealed),
    hpkeOpen(mine!.privateKey, info, { ...sealed, enc }),
    hpkeOpen(mine!.privateKey, info, { ...sealed, enc: Buffer.alloc(65, 4) }),
    hpkeOpen(mine!.privateKey, info, { ...sealed, enc: enc.subarray(1) }),
    hpkeOpen(mine!.privateKey, info, { ...sealed, ciphertext: changed }),
    hpkeOpen(mine!.privateKey, info, { ...sealed, ciphertext: new Uint8Array() }),
  ];
  for (const attempt of attempts) {
    await expect(attempt).rejects.toMatchObject({ code: 'DECRYPTION_FAILED' });
  }
});

test('a key of another curve, and a point beside the curve, cannot be sealed to', async () => {
  const beside = Buffer.from(pointOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey));
  beside[64]! ^= 1;
  for (const point of [createECDH('secp384r1').generateKeys(), beside, Buffer.alloc(0)]) {
    const attempt = hpkeSeal(point, info, Buffer.from('text'));
    await expect(attempt).rejects.toMatchObject({ code: 'DEVICE_KEY_INVALID' });
  }
});

function privateKeyOf({ pkRm, skRm }: Vector): KeyObject {
  const publicKey = importPoint(hex(pkRm));
  const members: JsonWebKey = {
    ...publicKey?.export({ format: 'jwk' }),
    d: encodeBase64url(hex(skRm)),
  };
  const key = importPrivateJwk(members);
  if (key === null) throw new Error('the vector has no usable private key');
  return key;
}
