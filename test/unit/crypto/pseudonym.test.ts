// Pseudonyms: the same input finds the same row, everything else stays apart.
import { createSecretKey } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { makePseudonym, parsePseudonym, type PseudonymInput } from '../../../crypto/pseudonym.ts';
import { codeOf } from './vectors.ts';

const key = createSecretKey(Buffer.alloc(32, 7));
const input: PseudonymInput = {
  keyVersion: 3,
  kind: 'msisdn',
  tenant: 't1',
  value: '+14155550123',
};
// Computed apart from this code, by the formula of the file's header.
const known = 'pn1.3.In6bq_C8EUr7jTbMi_O5sK5RiASgmDVj-4Dw6luighA';

test('a pseudonym is the keyed hash of kind, tenant and value, and names its key version', () => {
  expect(makePseudonym(key, input)).toBe(known);
});

test.each([
  ['kind', { kind: 'email' as const }],
  ['tenant', { tenant: 't2' }],
  ['value', { value: '+14155550124' }],
])('another %s gives another pseudonym', (_, difference) => {
  const { mac } = parsePseudonym(makePseudonym(key, { ...input, ...difference }));
  expect(mac).not.toEqual(parsePseudonym(known).mac);
});

test('another key gives another pseudonym', () => {
  const other = createSecretKey(Buffer.alloc(32, 8));
  expect(makePseudonym(other, input)).not.toBe(known);
});

test('parts that run together are told apart', () => {
  const one = makePseudonym(key, { ...input, tenant: 'a', value: 'bc' });
  const two = makePseudonym(key, { ...input, tenant: 'ab', value: 'c' });
  expect(one).not.toBe(two);
});

test.each([
  ['an empty value', { value: '' }],
  ['a NUL in the tenant', { tenant: 'a\0b' }],
  ['version 0', { keyVersion: 0 }],
  ['half a version', { keyVersion: 1.5 }],
])('%s is refused', (_, difference) => {
  expect(codeOf(() => makePseudonym(key, { ...input, ...difference }))).toBe('ARGUMENT_INVALID');
});

test('a short key is refused', () => {
  const short = createSecretKey(Buffer.alloc(16));
  expect(codeOf(() => makePseudonym(short, input))).toBe('ARGUMENT_INVALID');
});

test('a pseudonym is read back into version and hash', () => {
  expect(parsePseudonym(known)).toMatchObject({ keyVersion: 3 });
  expect(parsePseudonym(known).mac.byteLength).toBe(32);
});

test.each([
  '',
  'pn1',
  'pn2.3.',
  known.replace('.3.', '.03.'),
  known.replace('.3.', '.0.'),
  `${known}A`,
  known.slice(0, -1),
  `${known}\n`,
])('the text %j is no pseudonym', (text) => {
  expect(codeOf(() => parsePseudonym(text))).toBe('PSEUDONYM_INVALID');
});
