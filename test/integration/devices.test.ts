// Devices: only who holds the private key registers, once for a challenge, and a revoked key never returns.
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PROOF_AGE_MAX_SECONDS, proveProofOfPossession } from '../../crypto/proof-of-possession.ts';
import { publicId, uuidOf } from '../../schema/ids.ts';
import { registered, startPeople, type Asker, type People } from '../support/people.ts';

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.close());

const REGISTER = `mutation ($input: RegisterDeviceInput!) { registerDevice(input: $input) {
  device { id platform kid fingerprint state clientVersion osBuild registeredAt revokedAt }
  errors { __typename ... on UserError { code path message } } } }`;

/** A new key of a device, both halves. */
function newKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = privateKey.export({ format: 'jwk' });
  const { kty, crv, x, y } = jwk;
  return { jwk, publicKey: { kty, crv, x, y } };
}

async function challengeFor(recipientId: string, asker: Asker = {}): Promise<string> {
  const { data } = await people.ask(
    'recipients',
    `mutation ($input: CreateDeviceChallengeInput!) { createDeviceChallenge(input: $input) {
       challenge { nonce expiresAt } } }`,
    { input: { recipientId } },
    asker,
  );
  return data.createDeviceChallenge.challenge.nonce;
}

function proofOf(key: ReturnType<typeof newKey>, sub: string, nonce: string, aud = 'acme'): string {
  return proveProofOfPossession(key.jwk, { aud, sub, nonce, now: people.clock.time });
}

/** The whole input of an honest registration. */
async function honest(recipientId: string, key = newKey()) {
  const challenge = await challengeFor(recipientId);
  const proof = proofOf(key, recipientId, challenge);
  return { recipientId, platform: 'IOS', publicKey: key.publicKey, challenge, proof };
}

async function registerDevice(input: object, asker: Asker = {}) {
  const { data, errors } = await people.ask('recipients', REGISTER, { input }, asker);
  expect(errors).toBeUndefined();
  return data.registerDevice;
}

const devicesOf = async (id: string) =>
  (
    await people.ask(
      'recipients',
      `query ($id: ID!) { recipient(id: $id) { devices { id kid state }
         channels { channel protections } } }`,
      { id },
    )
  ).data.recipient;

test('devices that prove their keys are registered, and messages can be sealed to them', async () => {
  const recipientId = await registered(people, { phone: '+14155550201' });
  const input = { ...(await honest(recipientId)), clientVersion: '4.2', osBuild: '26.1' };
  const { device, errors } = await registerDevice(input);
  expect(errors).toEqual([]);
  expect(device).toMatchObject({ platform: 'IOS', state: 'ACTIVE', clientVersion: '4.2' });
  expect(device.fingerprint).toMatch(/^(\d{5} ){5}\d{5}$/);
  const second = await registerDevice({ ...(await honest(recipientId)), platform: 'WEB' });
  const recipient = await devicesOf(recipientId);
  expect(recipient.devices.map(({ id }: { id: string }) => id)).toEqual([
    device.id,
    second.device.id,
  ]);
  const [rcs] = recipient.channels;
  expect(rcs).toEqual({ channel: 'RCS', protections: ['ENVELOPE', 'LINK_ONLY', 'CLEAR'] });
});

test('a proof by another key, for another recipient, tenant or challenge is refused', async () => {
  const recipientId = await registered(people, { phone: '+14155550202' });
  const other = await registered(people, { phone: '+14155550203' });
  const input = await honest(recipientId);
  const key = newKey();
  const mine = { ...input, publicKey: key.publicKey };
  const { challenge } = input;
  const forged = [
    { ...input, publicKey: key.publicKey },
    { ...mine, proof: proofOf(newKey(), recipientId, challenge) },
    { ...mine, proof: proofOf(key, other, challenge) },
    { ...mine, proof: proofOf(key, recipientId, challenge, 'globex') },
    { ...mine, proof: proofOf(key, recipientId, `${challenge}x`) },
    { ...mine, proof: 'no proof at all' },
  ];
  for (const given of forged) {
    const { device, errors } = await registerDevice(given);
    expect(device).toBeNull();
    expect(errors).toMatchObject([{ __typename: 'ProofInvalid', code: 'PROOF_INVALID' }]);
  }
  expect((await devicesOf(recipientId)).devices).toEqual([]);
  expect((await registerDevice(input)).errors).toEqual([]);
});

test('a challenge that we did not make for this recipient and tenant is refused, signed or not', async () => {
  const recipientId = await registered(people, { phone: '+14155550204' });
  const other = await registered(people, { phone: '+14155550205' });
  const foreigner = await registered(people, { phone: '+14155550204' }, { tenantId: 'globex' });
  const own = await challengeFor(recipientId);
  const invented = [
    await challengeFor(other),
    await challengeFor(foreigner, { tenantId: 'globex' }),
    own.slice(0, -1) + (own.endsWith('A') ? 'B' : 'A'),
    'nonce',
    '',
  ];
  for (const challenge of invented) {
    const key = newKey();
    const proof = proofOf(key, recipientId, challenge);
    const given = { recipientId, platform: 'WEB', publicKey: key.publicKey, challenge, proof };
    expect((await registerDevice(given)).errors).toMatchObject([{ code: 'PROOF_INVALID' }]);
  }
});

test('a challenge serves once, whatever the key', async () => {
  const recipientId = await registered(people, { phone: '+14155550206' });
  const input = await honest(recipientId);
  await registerDevice(input);
  const replayed = await registerDevice(input);
  expect(replayed).toMatchObject({ device: null, errors: [{ code: 'PROOF_INVALID' }] });
  const key = newKey();
  const proof = proofOf(key, recipientId, input.challenge);
  const again = await registerDevice({ ...input, publicKey: key.publicKey, proof });
  expect(again).toMatchObject({ device: null, errors: [{ path: ['challenge'] }] });
});

test('of registrations that use one challenge at the same time one is accepted', async () => {
  const recipientId = await registered(people, { phone: '+14155550207' });
  const challenge = await challengeFor(recipientId);
  const inputs = Array.from({ length: 4 }, () => {
    const key = newKey();
    const proof = proofOf(key, recipientId, challenge);
    return { recipientId, platform: 'WEB', publicKey: key.publicKey, challenge, proof };
  });
  const payloads = await Promise.all(inputs.map((input) => registerDevice(input)));
  expect(payloads.filter(({ device }) => device !== null)).toHaveLength(1);
  expect((await devicesOf(recipientId)).devices).toHaveLength(1);
});

test('a challenge serves until it expires', async () => {
  const recipientId = await registered(people, { phone: '+14155550208' });
  const key = newKey();
  const challenge = await challengeFor(recipientId);
  people.clock.time += PROOF_AGE_MAX_SECONDS * 1_000;
  const proof = proofOf(key, recipientId, challenge);
  const given = { recipientId, platform: 'WEB', publicKey: key.publicKey, challenge, proof };
  expect((await registerDevice(given)).errors).toMatchObject([{ code: 'PROOF_INVALID' }]);
});

test('a key that is no public key on P-256 is refused by its field', async () => {
  const recipientId = await registered(people, { phone: '+14155550209' });
  const input = await honest(recipientId);
  for (const wrong of [
    { crv: 'P-384' },
    { x: 'AAAA' },
    { alg: 'RSA-OAEP' },
    { x: input.publicKey.y },
  ]) {
    const publicKey = { ...input.publicKey, ...wrong };
    const { errors } = await registerDevice({ ...input, publicKey });
    expect(errors).toMatchObject([{ code: 'INVALID_INPUT', path: ['publicKey'] }]);
  }
});

test('a revoked device is sealed to no more, and its key cannot be registered again', async () => {
  const recipientId = await registered(people, { phone: '+14155550210' });
  const key = newKey();
  const { device } = await registerDevice(await honest(recipientId, key));
  const revoke = async (deviceId: string, asker: Asker = {}) =>
    (
      await people.ask(
        'recipients',
        `mutation ($input: RevokeDeviceInput!) { revokeDevice(input: $input) {
           device { state revokedAt } errors { ... on UserError { code path } } } }`,
        { input: { deviceId } },
        asker,
      )
    ).data.revokeDevice;
  const missing = { device: null, errors: [{ code: 'NOT_FOUND', path: ['deviceId'] }] };
  expect(await revoke(device.id, { tenantId: 'globex' })).toEqual(missing);
  expect(await revoke(publicId('device', '0192b1c8-0000-7000-8000-000000000000'))).toEqual(missing);
  expect(await revoke('dev_x')).toEqual(missing);

  const revoked = await revoke(device.id);
  expect(revoked).toMatchObject({ device: { state: 'REVOKED' }, errors: [] });
  people.clock.time += 1_000;
  expect(await revoke(device.id)).toEqual(revoked);
  const events = await people.sql(
    `select 1 from recipients.event
     where payload ->> 'recipientId' = $1 and payload ->> 'reason' = 'device'`,
    [uuidOf('recipient', recipientId)],
  );
  expect(events).toHaveLength(2);
  const { channels } = await devicesOf(recipientId);
  expect(channels[0].protections).toEqual(['LINK_ONLY', 'CLEAR']);
  const again = await registerDevice(await honest(recipientId, key));
  expect(again).toMatchObject({
    device: null,
    errors: [{ code: 'ALREADY_EXISTS', path: ['publicKey'] }],
  });
});

test('one key belongs to one device of the tenant', async () => {
  const first = await registered(people, { phone: '+14155550211' });
  const second = await registered(people, { phone: '+14155550212' });
  const key = newKey();
  const inputs = [await honest(first, key), await honest(second, key)];
  const payloads = await Promise.all(inputs.map((input) => registerDevice(input)));
  expect(payloads.filter(({ device }) => device !== null)).toHaveLength(1);
  expect(payloads.flatMap(({ errors }) => errors)).toMatchObject([{ code: 'ALREADY_EXISTS' }]);
});

test('a recipient has as many active devices as an envelope has room for', async () => {
  const recipientId = await registered(people, { phone: '+14155550213' });
  for (let n = 0; n < 32; n += 1) await registerDevice(await honest(recipientId));
  const { errors } = await registerDevice(await honest(recipientId));
  expect(errors).toMatchObject([{ __typename: 'WrongState', code: 'WRONG_STATE' }]);
});

test('a recipient of another tenant gets no challenge and no device', async () => {
  const recipientId = await registered(people, { phone: '+14155550214' });
  const input = await honest(recipientId);
  const unknown = publicId('recipient', '0192b1c8-0000-7000-8000-000000000000');
  for (const id of [recipientId, unknown, 'rcp_x']) {
    const { data } = await people.ask(
      'recipients',
      `mutation ($input: CreateDeviceChallengeInput!) { createDeviceChallenge(input: $input) {
         challenge { nonce } errors { ... on UserError { code path } } } }`,
      { input: { recipientId: id } },
      { tenantId: 'globex' },
    );
    const errors = [{ code: 'NOT_FOUND', path: ['recipientId'] }];
    expect(data.createDeviceChallenge).toEqual({ challenge: null, errors });
  }
  const { device } = await registerDevice(input, { tenantId: 'globex' });
  expect(device).toBeNull();
});
