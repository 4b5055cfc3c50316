// Identity providers: public keys only, and what counts as two factors.
import { expect, test } from '@jest/globals';
import {
  hasSecondFactor,
  readIdentityProvider,
} from '../../../../../subgraphs/recipients/domain/identity-provider.ts';

const key = { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: 'k1' };
const given = {
  issuer: 'https://login.acme.example/realms/people',
  clientId: 'parley',
  jwks: JSON.stringify({ keys: [key] }),
  mfaAcrValues: ['urn:acme:strong'],
};

test('an issuer with public keys is taken as it is', () => {
  const { jwks: _, ...rest } = given;
  expect(readIdentityProvider(given)).toEqual({ ...rest, jwks: { keys: [key] } });
});

test.each<[string, object]>([
  ['issuer', { issuer: 'http://login.acme.example' }],
  ['issuer', { issuer: 'https://login.acme.example?tenant=1' }],
  ['issuer', { issuer: `https://${'a'.repeat(500)}` }],
  ['clientId', { clientId: '' }],
  ['mfaAcrValues', { mfaAcrValues: [''] }],
  ['jwks', { jwks: 'keys' }],
  ['jwks', { jwks: 'null' }],
  ['jwks', { jwks: '{"keys":[]}' }],
  ['jwks', { jwks: JSON.stringify({ keys: [{ kty: 'oct', k: 'AA' }] }) }],
  ['jwks', { jwks: JSON.stringify({ keys: [{ ...key, d: 'AA' }] }) }],
  ['jwks', { jwks: JSON.stringify({ keys: Array.from({ length: 21 }, () => key) }) }],
])('a wrong %s is refused: %j', (field, wrong) => {
  expect(readIdentityProvider({ ...given, ...wrong })).toMatchObject({ field });
});

test.each<[boolean, unknown, unknown]>([
  [true, ['mfa'], undefined],
  [true, ['pwd', 'otp'], undefined],
  [true, ['hwk', 'fpt'], undefined],
  [true, ['pwd'], 'urn:acme:strong'],
  [false, ['pwd'], 'urn:acme:weak'],
  [false, ['otp'], undefined],
  [false, ['pwd', 'pin'], undefined],
  [false, ['pwd', 'sms'], undefined],
  [false, [], undefined],
  [false, 'mfa', undefined],
  [false, undefined, undefined],
  [false, undefined, ['urn:acme:strong']],
])('two factors: %s by amr %j and acr %j', (expected, amr, acr) => {
  expect(hasSecondFactor({ amr, acr }, given.mfaAcrValues)).toBe(expected);
});
