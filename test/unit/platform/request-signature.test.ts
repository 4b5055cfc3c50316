// The signature on operations between processes: only the very operation, for its audience, fresh, and once.
import { describe, expect, it } from '@jest/globals';
import {
  createSigner,
  createVerifier,
  type SignatureKeys,
  type SignedOperation,
} from '../../../platform/request-signature.ts';

const OLD = Buffer.alloc(32, 1);
const NEW = Buffer.alloc(32, 2);
const T0 = 1_800_000_000_000;
const principal = {
  tenantId: 'acme',
  subject: 'user-1',
  scopes: ['a', 'b'],
  expiresAt: T0 / 1000 + 60,
};
const scope = { requestId: 'request-1' };
const operation: SignedOperation = {
  query: 'query Q($a: Int, $b: Int) { f(a: $a, b: $b) }',
  variables: { a: 1, b: { c: [1, null, 'x'], d: true } },
  operationName: 'Q',
};

let ids = 0;
const newId = () => `id-${(ids += 1)}`;

function signAt(now: number, keys: SignatureKeys = [OLD], audience = 'books') {
  return createSigner({ keys, clock: { now: () => now }, newId })(operation, {
    audience,
    principal,
    scope,
  });
}

function verifyAt(now: number, keys: SignatureKeys = [OLD]) {
  return createVerifier({ audience: 'books', keys, clock: { now: () => now } });
}

const refusal = expect.objectContaining({ code: 'UNAUTHENTICATED' });

describe('a signature', () => {
  it('carries the principal and the request to its audience', () => {
    expect(verifyAt(T0)(operation, signAt(T0))).toEqual({ principal, scope });
  });

  it('holds for the same variables in another order of keys', () => {
    const reordered = { ...operation, variables: { b: { d: true, c: [1, null, 'x'] }, a: 1 } };
    expect(verifyAt(T0)(reordered, signAt(T0)).principal).toEqual(principal);
  });

  it('holds after variables went through JSON', () => {
    const sent = { query: '{ a }', variables: { at: new Date(T0), none: undefined, zero: -0 } };
    const sign = createSigner({ keys: [OLD], clock: { now: () => T0 }, newId });
    const signature = sign(sent, { audience: 'books', principal, scope });
    const received = JSON.parse(JSON.stringify(sent)) as SignedOperation;
    expect(verifyAt(T0)(received, signature).scope).toEqual(scope);
  });

  const altered: [string, Partial<SignedOperation>][] = [
    ['query', { query: operation.query.replace('f(', 'g(') }],
    ['variable', { variables: { a: 2, b: { c: [1, null, 'x'], d: true } } }],
    ['missing variable', { variables: { a: 1 } }],
    ['removed set of variables', { variables: null }],
    ['operation name', { operationName: null }],
  ];
  it.each(altered)('is refused for another %s', (_what, change) => {
    const signature = signAt(T0);
    expect(() => verifyAt(T0)({ ...operation, ...change }, signature)).toThrow(refusal);
  });

  it('is refused by another audience', () => {
    expect(() => verifyAt(T0)(operation, signAt(T0, [OLD], 'authors'))).toThrow(refusal);
  });

  it.each([
    ['is taken at the edge of the tolerance', 30_000, true],
    ['is refused when it is stale', 30_001, false],
    ['is taken from a clock that is a little ahead', -30_000, true],
    ['is refused when it comes from the future', -30_001, false],
  ])('%s', (_what, ageMs, taken) => {
    const verify = () => verifyAt(T0)(operation, signAt(T0 - ageMs));
    if (taken) expect(verify()).toEqual({ principal, scope });
    else expect(verify).toThrow(refusal);
  });

  it('is refused once the principal has expired', () => {
    const late = T0 + 95_000;
    expect(() => verifyAt(late)(operation, signAt(late))).toThrow(refusal);
  });

  it('is refused the second time, for as long as it would be fresh', () => {
    let now = T0;
    const verify = createVerifier({ audience: 'books', keys: [OLD], clock: { now: () => now } });
    now = T0 + 59_999;
    const signature = signAt(now + 30_000);
    verify(operation, signature);
    for (const later of [0, 1, 30_000, 59_999]) {
      now = T0 + 59_999 + later;
      expect(() => verify(operation, signature)).toThrow(refusal);
    }
  });

  it('of the next key is taken while keys change, and of a removed key is not', () => {
    expect(verifyAt(T0, [NEW, OLD])(operation, signAt(T0, [OLD])).scope).toEqual(scope);
    expect(verifyAt(T0, [OLD, NEW])(operation, signAt(T0, [NEW, OLD])).scope).toEqual(scope);
    expect(() => verifyAt(T0, [NEW])(operation, signAt(T0, [OLD]))).toThrow(refusal);
  });

  const [version = '', payload = '', mac = ''] = signAt(T0).split('.');
  const flipped = (text: string) => `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`;
  const forged: [string, unknown][] = [
    ['nothing', undefined],
    ['an empty text', ''],
    ['a number', 7],
    ['an object', { toString: () => signAt(T0) }],
    ['no mac', `${version}.${payload}.`],
    ['a shorter mac', `${version}.${payload}.${mac.slice(0, -4)}`],
    ['another mac', `${version}.${payload}.${flipped(mac)}`],
    ['other claims', `${version}.${flipped(payload)}.${mac}`],
    ['another version', `v2.${payload}.${mac}`],
    ['a part too many', `${version}.${payload}.${mac}.${mac}`],
    ['an unsigned JWT', 'eyJhbGciOiJub25lIn0.e30.'],
  ];
  it.each(forged)('is refused when it is %s', (_what, signature) => {
    expect(() => verifyAt(T0)(operation, signature)).toThrow(refusal);
  });

  it('is not made or checked with a key that is too short', () => {
    expect(() => signAt(T0, [Buffer.alloc(31)])).toThrow('at least 32 bytes');
    expect(() => verifyAt(T0, [OLD, Buffer.alloc(16)])).toThrow('at least 32 bytes');
  });
});
