// Signed content inside of envelopes: from the right tenant, for the right message, and from nowhere else.
import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { parseDeviceKey } from '../../../crypto/device-key.ts';
import { signContent, verifyContent } from '../../../crypto/envelope-content.ts';
import { openEnvelope, sealEnvelope, type EnvelopeHeader } from '../../../crypto/envelope.ts';
import { signJws } from '../../../crypto/jws.ts';
import { openFileKms } from '../../../crypto/kms-file.ts';
import { parseMasterKey } from '../../../crypto/master-key.ts';
import { scratchPaths } from './scratch.ts';
import { codeOf } from './vectors.ts';

const masterKey = parseMasterKey(Buffer.alloc(32, 0xa5));
const kms = await openFileKms({ path: scratchPaths()('keystore.jwe'), masterKey });
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = publicKey.export({ format: 'jwk' });
const devices = [{ kid: parseDeviceKey(jwk).kid, jwk }];
const iat = 1_800_000_000;
const header = { iss: 'bank', sub: 'rcp_1', jti: 'msg_1', iat, exp: iat + 600, tpl: 't', tplv: 1 };
const body = { title: 'Your code', variables: { code: '123456' } };

async function deliver(content: string, sealedAs: EnvelopeHeader = header) {
  const envelope = await sealEnvelope({ header: sealedAs, content, devices });
  const expect_ = { iss: sealedAs.iss, sub: sealedAs.sub, now: iat * 1000 };
  const secret = privateKey.export({ format: 'jwk' });
  return openEnvelope(envelope, { jwk: secret, expect: expect_ });
}

test('a device reads what the tenant signed', async () => {
  const opened = await deliver(await signContent(kms, header, body));
  expect(verifyContent(opened, await kms.jwks('bank'))).toEqual(body);
});

test.each([
  ['recipient', { sub: 'rcp_2' }],
  ['message', { jti: 'msg_2' }],
  ['tenant', { iss: 'shop' }],
  ['expiry', { exp: iat + 6000 }],
])('signed content that is sealed again for another %s is refused', async (_, difference) => {
  const content = await signContent(kms, header, body);
  const opened = await deliver(content, { ...header, ...difference });
  const jwks = await kms.jwks('bank');
  expect(codeOf(() => verifyContent(opened, jwks))).toBe('TOKEN_INVALID');
});

test('content that another tenant signed is refused', async () => {
  const tenant = { tenant: 'shop', use: 'signing' } as const;
  const payload = JSON.stringify({ ...header, content: body });
  const forged = await signJws(kms, tenant, { typ: 'msg-content+jwt', payload });
  const opened = await deliver(forged);
  const jwks = await kms.jwks('bank');
  expect(codeOf(() => verifyContent(opened, jwks))).toBe('KEY_NOT_FOUND');
});

test('content without a signature is refused', async () => {
  const opened = await deliver(JSON.stringify({ ...header, content: body }));
  const jwks = await kms.jwks('bank');
  expect(codeOf(() => verifyContent(opened, jwks))).toBe('TOKEN_INVALID');
});

test('a receipt by the same key is not taken for content', async () => {
  const tenant = { tenant: 'bank', use: 'signing' } as const;
  const payload = JSON.stringify({ ...header, content: body });
  const receipt = await signJws(kms, tenant, { typ: 'consent-receipt+jwt', payload });
  const opened = await deliver(receipt);
  const jwks = await kms.jwks('bank');
  expect(codeOf(() => verifyContent(opened, jwks))).toBe('TOKEN_INVALID');
});
