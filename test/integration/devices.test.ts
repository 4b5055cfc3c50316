// Devices: only who holds the private key registers, once for a challenge, and a revoked key never returns.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PROOF_AGE_MAX_SECONDS } from '../../crypto/proof-of-possession.ts';
import { publicId, uuidOf } from '../../schema/ids.ts';
import { devicesOf, newKey } from '../support/devices.ts';
import { registered, startPeople, type People } from '../support/people.ts';

let people: People;
let devices: ReturnType<typeof devicesOf>;
beforeAll(async () => {
  people = await startPeople();
  devices = devicesOf(people);
});
afterAll(() => people.close());

test('devices that prove their keys are registered, and messages can be sealed to them', async () => {
  const recipientId = await registered(people, { phone: '+14155550201' });
  const input = { ...(await devices.honest(recipientId)), clientVersion: '4.2', osBuild: '26.1' };
  const { device, errors } = await devices.register(input);
  expect(errors).toEqual([]);
  expect(device).toMatchObject({ platform: 'IOS', state: 'ACTIVE', clientVersion: '4.2' });
  expect(device.fingerprint).toMatch(/^(\d{5} ){5}\d{5}$/);
  const second = await devices.register({
    ...(await devices.honest(recipientId)),
    platform: 'WEB',
  });
  const recipient = await devices.of(recipientId);
  expect(recipient.devices.map(({ id }: { id: string }) => id)).toEqual([
    device.id,
    second.device.id,
  ]);
  const [rcs] = recipient.channels;
  expect(rcs).toMatchObject({ channel: 'RCS', protections: ['ENVELOPE', 'LINK_ONLY', 'CLEAR'] });
});

test('a proof by another key, for another recipient, tenant or challenge is refused', async () => {
  const recipientId = await registered(people, { phone: '+14155550202' });
  const other = await registered(people, { phone: '+14155550203' });
  const input = await devices.honest(recipientId);
  const key = newKey();
  const mine = { ...input, publicKey: key.publicKey };
  const { challenge } = input;
  const forged = [
    { ...input, publicKey: key.publicKey },
    { ...mine, proof: devices.proofOf(newKey(), recipientId, challenge) },
    { ...mine, proof: devices.proofOf(key, other, challenge) },
    { ...mine, proof: devices.proofOf(key, recipientId, challenge, 'globex') },
    { ...mine, proof: devices.proofOf(key, recipientId, `${challenge}x`) },
    { ...mine, proof: 'no proof at all' },
  ];
  for (const given of forged) {
    const { device, errors } = await devices.register(given);
    expect(device).toBeNull();
    expect(errors).toMatchObject([{ __typename: 'ProofInvalid', code: 'PROOF_INVALID' }]);
  }
  expect((await devices.of(recipientId)).devices).toEqual([]);
  expect((await devices.register(input)).errors).toEqual([]);
});

test('a challenge that we did not make for this recipient and tenant is refused, signed or not', async () => {
  const recipientId = await registered(people, { phone: '+14155550204' });
  const other = await registered(people, { phone: '+14155550205' });
  const foreigner = await registered(people, { phone: '+14155550204' }, { tenantId: 'globex' });
  const own = await devices.challengeFor(recipientId);
  const invented = [
    await devices.challengeFor(other),
    await devices.challengeFor(foreigner, { tenantId: 'globex' }),
    own.slice(0, -1) + (own.endsWith('A') ? 'B' : 'A'),
    'nonce',
    '',
  ];
  for (const challenge of invented) {
    const key = newKey();
    const proof = devices.proofOf(key, recipientId, challenge);
    const given = { recipientId, platform: 'WEB', publicKey: key.publicKey, challenge, proof };
    expect((await devices.register(given)).errors).toMatchObject([{ code: 'PROOF_INVALID' }]);
  }
});

test('a challenge serves once, whatever the key', async () => {
  const recipientId = await registered(people, { phone: '+14155550206' });
  const input = await devices.honest(recipientId);
  await devices.register(input);
  const replayed = await devices.register(input);
  expect(replayed).toMatchObject({ device: null, errors: [{ code: 'PROOF_INVALID' }] });
  const key = newKey();
  const proof = devices.proofOf(key, recipientId, input.challenge);
  const again = await devices.register({ ...input, publicKey: key.publicKey, proof });
  expect(again).toMatchObject({ device: null, errors: [{ path: ['challenge'] }] });
});

test('of registrations that use one challenge at the same time one is accepted', async () => {
  const recipientId = await registered(people, { phone: '+14155550207' });
  const challenge = await devices.challengeFor(recipientId);
  const inputs = Array.from({ length: 4 }, () => {
    const key = newKey();
    const proof = devices.proofOf(key, recipientId, challenge);
    return { recipientId, platform: 'WEB', publicKey: key.publicKey, challenge, proof };
  });
  const payloads = await Promise.all(inputs.map((input) => devices.register(input)));
  expect(payloads.filter(({ device }) => device !== null)).toHaveLength(1);
  expect((await devices.of(recipientId)).devices).toHaveLength(1);
});

test('a challenge serves until it expires', async () => {
  const recipientId = await registered(people, { phone: '+14155550208' });
  const key = newKey();
  const challenge = await devices.challengeFor(recipientId);
  people.clock.time += PROOF_AGE_MAX_SECONDS * 1_000;
  const proof = devices.proofOf(key, recipientId, challenge);
  const given = { recipientId, platform: 'WEB', publicKey: key.publicKey, challenge, proof };
  expect((await devices.register(given)).errors).toMatchObject([{ code: 'PROOF_INVALID' }]);
});

test('a key that is no public key on P-256 is refused by its field', async () => {
  const recipientId = await registered(people, { phone: '+14155550209' });
  const input = await devices.honest(recipientId);
  for (const wrong of [
    { crv: 'P-384' },
    { x: 'AAAA' },
    { alg: 'RSA-OAEP' },
    { x: input.publicKey.y },
  ]) {
    const publicKey = { ...input.publicKey, ...wrong };
    const { errors } = await devices.register({ ...input, publicKey });
    expect(errors).toMatchObject([{ code: 'INVALID_INPUT', path: ['publicKey'] }]);
  }
});

test('a revoked device is sealed to no more, and its key cannot be registered again', async () => {
  const recipientId = await registered(people, { phone: '+14155550210' });
  const key = newKey();
  const { device } = await devices.register(await devices.honest(recipientId, key));
  const missing = { device: null, errors: [{ code: 'NOT_FOUND', path: ['deviceId'] }] };
  expect(await devices.revoke(device.id, { tenantId: 'globex' })).toMatchObject(missing);
  expect(
    await devices.revoke(publicId('device', '0192b1c8-0000-7000-8000-000000000000')),
  ).toMatchObject(missing);
  expect(await devices.revoke('dev_x')).toMatchObject(missing);

  const revoked = await devices.revoke(device.id);
  expect(revoked).toMatchObject({ device: { state: 'REVOKED' }, errors: [] });
  people.clock.time += 1_000;
  expect(await devices.revoke(device.id)).toEqual(revoked);
  const events = await people.sql(
    `select 1 from recipients.event
     where payload ->> 'recipientId' = $1 and payload ->> 'reason' = 'device'`,
    [uuidOf('recipient', recipientId)],
  );
  expect(events).toHaveLength(2);
  const { channels } = await devices.of(recipientId);
  expect(channels[0].protections).toEqual(['LINK_ONLY', 'CLEAR']);
  const again = await devices.register(await devices.honest(recipientId, key));
  expect(again).toMatchObject({
    device: null,
    errors: [{ code: 'ALREADY_EXISTS', path: ['publicKey'] }],
  });
});

test('one key belongs to one device of the tenant', async () => {
  const first = await registered(people, { phone: '+14155550211' });
  const second = await registered(people, { phone: '+14155550212' });
  const key = newKey();
  const inputs = [await devices.honest(first, key), await devices.honest(second, key)];
  const payloads = await Promise.all(inputs.map((input) => devices.register(input)));
  expect(payloads.filter(({ device }) => device !== null)).toHaveLength(1);
  expect(payloads.flatMap(({ errors }) => errors)).toMatchObject([{ code: 'ALREADY_EXISTS' }]);
});

test('a recipient has as many active devices as an envelope has room for', async () => {
  const recipientId = await registered(people, { phone: '+14155550213' });
  for (let n = 0; n < 32; n += 1) await devices.register(await devices.honest(recipientId));
  const { errors } = await devices.register(await devices.honest(recipientId));
  expect(errors).toMatchObject([{ __typename: 'WrongState', code: 'WRONG_STATE' }]);
});

test('a recipient of another tenant gets no challenge and no device', async () => {
  const recipientId = await registered(people, { phone: '+14155550214' });
  const input = await devices.honest(recipientId);
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
  const { device } = await devices.register(input, { tenantId: 'globex' });
  expect(device).toBeNull();
});
