// Attestations: evidence of every format is taken for what it is, and refused when anything of it is not so.
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Attestation, AttestationRules } from '../../../crypto/attestation.ts';
import { createWebAuthnAttestation } from '../../../crypto/attestation-webauthn.ts';
import { maker, ORIGIN, RP_ID, type Attested, type Twist } from '../../support/attestations.ts';
import { der, revocationList } from '../../support/certificates.ts';

// The library tells the time by itself beside us, so that honest certificates have to be valid today.
const now = Date.now();
const acme = maker(now);
const stranger = maker(now);
const challenge = 'chl_1.c2lnbmVk';
const key = { kid: 'K'.repeat(43) };
const rules: AttestationRules = { rpId: RP_ID, origins: [ORIGIN], roots: [acme.rootPem], now };

let attestation: Attestation;
beforeAll(() => {
  attestation = createWebAuthnAttestation();
});

async function verify(
  attested: Attested,
  twist: Twist = {},
  { over = {}, kid = key.kid }: { over?: Partial<AttestationRules>; kid?: string } = {},
): Promise<string> {
  const evidence = await attested(challenge, key.kid, twist);
  return attestation
    .verify(evidence, challenge, { kid }, { ...rules, ...over })
    .catch((error: { code: string }) => error.code);
}

const INVALID = 'ATTESTATION_INVALID';
const certified: [string, Attested][] = [
  ['packed', acme.packed],
  ['android-key', acme.androidKey],
  ['apple', acme.apple],
  ['tpm', acme.tpm],
];
const all: [string, Attested][] = [
  ['none', acme.none],
  ['packed by itself', acme.self],
  ...certified,
];

test.each<[string, string, Attested]>([
  ['none', 'NONE', acme.none],
  ['packed by itself', 'SELF', acme.self],
  ...certified.map(([name, attested]): [string, string, Attested] => [name, 'CERTIFIED', attested]),
])('an honest attestation of format %s is worth %s', async (_, level, attested) => {
  expect(await verify(attested)).toBe(level);
});

describe.each(all)('%s', (_, attested) => {
  test('evidence for another key or challenge is refused', async () => {
    expect(await verify(attested, {}, { kid: 'L'.repeat(43) })).toBe(INVALID);
    const evidence = await attested('chl_2.c2lnbmVk', key.kid);
    const deed = attestation.verify(evidence, challenge, key, rules);
    await expect(deed).rejects.toMatchObject({ code: INVALID });
  });

  test('evidence of another app, of a sign-in, or without a person is refused', async () => {
    expect(await verify(attested, { rpId: 'evil.example' })).toBe(INVALID);
    expect(await verify(attested, { origin: 'https://evil.example' })).toBe(INVALID);
    expect(await verify(attested, { type: 'webauthn.get' })).toBe(INVALID);
    expect(await verify(attested, { flags: 0x44 })).toBe(INVALID);
  });
});

const flip = (bytes: Uint8Array): Uint8Array =>
  bytes.map((byte, i) => (i === 40 ? byte ^ 1 : byte));

test.each<[string, string, Attested]>([
  ['packed by itself', 'sig', acme.self],
  ['packed', 'sig', acme.packed],
  ['android-key', 'sig', acme.androidKey],
  ['tpm', 'sig', acme.tpm],
  ['tpm', 'certInfo', acme.tpm],
  ['tpm', 'pubArea', acme.tpm],
])('an attestation of format %s with a changed %s is refused', async (_, member, attested) => {
  const forge = (statement: Map<string, unknown>) =>
    statement.set(member, flip(statement.get(member) as Uint8Array));
  expect(await verify(attested, { forge })).toBe(INVALID);
});

describe.each(certified)('the certificates of %s', (name, attested) => {
  test('that lead to nobody’s root are refused, whoever is trusted otherwise', async () => {
    expect(await verify(attested, {}, { over: { roots: [stranger.rootPem] } })).toBe(INVALID);
    expect(await verify(attested, {}, { over: { roots: [] } })).toBe(INVALID);
  });

  test('are refused when one has expired, or is not yet valid', async () => {
    const day = 86_400_000;
    expect(await verify(attested, { leaf: { until: now - day } })).toBe(INVALID);
    expect(await verify(attested, { leaf: { from: now + day } })).toBe(INVALID);
    // By the clock that is passed in, and not only by the machine's.
    expect(await verify(attested, {}, { over: { now: now + 4_000 * day } })).toBe(INVALID);
    expect(await verify(attested, {}, { over: { now: now - 400 * day } })).toBe(INVALID);
  });

  test('are refused when one was changed, is missing or stands in another order', async () => {
    const forges: ((chain: Uint8Array[]) => unknown[])[] = [
      (chain) => [flip(chain[0] ?? new Uint8Array()), ...chain.slice(1)],
      ([leaf]) => [leaf],
      (chain) => chain.toReversed(),
      () => [],
      (chain) => [...chain, ...chain, ...chain, ...chain, ...chain],
      () => [new Uint8Array([1, 2, 3])],
      () => ['certificate'],
    ];
    for (const change of forges) {
      const forge = (statement: Map<string, unknown>) =>
        statement.set('x5c', change(statement.get('x5c') as Uint8Array[]));
      expect([name, await verify(attested, { forge })]).toEqual([name, INVALID]);
    }
  });

  test('fetch nothing, wherever they point', async () => {
    const fetched = jest.spyOn(globalThis, 'fetch');
    const leafExtensions = [revocationList('http://169.254.169.254/list.crl')];
    await verify(attested, { leafExtensions });
    await verify(attested, { leafExtensions }, { over: { roots: [stranger.rootPem] } });
    expect(fetched).not.toHaveBeenCalled();
    fetched.mockRestore();
  });
});

test.each(all)(
  '%s about other authenticator data than it was signed for is refused',
  async (name, attested) => {
    // The counter: nothing but the signature covers it, and `none` has no signature.
    const forgeData = (authData: Buffer) => authData.fill(1, 33, 37);
    expect(await verify(attested, { forgeData })).toBe(name === 'none' ? 'NONE' : INVALID);
  },
);

test('evidence of an unknown format or of no shape is refused', async () => {
  const { clientDataJson, attestationObject } = await acme.self(challenge, key.kid);
  const wrong = [
    { clientDataJson, attestationObject: '' },
    { clientDataJson, attestationObject: '%%%' },
    { clientDataJson, attestationObject: 'AAAA' },
    { clientDataJson, attestationObject: `${attestationObject}${'A'.repeat(40_000)}` },
    { clientDataJson: 'e30', attestationObject },
    { clientDataJson: 'AAAA', attestationObject },
    { clientDataJson, attestationObject: attestationObject.slice(0, -40) },
    {
      clientDataJson,
      // The same length, so that only the name of the format is wrong.
      attestationObject: Buffer.from(attestationObject, 'base64url')
        .toString('latin1')
        .replace('packed', 'pickle')
        .replace(/^[^]*$/, (text) => Buffer.from(text, 'latin1').toString('base64url')),
    },
  ];
  for (const evidence of wrong) {
    const deed = attestation.verify(evidence, challenge, key, rules);
    await expect(deed).rejects.toMatchObject({ code: INVALID });
  }
});

test('a format that says nothing cannot bring a statement along', async () => {
  const forge = (statement: Map<string, unknown>) => statement.set('sig', new Uint8Array(der(4)));
  expect(await verify(acme.none, { forge })).toBe(INVALID);
});
