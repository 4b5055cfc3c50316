// Statements of a device: only by its key, for one purpose, tenant and device, and not for long.
import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { parseDevicePrivateKey } from '../../../crypto/device-key.ts';
import { signDeviceStatement, verifyDeviceStatement } from '../../../crypto/device-statement.ts';
import { signJwsWith } from '../../../crypto/jws.ts';
import { codeOf } from './vectors.ts';

function keyPair() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { secret: privateKey.export({ format: 'jwk' }), jwk: publicKey.export({ format: 'jwk' }) };
}
const mine = keyPair();
const now = 1_800_000_000_000;
const binding = { typ: 'device-report+jwt', aud: 'bank', sub: 'dev_1', now };
const statement = signDeviceStatement(mine.secret, binding, { battery: 'full' });
const verify = (given = statement, jwk: object = mine.jwk, difference = {}) =>
  codeOf(() => verifyDeviceStatement(given, jwk, { ...binding, ...difference }));

test('what the device said is read, with its time', () => {
  const { claims, issuedAt } = verifyDeviceStatement(statement, mine.jwk, binding);
  expect(claims['battery']).toBe('full');
  expect(issuedAt).toBe(now);
});

test('claims cannot talk about another tenant, device or time than the statement', () => {
  const lies = { aud: 'shop', sub: 'dev_2', iat: 1 };
  const { claims } = verifyDeviceStatement(
    signDeviceStatement(mine.secret, binding, lies),
    mine.jwk,
    binding,
  );
  expect(claims).toEqual({ aud: 'bank', sub: 'dev_1', iat: now / 1_000 });
});

test.each([
  ['another tenant', { aud: 'shop' }],
  ['another device', { sub: 'dev_2' }],
  ['another purpose', { typ: 'device-rotation+jwt' }],
])('a statement for %s is refused', (_, difference) => {
  expect(verify(statement, mine.jwk, difference)).toBe('TOKEN_INVALID');
});

test.each([
  [300_000, null],
  [301_000, 'TOKEN_EXPIRED'],
  [-60_000, null],
  [-61_000, 'TOKEN_EXPIRED'],
])('%i ms after it was made: %s', (ms, code) => {
  expect(verify(statement, mine.jwk, { now: now + ms })).toBe(code);
});

test('a statement of another key, without a time, of no shape or too long is refused', () => {
  const { privateKey, kid } = parseDevicePrivateKey(mine.secret);
  const { typ, aud, sub } = binding;
  const payload = JSON.stringify({ aud, sub, iat: 'now' });
  const timeless = signJwsWith(privateKey, { kid, alg: 'ES256' }, { typ, payload });
  expect(verify(statement, keyPair().jwk)).toBe('SIGNATURE_INVALID');
  expect(verify(timeless)).toBe('TOKEN_INVALID');
  expect(verify('a.b')).toBe('TOKEN_INVALID');
  expect(verify(`${statement}${'A'.repeat(8_192)}`)).toBe('TOKEN_INVALID');
});
