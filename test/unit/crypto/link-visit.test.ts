// Visitors of a link: unguessable, known by a MAC, and a form token that fits one link in one browser alone.
import { createSecretKey, randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import {
  drawVisitor,
  formToken,
  isFormToken,
  isVisitorSecret,
  visitMac,
} from '../../../crypto/link-visit.ts';

const key = createSecretKey(randomBytes(32));
const visitor = { link: 'att-1', secret: drawVisitor() };
const token = formToken(key, visitor);

test('a visitor is 256 bits that never come twice', () => {
  const drawn = Array.from({ length: 100 }, drawVisitor);
  expect(new Set(drawn).size).toBe(100);
  for (const secret of drawn) {
    expect(isVisitorSecret(secret)).toBe(true);
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  }
});

test.each(['', 'x', `${'a'.repeat(42)}!`, 'a'.repeat(44), `${'a'.repeat(43)}\n`])(
  'what has another shape is no visitor: %j',
  (text) => {
    expect(isVisitorSecret(text)).toBe(false);
  },
);

test('a form token fits its key, link and browser, and nothing else', () => {
  expect(isFormToken(key, visitor, token)).toBe(true);
  expect(isFormToken(key, { ...visitor, link: 'att-2' }, token)).toBe(false);
  expect(isFormToken(key, { ...visitor, secret: drawVisitor() }, token)).toBe(false);
  expect(isFormToken(createSecretKey(randomBytes(32)), visitor, token)).toBe(false);
  for (const other of [
    '',
    token.slice(1),
    `${token}=`,
    visitMac(key, visitor).toString('base64url'),
  ]) {
    expect(isFormToken(key, visitor, other)).toBe(false);
  }
});

test('what stands at rest is neither the secret nor the form token', () => {
  const mac = visitMac(key, visitor);
  expect(mac).toHaveLength(32);
  expect(mac.toString('base64url')).not.toBe(visitor.secret);
  expect(mac.toString('base64url')).not.toBe(token);
  expect(visitMac(key, { ...visitor, link: 'att-2' })).not.toEqual(mac);
});
