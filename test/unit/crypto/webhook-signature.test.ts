// Standard Webhooks: the specification's vector, rotation, and replays.
import { describe, expect, test } from '@jest/globals';
import {
  makeWebhookSecret,
  signWebhook,
  verifyWebhook,
} from '../../../crypto/webhook-signature.ts';
import { codeOf, readVectors } from './vectors.ts';

interface Vectors {
  readonly sign: {
    secret: string;
    id: string;
    timestamp: number;
    payload: string;
    expected: string;
  };
  readonly must_reject_signatures: readonly string[];
  readonly rotation_header_must_accept: string;
}
const vectors = readVectors<Vectors>('standard-webhooks/vectors.json');
const { secret, id, timestamp, payload, expected } = vectors.sign;
const webhook = { id, timestamp: String(timestamp), body: payload };
const now = timestamp * 1000;
const verify = (signature: string, secrets = [secret], at = now) =>
  codeOf(() => verifyWebhook(secrets, { ...webhook, signature }, at));

test('the signature is that of the specification', () => {
  expect(signWebhook([secret], webhook)).toBe(expected);
  expect(verify(expected)).toBeNull();
});

test.each(vectors.must_reject_signatures)('the signature %j is refused', (signature) => {
  expect(verify(signature)).toBe('SIGNATURE_INVALID');
});

test('one good signature among foreign ones is enough', () => {
  const header = vectors.rotation_header_must_accept.replace('<valid v1 signature>', expected);
  expect(header).toContain(expected);
  expect(verify(header)).toBeNull();
});

describe('rotation', () => {
  const next = makeWebhookSecret();
  const both = signWebhook([next, secret], webhook);

  test('a sender with two secrets is believed by receivers with either', () => {
    expect(both.split(' ').length).toBe(2);
    expect(verify(both, [secret])).toBeNull();
    expect(verify(both, [next])).toBeNull();
    expect(verify(both, [makeWebhookSecret()])).toBe('SIGNATURE_INVALID');
  });

  test('a receiver with two secrets believes senders with either', () => {
    expect(verify(expected, [next, secret])).toBeNull();
  });
});

describe('refused', () => {
  test.each([
    ['another body', { body: `${payload} ` }],
    ['another id', { id: 'msg_other' }],
    ['another time', { timestamp: String(timestamp + 1) }],
    ['a time with white space', { timestamp: ` ${timestamp}` }],
    ['a time in exponent form', { timestamp: '1.614265330e9' }],
    ['no id', { id: '' }],
  ])('a webhook with %s is refused', (_, difference) => {
    const changed = { ...webhook, ...difference, signature: expected };
    expect(codeOf(() => verifyWebhook([secret], changed, now))).toBe('SIGNATURE_INVALID');
  });

  test('the joints of the signed text cannot be moved', () => {
    // `id.time.body` reads the same when a part of the body is passed off as the time, or the time as a part of the id.
    const signed = { ...webhook, body: `${timestamp}.5.rest` };
    const signature = signWebhook([secret], signed);
    const moved = [
      { id: `${id}.${timestamp}`, timestamp: String(timestamp), body: '5.rest' },
      { id, timestamp: `${timestamp}.${timestamp}`, body: '5.rest' },
      { id, timestamp: `${timestamp}.${timestamp}.5`, body: 'rest' },
    ];
    for (const parts of moved) {
      const attempt = () => verifyWebhook([secret], { ...parts, signature }, now);
      expect(codeOf(attempt)).toBe('SIGNATURE_INVALID');
    }
    const fraction = signWebhook([secret], { ...webhook, body: '5.rest' });
    const later = { id, timestamp: `${timestamp}.5`, body: 'rest', signature: fraction };
    expect(codeOf(() => verifyWebhook([secret], later, now))).toBe('SIGNATURE_INVALID');
  });

  test('a good signature under an unknown version does not count', () => {
    expect(verify(expected.replace('v1', 'v2'))).toBe('SIGNATURE_INVALID');
  });

  test.each([
    [-300, null],
    [300, null],
    [-301, 'TOKEN_EXPIRED'],
    [301, 'TOKEN_EXPIRED'],
  ])('%i seconds from now: %s', (seconds, code) => {
    expect(verify(expected, [secret], now + seconds * 1000)).toBe(code);
  });

  test.each([
    ['no secret', []],
    ['17 secrets', Array<string>(17).fill(secret)],
    ['a secret without its prefix', [secret.slice(6)]],
    ['a short secret', ['whsec_AAAA']],
    ['a secret of another alphabet', [`whsec_${'-'.repeat(40)}`]],
  ])('%s is our mistake', (_, secrets) => {
    expect(codeOf(() => signWebhook(secrets, webhook))).toBe('ARGUMENT_INVALID');
    expect(verify(expected, secrets)).toBe('ARGUMENT_INVALID');
  });

  test('an id with a dot is not signed, since the signed text would be ambiguous', () => {
    const dotted = { ...webhook, id: 'msg.1' };
    expect(codeOf(() => signWebhook([secret], dotted))).toBe('ARGUMENT_INVALID');
  });
});

test('fresh secrets have 32 bytes and differ', () => {
  const [one, two] = [makeWebhookSecret(), makeWebhookSecret()];
  expect(one).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(one).not.toBe(two);
});
