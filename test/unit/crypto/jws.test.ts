// Compact JWS: what verifies, and every way around it that must fail.
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { encodeBase64url } from '../../../crypto/base64url.ts';
import { signJwsWith, verifyJws } from '../../../crypto/jws.ts';
import { publicSigningJwk } from '../../../crypto/signature.ts';
import { codeOf, readVectors, type Wycheproof } from './vectors.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const jwk = publicSigningJwk('Ed25519', publicKey);
const other = publicSigningJwk('Ed25519', generateKeyPairSync('ed25519').publicKey);
const jwks = { keys: [other, jwk] };
const rules = { algorithms: ['Ed25519', 'ES256'], typ: 'a+jwt' } as const;
const token = signJwsWith(privateKey, jwk, { typ: 'a+jwt', payload: '{"n":1}' });
const [head = '', body = '', sig = ''] = token.split('.');
const headed = (header: object) => `${encodeBase64url(JSON.stringify(header))}.${body}.${sig}`;

test('a token verifies by the key that it names', () => {
  const { header, payload } = verifyJws(token, jwks, rules);
  expect(header).toEqual({ alg: 'Ed25519', kid: jwk.kid, typ: 'a+jwt' });
  expect(payload.toString()).toBe('{"n":1}');
});

test('a payload may be empty', () => {
  const empty = signJwsWith(privateKey, jwk, { typ: 'a+jwt', payload: '' });
  expect(verifyJws(empty, jwks, rules).payload.byteLength).toBe(0);
});

describe('refused', () => {
  const lastLetter = sig.endsWith('A') ? 'B' : String.fromCharCode(sig.charCodeAt(85) + 1);
  test.each([
    ['another type', headed({ alg: 'Ed25519', kid: jwk.kid, typ: 'b+jwt' }), 'TOKEN_INVALID'],
    ['no type', headed({ alg: 'Ed25519', kid: jwk.kid }), 'TOKEN_INVALID'],
    ['no kid', headed({ alg: 'Ed25519', typ: 'a+jwt' }), 'TOKEN_INVALID'],
    ['an unknown kid', headed({ alg: 'Ed25519', kid: 'x', typ: 'a+jwt' }), 'KEY_NOT_FOUND'],
    ['alg none', headed({ alg: 'none', kid: jwk.kid, typ: 'a+jwt' }), 'SIGNATURE_INVALID'],
    ['alg HS256', headed({ alg: 'HS256', kid: jwk.kid, typ: 'a+jwt' }), 'SIGNATURE_INVALID'],
    ['alg EdDSA', headed({ alg: 'EdDSA', kid: jwk.kid, typ: 'a+jwt' }), 'SIGNATURE_INVALID'],
    [
      "an alg that is not the key's",
      headed({ alg: 'ES256', kid: jwk.kid, typ: 'a+jwt' }),
      'SIGNATURE_INVALID',
    ],
    [
      'a changed header',
      headed({ alg: 'Ed25519', kid: jwk.kid, typ: 'a+jwt', x: 1 }),
      'SIGNATURE_INVALID',
    ],
    [
      'a critical extension',
      headed({ alg: 'Ed25519', kid: jwk.kid, typ: 'a+jwt', crit: ['b64'] }),
      'TOKEN_INVALID',
    ],
    ['a changed payload', `${head}.${encodeBase64url('{"n":2}')}.${sig}`, 'SIGNATURE_INVALID'],
    ['no signature', `${head}.${body}.`, 'TOKEN_INVALID'],
    ['two parts', `${head}.${body}`, 'TOKEN_INVALID'],
    ['five parts', `${token}.a.b`, 'TOKEN_INVALID'],
    ['white space', `${token}\n`, 'TOKEN_INVALID'],
    ['padding', `${token}==`, 'TOKEN_INVALID'],
    ['stray trailing bits', token.slice(0, -1) + lastLetter, 'TOKEN_INVALID'],
    ['a header that is no object', `${encodeBase64url('[]')}.${body}.${sig}`, 'TOKEN_INVALID'],
    ['the empty string', '', 'TOKEN_INVALID'],
  ])('%s is refused', (_, forged, code) => {
    expect(codeOf(() => verifyJws(forged, jwks, rules))).toBe(code);
  });

  test('a token by an algorithm that this caller does not allow is refused', () => {
    const narrow = { ...rules, algorithms: ['ES256'] } as const;
    expect(codeOf(() => verifyJws(token, jwks, narrow))).toBe('SIGNATURE_INVALID');
  });

  test('a kid that names two keys is refused', () => {
    const ambiguous = { keys: [jwk, { ...other, kid: jwk.kid }] };
    expect(codeOf(() => verifyJws(token, ambiguous, rules))).toBe('KEY_NOT_FOUND');
  });

  test('a key inside of the token is not believed', () => {
    const mallory = generateKeyPairSync('ed25519');
    const own = publicSigningJwk('Ed25519', mallory.publicKey);
    const forged = signJwsWith(
      mallory.privateKey,
      { ...own, kid: jwk.kid },
      { typ: 'a+jwt', payload: '' },
    );
    expect(codeOf(() => verifyJws(forged, jwks, rules))).toBe('SIGNATURE_INVALID');
  });
});

describe('Wycheproof', () => {
  interface Group {
    readonly comment: string;
    readonly public?: Record<string, unknown>;
    readonly private?: Record<string, unknown>;
  }
  const any = { algorithms: ['Ed25519', 'ES256'], typ: null } as const;
  const files = [
    ['json_web_signature_test', 2],
    ['json_web_crypto_test', 1],
    ['json_web_key_test', 0],
  ] as const;

  test.each(files)('%s: ES256 as the vector says, everything else refused', (file, validOnes) => {
    const { testGroups } = readVectors<Wycheproof<Group, { jws?: unknown }>>(
      `wycheproof/${file}.json.gz`,
    );
    let [accepted, refused] = [0, 0];
    for (const { comment, public: key = {}, tests } of testGroups) {
      const keys = Array.isArray(key['keys']) ? (key['keys'] as object[]) : [key];
      for (const t of tests) {
        if (typeof t.jws !== 'string') continue;
        const { jws } = t;
        const isOurs = t.result === 'valid' && key['alg'] === 'ES256';
        const code = codeOf(() => verifyJws(jws, { keys }, any));
        expect([comment, t.tcId, code === null]).toEqual([comment, t.tcId, isOurs]);
        if (code === null) accepted += 1;
        else refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(20);
    expect(accepted).toBe(validOnes);
  });
});
