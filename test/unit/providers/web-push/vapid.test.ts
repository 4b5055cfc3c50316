// Who sends, to push services: tokens for each, renewed in time, and keys in both spellings.
import { expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { decodeJwt } from 'jose';
import { ConfigurationError } from '../../../../platform/config.ts';
import { createPushHosts } from '../../../../providers/web-push/hosts.ts';
import {
  applicationServerKeyOf,
  createVapid,
  readVapidKey,
} from '../../../../providers/web-push/vapid.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const HOUR_MS = 3_600_000;

const tokenIn = (authorization: string): string =>
  authorization.slice('vapid t='.length).split(',')[0] ?? '';

test('a token is for one service, and renewed before it expires', async () => {
  const clock = { time: Date.parse('2026-11-20T12:00:00Z'), now: () => clock.time };
  const vapid = createVapid(privateKey, 'mailto:push@acme.example', clock);
  const at = async (origin: string) => tokenIn(await vapid.authorizationFor(origin));
  const first = await at('https://one.example');
  expect(decodeJwt(first)).toEqual({
    sub: 'mailto:push@acme.example',
    aud: 'https://one.example',
    exp: (clock.time + 12 * HOUR_MS) / 1_000,
  });
  expect(decodeJwt(await at('https://two.example')).aud).toBe('https://two.example');
  clock.time += 11 * HOUR_MS - 1;
  expect(await at('https://one.example')).toBe(first);
  clock.time += 1;
  const second = await at('https://one.example');
  expect(decodeJwt(second).exp).toBe((clock.time + 12 * HOUR_MS) / 1_000);
});

test('a key is read as PEM, with its lines in one, and as the text that tools print', () => {
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const { d = '' } = privateKey.export({ format: 'jwk' });
  const read = [pem, pem.trim().replaceAll('\n', '\\n'), d, ` ${d}\n`].map((text) =>
    applicationServerKeyOf(readVapidKey(text, 'KEY')),
  );
  expect(new Set(read)).toEqual(new Set([applicationServerKeyOf(privateKey)]));
});

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;

test.each([
  ['nothing', ''],
  ['an RSA key', rsa.export({ type: 'pkcs8', format: 'pem' }).toString()],
  ['a key on another curve', p384.export({ type: 'pkcs8', format: 'pem' }).toString()],
  ['a short scalar', Buffer.alloc(31, 1).toString('base64url')],
  ['a scalar beyond the curve', Buffer.alloc(32, 0xff).toString('base64url')],
])('%s is no key, and is not repeated in the error', (_, text) => {
  const read = () => readVapidKey(text, 'WEB_PUSH_VAPID_KEY');
  expect(read).toThrow(ConfigurationError);
  expect(read).toThrow(/^WEB_PUSH_VAPID_KEY must be/);
});

test.each([
  ['fcm.googleapis.com', true],
  ['updates.push.services.mozilla.com', true],
  ['web.push.apple.com', true],
  ['wns2-par02p.notify.windows.com', true],
  ['push.apple.com.evil.example', false],
  ['evilpush.apple.com', false],
  ['fcm.googleapis.com:8443', false],
  ['127.0.0.1', false],
])('without a word of anybody, %s is admitted: %s', (host, admitted) => {
  expect(createPushHosts('').admits(host)).toBe(admitted);
});

test('a host that was configured is admitted with its port alone, and is our own', () => {
  const hosts = createPushHosts('push.acme.example, 127.0.0.1:8443,');
  const judged = ['push.acme.example', '127.0.0.1:8443', '127.0.0.1', '', 'fcm.googleapis.com'].map(
    (host) => [hosts.admits(host), hosts.isOwn(host)],
  );
  expect(judged).toEqual([
    [true, true],
    [true, true],
    [false, false],
    [false, false],
    [true, false],
  ]);
});
