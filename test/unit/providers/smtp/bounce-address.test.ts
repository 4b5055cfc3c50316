// Return addresses: they name their attempt, fit into an envelope, and cannot be made without the key.
import { expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { attemptOf, bounceAddress, bounceKey } from '../../../../providers/smtp/bounce-address.ts';

const present = bounceKey('present-secret-of-bounces');
const old = bounceKey('old-secret-of-bounces');
const bounces = { domain: 'bounces.acme.example', keys: [present, old] } as const;
const attemptId = randomUUID();
const address = bounceAddress(attemptId, bounces);

test('an address names its attempt, in whatever case it comes back', () => {
  expect(attemptOf(address, bounces)).toBe(attemptId);
  expect(attemptOf(address.toUpperCase(), bounces)).toBe(attemptId);
});

test('its local part is as long as a local part may be', () => {
  expect(address.split('@')[0]?.length).toBeLessThanOrEqual(64);
});

test('an address of the old key is good during a rotation', () => {
  const before = bounceAddress(attemptId, { ...bounces, keys: [old] });
  expect(attemptOf(before, bounces)).toBe(attemptId);
});

test('an address of another key, attempt or domain is none of ours', () => {
  const strange = bounceAddress(attemptId, { ...bounces, keys: [bounceKey('a guessed secret')] });
  expect(attemptOf(strange, bounces)).toBeNull();
  const other = bounceAddress(randomUUID(), bounces).split('.')[0];
  expect(attemptOf(`${other}.${address.split('.').slice(1).join('.')}`, bounces)).toBeNull();
  expect(attemptOf(address.replace('acme', 'evil'), bounces)).toBeNull();
  expect(attemptOf(`${address}@${bounces.domain}`, bounces)).toBeNull();
});

test('no other text is an address of ours', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(attemptOf(text, bounces)).toBeNull();
      expect(attemptOf(`${text}@${bounces.domain}`, bounces)).toBeNull();
    }),
  );
});
