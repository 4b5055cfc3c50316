// Certificate paths: only authorities issue, everything is valid now, and the end is somebody we trust.
import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { pathToRoot } from '../../../crypto/certificate-path.ts';
import { certificate, pem, type CertificateParts } from '../../support/certificates.ts';
import { codeOf } from './vectors.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const DAY_MS = 86_400_000;
const INVALID = 'ATTESTATION_INVALID';

const NAMES = ['Root', 'Authority', 'Branch', 'Leaf'];
const keys = NAMES.map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }));

/** The n-th certificate from the root, issued by the one above it. */
function link(n: number, over: Partial<CertificateParts> = {}): Buffer {
  const above = Math.max(0, n - 1);
  return certificate({
    subject: { CN: NAMES[n] ?? '' },
    issuer: { CN: NAMES[above] ?? '' },
    publicKey: keys[n]!.publicKey,
    signer: keys[above]!.privateKey,
    from: NOW - DAY_MS,
    until: NOW + DAY_MS,
    ca: n < NAMES.length - 1,
    ...over,
  });
}

const [root, authority, branch, leaf] = [link(0), link(1), link(2), link(3)];
const path = (chain: readonly Buffer[], roots = [root], now = NOW) =>
  pathToRoot(chain, roots.map(pem), now).map(({ subject }) => subject);
const refusal = (...given: Parameters<typeof path>) => codeOf(() => path(...given));

test('a chain is followed to the root, whether it brings the root along or not', () => {
  const whole = ['CN=Leaf', 'CN=Branch', 'CN=Authority', 'CN=Root'];
  expect(path([leaf, branch, authority])).toEqual(whole);
  expect(path([leaf, branch, authority, root])).toEqual(whole);
});

test('an authority in the middle may be the one that is trusted', () => {
  expect(path([leaf, branch], [authority])).toEqual(['CN=Leaf', 'CN=Branch', 'CN=Authority']);
});

test('what is no authority issues nothing', () => {
  const humble = link(2, { ca: false });
  expect(refusal([leaf, humble, authority])).toBe(INVALID);
  expect(refusal([leaf], [link(2, { ca: false })])).toBe(INVALID);
});

test('a link by another key, or of another name, is refused', () => {
  const signer = keys[3]!.privateKey;
  expect(refusal([leaf, link(2, { signer }), authority])).toBe(INVALID);
  expect(refusal([link(3, { signer }), branch, authority])).toBe(INVALID);
  expect(refusal([link(3, { issuer: { CN: 'Authority' } }), branch, authority])).toBe(INVALID);
  expect(refusal([leaf, authority])).toBe(INVALID);
});

test('a root of the same name and another key is not the root', () => {
  const double = link(0, { publicKey: keys[1]!.publicKey, signer: keys[1]!.privateKey });
  expect(refusal([leaf, branch, authority], [double])).toBe(INVALID);
  expect(path([leaf, branch, authority], [double, root])).toHaveLength(4);
});

test.each([0, 1, 2, 3])('the %i. certificate has to be valid at the time of the question', (n) => {
  const chain = (over: Partial<CertificateParts>) =>
    [0, 1, 2, 3].map((at) => link(at, at === n ? over : {})).toReversed();
  const late = chain({ from: NOW - DAY_MS, until: NOW - 1_000 });
  const early = chain({ from: NOW + 1_000, until: NOW + DAY_MS });
  expect(refusal(late, [late.at(-1)!])).toBe(INVALID);
  expect(refusal(early, [early.at(-1)!])).toBe(INVALID);
  expect(refusal(late, [late.at(-1)!], NOW - 2_000)).toBeNull();
});

test('a chain of none, of too many or of something else is refused', () => {
  expect(refusal([])).toBe(INVALID);
  expect(refusal(Array.from({ length: 9 }, () => leaf))).toBe(INVALID);
  expect(refusal([Buffer.from('certificate')])).toBe(INVALID);
  expect(refusal([leaf, branch, authority], [])).toBe(INVALID);
});
