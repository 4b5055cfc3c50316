// The message envelope: its wire, who opens it, and everything that must not open.
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { decodeJsonObject, encodeBase64url } from '../../../crypto/base64url.ts';
import { parseDeviceKey, parseDevicePrivateKey } from '../../../crypto/device-key.ts';
import * as envelope from '../../../crypto/envelope.ts';
import { openJwe, sealJwe, type GeneralJwe } from '../../../crypto/jwe.ts';
import { readVectors } from './vectors.ts';

const iat = 1_800_000_000;
const header = {
  iss: 'bank',
  sub: 'rcp_1',
  jti: 'msg_1',
  iat,
  exp: iat + 600,
  tpl: 'receipt',
  tplv: 2,
};
const expected = { iss: 'bank', sub: 'rcp_1', now: iat * 1000 };

function device(alg = 'HPKE-7-KE') {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...publicKey.export({ format: 'jwk' }), alg };
  return {
    kid: parseDeviceKey(jwk).kid,
    jwk,
    secret: { ...privateKey.export({ format: 'jwk' }), alg },
  };
}
const phone = device();
const tablet = device('ECDH-ES+A256KW');
const stranger = device();
const seal = (content: Uint8Array | string = 'code 123456') =>
  envelope.sealEnvelope({ header, content, devices: [phone, tablet] });
const open = (sealed: Parameters<typeof envelope.openEnvelope>[0], jwk: object = phone.secret) =>
  envelope.openEnvelope(sealed, { jwk, expect: expected });

describe('wire', () => {
  test('the protected header has the frozen names in the frozen order', async () => {
    const sealed = await seal();
    expect(Object.keys(sealed)).toEqual(['protected', 'recipients', 'iv', 'ciphertext', 'tag']);
    const shown = Buffer.from(sealed.protected, 'base64url').toString();
    expect(shown).toBe(
      '{"enc":"A256GCM","typ":"msg-envelope+jwe","cty":"JWT","iss":"bank","sub":"rcp_1",' +
        '"jti":"msg_1","iat":1800000000,"exp":1800000600,"tpl":"receipt","tplv":2}',
    );
  });

  test('each device has an entry by the algorithm of its key', async () => {
    const { recipients } = await seal();
    expect(recipients.map((entry) => Object.keys(entry.header))).toEqual([
      ['alg', 'kid', 'ek'],
      ['alg', 'kid', 'epk'],
    ]);
    expect(recipients.map(({ header: { alg, kid } }) => [alg, kid])).toEqual([
      ['HPKE-7-KE', phone.kid],
      ['ECDH-ES+A256KW', tablet.kid],
    ]);
    const hpke = Buffer.from(recipients[0]?.encrypted_key ?? '', 'base64url');
    expect(hpke.byteLength).toBe(32 + 16);
  });

  test('nothing of the content is readable, and two envelopes share no bytes', async () => {
    const [one, two] = [await seal(), await seal()];
    expect(JSON.stringify(one)).not.toContain(encodeBase64url('123456').slice(1, -1));
    expect(one.ciphertext).not.toBe(two.ciphertext);
    expect(one.iv).not.toBe(two.iv);
  });

  test('an envelope for one device fits into a push message', async () => {
    const stripped = envelope.forDevice(await seal('x'.repeat(33)), phone.kid);
    expect(JSON.stringify(stripped).length).toBeLessThan(750);
  });
});

describe('opening', () => {
  test('every device opens it, from the general form and from its own', async () => {
    const sealed = await seal();
    for (const { kid, secret } of [phone, tablet]) {
      const general = await open(sealed, secret);
      const flattened = await open(envelope.forDevice(sealed, kid), secret);
      expect(general).toEqual({ header, content: Buffer.from('code 123456') });
      expect(flattened).toEqual(general);
    }
  });

  test('content may be empty or binary', async () => {
    expect((await open(await seal(''))).content.byteLength).toBe(0);
    const bytes = Uint8Array.of(0, 255, 128);
    expect([...(await open(await seal(bytes))).content]).toEqual([0, 255, 128]);
  });

  test('a device that is not among the recipients finds no entry', async () => {
    const sealed = await seal();
    await expect(open(sealed, stranger.secret)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    expect(() => envelope.forDevice(sealed, stranger.kid)).toThrow(
      expect.objectContaining({ code: 'KEY_NOT_FOUND' }),
    );
  });

  test('an entry that was renamed for another device does not open', async () => {
    const flattened = envelope.forDevice(await seal(), phone.kid);
    const renamed = { ...flattened, header: { ...flattened.header, kid: stranger.kid } };
    const attempt = open(renamed, stranger.secret);
    await expect(attempt).rejects.toMatchObject({ code: 'DECRYPTION_FAILED' });
  });

  test('an entry under another name is not taken, even by the device whose key it is', async () => {
    const flattened = envelope.forDevice(await seal(), phone.kid);
    const renamed = { ...flattened, header: { ...flattened.header, kid: stranger.kid } };
    await expect(open(renamed)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
  });

  test.each([
    ['another tenant', { iss: 'shop' }, 'ENVELOPE_INVALID'],
    ['another recipient', { sub: 'rcp_2' }, 'ENVELOPE_INVALID'],
    ['a time at its end', { now: (iat + 600) * 1000 }, 'ENVELOPE_EXPIRED'],
  ])('an envelope for %s is refused', async (_, difference, code) => {
    const expect_ = { ...expected, ...difference };
    const attempt = envelope.openEnvelope(await seal(), { jwk: phone.secret, expect: expect_ });
    await expect(attempt).rejects.toMatchObject({ code });
  });

  test('a changed claim is refused, although it is in the open', async () => {
    const sealed = await seal();
    const claims = { ...decodeJsonObject(sealed.protected), exp: iat + 6000 };
    const forged = { ...sealed, protected: encodeBase64url(JSON.stringify(claims)) };
    await expect(open(forged)).rejects.toMatchObject({ code: 'DECRYPTION_FAILED' });
  });

  test('parts of two envelopes for one device cannot be mixed', async () => {
    const [one, two] = [await seal('one'), await seal('two')];
    const mixes: GeneralJwe[] = [
      { ...one, recipients: two.recipients },
      { ...one, iv: two.iv },
      { ...one, tag: two.tag },
      { ...one, ciphertext: two.ciphertext },
    ];
    for (const mix of mixes) {
      await expect(open(mix)).rejects.toMatchObject({ code: 'DECRYPTION_FAILED' });
    }
  });

  test('a JWE of another type is no envelope, even if it opens', async () => {
    const { typ: _typ, ...rest } = decodeJsonObject((await seal()).protected) ?? {};
    const other = await sealJwe({ ...rest, typ: 'JWT' }, Buffer.from('x'), [
      parseDeviceKey(phone.jwk),
    ]);
    await expect(open(other)).rejects.toMatchObject({ code: 'ENVELOPE_INVALID' });
  });
});

describe('broken containers', () => {
  type Flattened = Record<'protected' | 'iv' | 'tag', string> & { readonly header: object };
  type Change = (flattened: Flattened) => object;
  const protect = (value: object) => ({ protected: encodeBase64url(JSON.stringify(value)) });
  const changes: readonly [string, Change][] = [
    ['a tag of 4 bytes', ({ tag }) => ({ tag: tag.slice(0, 6) })],
    ['an IV of 11 bytes', ({ iv }) => ({ iv: iv.slice(0, 14) })],
    ['no ciphertext', () => ({ ciphertext: undefined })],
    ['white space in the tag', ({ tag }) => ({ tag: `${tag} ` })],
    ['a header that is no object', () => ({ header: [] })],
    ['a protected header that is no JSON', () => ({ protected: 'AAAA' })],
    ['a shared unprotected header', () => ({ unprotected: {} })],
    [
      'an alg in both headers',
      (f) => protect({ ...decodeJsonObject(f.protected), alg: 'HPKE-7-KE' }),
    ],
    ['a critical extension', (f) => protect({ ...decodeJsonObject(f.protected), crit: ['x'] })],
    ['compression', (f) => protect({ ...decodeJsonObject(f.protected), zip: 'DEF' })],
    ['another cipher', (f) => protect({ ...decodeJsonObject(f.protected), enc: 'A128GCM' })],
    ["an alg that is not the key's", (f) => ({ header: { ...f.header, alg: 'ECDH-ES+A256KW' } })],
    ['a pre-shared key', (f) => ({ header: { ...f.header, psk_id: 'AA' } })],
    ['a short encapsulated key', (f) => ({ header: { ...f.header, ek: 'BAAA' } })],
  ];
  test.each(changes)('%s is refused', async (_, change) => {
    const flattened = { ...envelope.forDevice(await seal(), phone.kid) };
    const attempt = openJwe(
      { ...flattened, ...change(flattened) },
      parseDevicePrivateKey(phone.secret),
    );
    await expect(attempt).rejects.toMatchObject({ code: 'ENVELOPE_INVALID' });
  });
});

describe('sealing', () => {
  const attempt = (difference: object) =>
    envelope.sealEnvelope({ header, content: 'x', devices: [phone], ...difference });

  test.each([
    ['no device', { devices: [] }, 'ARGUMENT_INVALID'],
    ['33 devices', { devices: Array(33).fill(phone) }, 'ARGUMENT_INVALID'],
    ['one device twice', { devices: [phone, phone] }, 'DEVICE_KEY_INVALID'],
    ['a kid of another key', { devices: [{ ...phone, kid: tablet.kid }] }, 'DEVICE_KEY_INVALID'],
    ['a private key', { devices: [{ ...phone, jwk: phone.secret }] }, 'DEVICE_KEY_INVALID'],
    ['one bad device of two', { devices: [phone, { kid: 'x', jwk: {} }] }, 'DEVICE_KEY_INVALID'],
    ['an empty tenant', { header: { ...header, iss: '' } }, 'ARGUMENT_INVALID'],
    ['no time to live', { header: { ...header, exp: iat } }, 'ARGUMENT_INVALID'],
    ['content over 16 MiB', { content: new Uint8Array(16 * 1024 * 1024 + 1) }, 'ARGUMENT_INVALID'],
  ])('an envelope with %s is not made', async (_, difference, code) => {
    await expect(attempt(difference)).rejects.toMatchObject({ code });
  });

  test('32 devices get one each', async () => {
    const devices = Array.from({ length: 32 }, () => device());
    const sealed = await attempt({ devices });
    expect(sealed.recipients.map((entry) => entry.header.kid)).toEqual(
      devices.map(({ kid }) => kid),
    );
  });

  test('a header member that we do not know stays out', async () => {
    const sealed = await attempt({ header: { ...header, phone: '+14155550123' } });
    expect(decodeJsonObject(sealed.protected)).not.toHaveProperty('phone');
  });
});

test('the digest is the same for the general and each stripped form, and for no other envelope', async () => {
  const [one, two] = [await seal(), await seal()];
  const digest = envelope.envelopeDigest(one);
  expect(digest).toMatch(/^[\w-]{43}$/);
  expect(envelope.envelopeDigest(envelope.forDevice(one, tablet.kid))).toBe(digest);
  for (const part of ['protected', 'iv', 'ciphertext', 'tag'] as const) {
    const other = { ...one, [part]: part === 'protected' ? 'e30' : two[part] };
    expect(envelope.envelopeDigest(other)).not.toBe(digest);
  }
});

describe('vectors of draft-ietf-jose-hpke-encrypt', () => {
  interface Vector {
    readonly alg: string;
    readonly jwk: object;
    readonly flattened: Record<string, string>;
    readonly compact: string;
  }
  const vectors = readVectors<Vector[]>('jose-hpke/jose-vectors.json');
  const ours = vectors.filter(({ alg }) => alg === 'HPKE-7-KE');

  test('HPKE-7-KE opens in both serialisations, to the same text', async () => {
    expect(ours.length).toBe(1);
    for (const { jwk, flattened, compact } of ours) {
      const [protectedHeader, encrypted_key, iv, ciphertext, tag] = compact.split('.');
      const parts = { protected: protectedHeader, encrypted_key, iv, ciphertext, tag };
      const opened = [await openJwe(flattened, parseDevicePrivateKey(jwk))];
      opened.push(await openJwe(parts, parseDevicePrivateKey(jwk)));
      const [one, two] = opened.map(({ plaintext }) => plaintext.toString());
      expect(one).toBe(two);
      expect(one).toMatch(/^You can trust us to stick with you/);
    }
  });

  test('every other suite is refused at the key', () => {
    const others = vectors.filter(({ alg }) => alg !== 'HPKE-7-KE');
    expect(others.length).toBe(15);
    for (const { jwk } of others) {
      expect(() => parseDevicePrivateKey(jwk)).toThrow(
        expect.objectContaining({ code: 'DEVICE_KEY_INVALID' }),
      );
    }
  });
});
