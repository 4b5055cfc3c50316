// Link tokens: good for one message, one audience, and a short time.
import { createSecretKey } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { linkTokenMessageId, makeLinkToken, readLinkToken } from '../../../crypto/link-token.ts';
import { codeOf } from './vectors.ts';

const key = createSecretKey(Buffer.alloc(32, 7));
const expiresAt = 1_800_000_000_000;
const grant = { messageId: 'msg_01h455vb4pex5vsknk084sn02q', audience: 'page', expiresAt };
const expected = { audience: 'page', now: expiresAt - 1 };
const token = makeLinkToken(key, grant);

test('a token is short, URL-safe, and the same for the same grant', () => {
  // Computed apart from this code.
  expect(token).toBe('msg_01h455vb4pex5vsknk084sn02q.a0nSAOAGCuI8ze7FSFTkO6rVxNE');
  expect(encodeURIComponent(token)).toBe(token);
});

test('a token grants what it was made for until it expires', () => {
  expect(readLinkToken(key, token, expected)).toEqual(grant);
  const late = { ...expected, now: expiresAt };
  expect(codeOf(() => readLinkToken(key, token, late))).toBe('TOKEN_EXPIRED');
});

test('the message id can be read before the key is known', () => {
  expect(linkTokenMessageId(token)).toBe(grant.messageId);
});

test('another audience, key or message is refused', () => {
  const other = createSecretKey(Buffer.alloc(32, 8));
  const renamed = token.replace('02q', '02r');
  expect(codeOf(() => readLinkToken(key, token, { ...expected, audience: 'file' }))).toBe(
    'SIGNATURE_INVALID',
  );
  expect(codeOf(() => readLinkToken(other, token, expected))).toBe('SIGNATURE_INVALID');
  expect(codeOf(() => readLinkToken(key, renamed, expected))).toBe('SIGNATURE_INVALID');
});

test('every changed bit after the id is refused, the expiry too', () => {
  const [id = '', encoded = ''] = token.split('.');
  const bytes = Buffer.from(encoded, 'base64url');
  for (let bit = 0; bit < bytes.byteLength * 8; bit += 1) {
    const changed = Buffer.from(bytes);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    const forged = `${id}.${changed.toString('base64url')}`;
    expect(codeOf(() => readLinkToken(key, forged, expected))).toBe('SIGNATURE_INVALID');
  }
});

test.each([
  '',
  '.',
  token.slice(0, -1),
  `${token}A`,
  ` ${token}`,
  `${token}\n`,
  token.replace('.', '..'),
  token.replace('msg_', 'msg/'),
])('the text %j is no link token', (text) => {
  expect(codeOf(() => readLinkToken(key, text, expected))).toBe('TOKEN_INVALID');
});

test.each([
  ['an id that is not URL-safe', { messageId: 'a b' }],
  ['an empty id', { messageId: '' }],
  ['an id of 65 characters', { messageId: 'a'.repeat(65) }],
  ['an expiry before 1970', { expiresAt: -1 }],
  ['an expiry after 2106', { expiresAt: 2 ** 32 * 1000 }],
  ['an expiry that is no number', { expiresAt: Number.NaN }],
])('%s is refused', (_, difference) => {
  expect(codeOf(() => makeLinkToken(key, { ...grant, ...difference }))).toBe('ARGUMENT_INVALID');
});
