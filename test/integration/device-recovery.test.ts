// Recovery of a lost device: a fresh sign-in with two factors, once, or nothing changes.
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { devicesOf, newKey } from '../support/devices.ts';
import { registered, startPeople, type Asker, type People } from '../support/people.ts';

const ISSUER = 'https://login.acme.example';
const CLIENT_ID = 'parley';

let people: People;
let devices: ReturnType<typeof devicesOf>;
let signer: Awaited<ReturnType<typeof generateKeyPair>>;
let persons = 0;
let externalId: string;
let recipientId: string;
let lostId: string;

beforeAll(async () => {
  people = await startPeople();
  devices = devicesOf(people);
  signer = await generateKeyPair('ES256');
  await configure({ jwks: await keySet(signer.publicKey) });
});
afterAll(() => people.close());

beforeEach(async () => {
  persons += 1;
  externalId = `customer-${persons}`;
  recipientId = await registered(people, { phone: `+1415555${4_000 + persons}`, externalId });
  lostId = (await devices.register(await devices.honest(recipientId))).device.id;
});

async function keySet(publicKey: CryptoKey, kid = 'k1'): Promise<string> {
  return JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256' }] });
}

async function configure(given: object, asker: Asker = {}) {
  const input = {
    issuer: ISSUER,
    clientId: CLIENT_ID,
    mfaAcrValues: ['urn:acme:strong'],
    ...given,
  };
  const answer = await people.ask(
    'recipients',
    `mutation ($input: ConfigureIdentityProviderInput!) { configureIdentityProvider(input: $input) {
       identityProvider { issuer clientId mfaAcrValues updatedAt } errors { code path } } }`,
    { input },
    asker,
  );
  return answer.errors ? answer : answer.data.configureIdentityProvider;
}

/** Claims of a sign-in half a minute ago, with two factors. */
function signedIn(nonce: string, over: JWTPayload = {}): JWTPayload {
  const iat = people.clock.time / 1_000;
  return {
    iss: ISSUER,
    aud: CLIENT_ID,
    sub: externalId,
    nonce,
    iat,
    exp: iat + 300,
    auth_time: iat - 30,
    amr: ['pwd', 'otp', 'mfa'],
    ...over,
  };
}

const idToken = (claims: JWTPayload, by = signer.privateKey, kid = 'k1'): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid }).sign(by);

const statesOf = async (): Promise<Record<string, string>> => {
  const { devices: shown } = await devices.of(recipientId);
  return Object.fromEntries(
    shown.map(({ id, state }: { id: string; state: string }) => [id, state]),
  );
};

test('a fresh sign-in with two factors ends every old device and begins the new one', async () => {
  const secondId = (await devices.register(await devices.honest(recipientId))).device.id;
  const input = await devices.honest(recipientId);
  const answer = await devices.recover({
    ...input,
    idToken: await idToken(signedIn(input.challenge)),
  });
  expect(answer).toMatchObject({
    device: { state: 'ACTIVE', keyVersion: 1, identityVerifiedAt: expect.anything() },
    revokedCount: 2,
    errors: [],
  });
  expect(await statesOf()).toEqual({
    [lostId]: 'REVOKED',
    [secondId]: 'REVOKED',
    [answer.device.id]: 'ACTIVE',
  });
});

test('a device that was not lost stays', async () => {
  const keptId = (await devices.register(await devices.honest(recipientId))).device.id;
  const input = await devices.honest(recipientId);
  const answer = await devices.recover({
    ...input,
    lostDeviceIds: [lostId],
    idToken: await idToken(signedIn(input.challenge)),
  });
  expect(answer).toMatchObject({ revokedCount: 1, errors: [] });
  expect(await statesOf()).toMatchObject({ [lostId]: 'REVOKED', [keptId]: 'ACTIVE' });
});

test('a recovery serves once, also when it is tried twice at the same time', async () => {
  const input = await devices.honest(recipientId);
  const once = { ...input, idToken: await idToken(signedIn(input.challenge)) };
  const payloads = await Promise.all([devices.recover(once), devices.recover(once)]);
  expect(payloads.filter(({ device }) => device !== null)).toHaveLength(1);
  const key = newKey();
  const proof = devices.proofOf(key, recipientId, input.challenge);
  const replayed = await devices.recover({ ...once, publicKey: key.publicKey, proof });
  expect(replayed).toMatchObject({ device: null, revokedCount: 0 });
  expect(replayed.errors).toMatchObject([{ code: 'PROOF_INVALID', path: ['challenge'] }]);
  expect(Object.values(await statesOf()).filter((state) => state === 'ACTIVE')).toHaveLength(1);
});

test('an ID token that is not of this person, sign-in and challenge changes nothing', async () => {
  const input = await devices.honest(recipientId);
  const stranger = await generateKeyPair('ES256');
  const now = people.clock.time / 1_000;
  const of = (over: JWTPayload) => idToken(signedIn(input.challenge, over));
  const secret = new TextEncoder().encode(await keySet(signer.publicKey));
  const forged = [
    await idToken(signedIn(input.challenge), stranger.privateKey),
    await idToken(signedIn(input.challenge), signer.privateKey, 'k2'),
    new UnsecuredJWT(signedIn(input.challenge)).encode(),
    await new SignJWT(signedIn(input.challenge))
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .sign(secret),
    await of({ iss: 'https://login.globex.example' }),
    await of({ aud: 'another-client' }),
    await of({ aud: [CLIENT_ID, 'another-client'], azp: 'another-client' }),
    await of({ sub: 'customer-0' }),
    await of({ nonce: `${input.challenge}x` }),
    await of({ nonce: undefined }),
    await of({ exp: now - 10 }),
    await of({ auth_time: now - 301 }),
    await of({ auth_time: now + 60 }),
    await of({ auth_time: undefined }),
    await of({ amr: ['pwd'] }),
    await of({ amr: undefined }),
    'nothing',
  ];
  for (const token of forged) {
    const { device, revokedCount, errors } = await devices.recover({ ...input, idToken: token });
    expect({ device, revokedCount }).toEqual({ device: null, revokedCount: 0 });
    expect(errors).toMatchObject([{ code: 'PROOF_INVALID', path: ['idToken'] }]);
  }
  expect(await statesOf()).toEqual({ [lostId]: 'ACTIVE' });
  const strong = await of({ amr: ['pwd'], acr: 'urn:acme:strong' });
  expect((await devices.recover({ ...input, idToken: strong })).errors).toEqual([]);
});

test('a key registered after a sign-in is bound to the person, and only then', async () => {
  const plain = (await devices.register(await devices.honest(recipientId))).device;
  expect(plain.identityVerifiedAt).toBeNull();
  const input = await devices.honest(recipientId);
  const weak = await idToken(signedIn(input.challenge, { amr: ['pwd'] }));
  const refused = await devices.register({ ...input, idToken: weak });
  expect(refused.device).toBeNull();
  expect(refused.errors).toMatchObject([{ code: 'PROOF_INVALID', path: ['idToken'] }]);
  const strong = await idToken(signedIn(input.challenge));
  const { device } = await devices.register({ ...input, idToken: strong });
  expect(Date.parse(device.identityVerifiedAt)).toBe(people.clock.time);
});

test('a sign-in alone recovers nothing: the new key has to prove itself', async () => {
  const input = await devices.honest(recipientId);
  const proof = devices.proofOf(newKey(), recipientId, input.challenge);
  const token = await idToken(signedIn(input.challenge));
  const { errors } = await devices.recover({ ...input, proof, idToken: token });
  expect(errors).toMatchObject([{ code: 'PROOF_INVALID', path: ['proof'] }]);
  expect(await statesOf()).toEqual({ [lostId]: 'ACTIVE' });
});

test('a key that was there before, or a device of others, leaves the old devices standing', async () => {
  const key = newKey();
  await devices.register(await devices.honest(recipientId, key));
  const used = await devices.honest(recipientId, key);
  const taken = await devices.recover({
    ...used,
    idToken: await idToken(signedIn(used.challenge)),
  });
  expect(taken.errors).toMatchObject([{ code: 'ALREADY_EXISTS', path: ['publicKey'] }]);

  const other = await registered(people, { phone: `+1415556${4_000 + persons}` });
  const foreign = (await devices.register(await devices.honest(other))).device.id;
  const input = await devices.honest(recipientId);
  const answer = await devices.recover({
    ...input,
    lostDeviceIds: [lostId, foreign],
    idToken: await idToken(signedIn(input.challenge)),
  });
  expect(answer.errors).toMatchObject([{ code: 'NOT_FOUND', path: ['lostDeviceIds', '1'] }]);
  expect(Object.values(await statesOf())).toEqual(['ACTIVE', 'ACTIVE']);
});

test('without an identity provider, or an id that it could know, nobody recovers', async () => {
  const nobody = await registered(people, { phone: `+1415557${4_000 + persons}` });
  const input = await devices.honest(nobody);
  const token = await idToken(signedIn(input.challenge));
  const { errors } = await devices.recover({ ...input, idToken: token });
  expect(errors).toMatchObject([{ code: 'WRONG_STATE', path: ['idToken'] }]);

  const asker = { tenantId: 'globex' };
  const theirs = await registered(people, { phone: '+14155550001', externalId }, asker);
  const foreign = { ...input, recipientId: theirs, idToken: token };
  const unconfigured = await devices.recover(foreign, asker);
  expect(unconfigured.errors).toMatchObject([{ code: 'WRONG_STATE' }]);
});

test('after its keys were rotated the provider signs with the new ones only', async () => {
  const next = await generateKeyPair('ES256');
  const changed = await configure({ jwks: await keySet(next.publicKey, 'k2') });
  expect(changed).toMatchObject({ identityProvider: { issuer: ISSUER }, errors: [] });
  const input = await devices.honest(recipientId);
  const claims = signedIn(input.challenge);
  const old = await devices.recover({ ...input, idToken: await idToken(claims) });
  expect(old.errors).toMatchObject([{ code: 'PROOF_INVALID' }]);
  const token = await idToken(claims, next.privateKey, 'k2');
  expect((await devices.recover({ ...input, idToken: token })).errors).toEqual([]);
});

test('only an administrator configures the identity provider, and with public keys that serve', async () => {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const weak = generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey;
  const { publicKey: agreement } = generateKeyPairSync('x25519');
  const useless = [
    await exportJWK(privateKey),
    weak.export({ format: 'jwk' }),
    agreement.export({ format: 'jwk' }),
    { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' },
  ];
  for (const key of useless) {
    const refused = await configure({ jwks: JSON.stringify({ keys: [key] }) });
    expect(refused).toMatchObject({ identityProvider: null, errors: [{ path: ['jwks'] }] });
  }
  const { errors } = await configure({ jwks: '{}' }, { scopes: ['recipients:write'] });
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});
