// The later life of a device: its next keys, its fingerprint, and its end.
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { signDeviceStatement } from '../../crypto/device-statement.ts';
import { deviceFingerprint, parseDeviceKey } from '../../crypto/device-key.ts';
import { PROOF_AGE_MAX_SECONDS } from '../../crypto/proof-of-possession.ts';
import { publicId, uuidOf } from '../../schema/ids.ts';
import { createRecipientFacts } from '../../subgraphs/recipients/facts.ts';
import { REPORT_TYPE } from '../../subgraphs/recipients/report-device-capabilities.ts';
import { ROTATION_TYPE } from '../../subgraphs/recipients/rotate-device-key.ts';
import { devicesOf, newKey, type TestKey } from '../support/devices.ts';
import { registered, startPeople, type People } from '../support/people.ts';

let people: People;
let devices: ReturnType<typeof devicesOf>;
let phones = 0;
let recipientId: string;
let key: TestKey;
let deviceId: string;

beforeAll(async () => {
  people = await startPeople();
  devices = devicesOf(people);
});
afterAll(() => people.close());

beforeEach(async () => {
  people.clock.time += 60_000;
  phones += 1;
  recipientId = await registered(people, { phone: `+1415555${String(3_000 + phones)}` });
  key = newKey();
  deviceId = (await devices.register(await devices.honest(recipientId, key))).device.id;
});

const kidOf = ({ publicKey }: TestKey): string => parseDeviceKey(publicKey).kid;

/** The whole input of an honest rotation; `old` signs for `next`. */
async function rotation(next = newKey(), old = key) {
  const challenge = await devices.challengeFor(recipientId);
  const proof = devices.proofOf(next, recipientId, challenge);
  const claims = { nonce: challenge, jkt: kidOf(next) };
  return {
    deviceId,
    publicKey: next.publicKey,
    challenge,
    proof,
    authorization: stated(old, ROTATION_TYPE, claims),
  };
}

function stated(by: TestKey, typ: string, claims: object, over: object = {}): string {
  const binding = { typ, aud: 'acme', sub: deviceId, now: people.clock.time, ...over };
  return signDeviceStatement(by.jwk, binding, { ...claims });
}

/** Which keys messages are sealed to now. */
async function sealedTo(): Promise<string[]> {
  const uuid = uuidOf('recipient', recipientId) ?? '';
  const ask = createRecipientFacts(people.work);
  const facts = await people.databases.messages.read('acme', (tx) => ask(tx, 'acme', [uuid]));
  return facts.get(uuid)?.devices.map(({ kid }) => kid) ?? [];
}

test('a rotated device is sealed to by its next key only, and shows its new fingerprint', async () => {
  const next = newKey();
  const { device, errors } = await devices.rotate(await rotation(next));
  expect(errors).toEqual([]);
  const kid = kidOf(next);
  const fingerprint = deviceFingerprint(kid);
  expect(device).toMatchObject({ id: deviceId, kid, fingerprint, keyVersion: 2, state: 'ACTIVE' });
  expect(await sealedTo()).toEqual([kid]);
  expect(device.retiredKeys).toEqual([{ kid: kidOf(key), keyVersion: 1 }]);
});

test('a rotation that the present key did not sign for this key and challenge is refused', async () => {
  const input = await rotation();
  const { challenge } = input;
  const claims = { nonce: challenge, jkt: parseDeviceKey(input.publicKey).kid };
  const forged = [
    stated(newKey(), ROTATION_TYPE, claims),
    stated(key, ROTATION_TYPE, { ...claims, jkt: kidOf(key) }),
    stated(key, ROTATION_TYPE, { ...claims, nonce: 'another' }),
    stated(key, REPORT_TYPE, claims),
    stated(key, ROTATION_TYPE, claims, { aud: 'globex' }),
    stated(key, ROTATION_TYPE, claims, { sub: recipientId }),
    stated(key, ROTATION_TYPE, claims, {
      now: people.clock.time - (PROOF_AGE_MAX_SECONDS + 1) * 1_000,
    }),
    'nothing',
  ];
  for (const authorization of forged) {
    const { device, errors } = await devices.rotate({ ...input, authorization });
    expect(device).toBeNull();
    expect(errors).toMatchObject([{ code: 'PROOF_INVALID', path: ['authorization'] }]);
  }
  const proof = devices.proofOf(newKey(), recipientId, challenge);
  const { errors } = await devices.rotate({ ...input, proof });
  expect(errors).toMatchObject([{ code: 'PROOF_INVALID', path: ['proof'] }]);
  expect(await sealedTo()).toEqual([kidOf(key)]);
  expect((await devices.rotate(input)).errors).toEqual([]);
});

test('neither a rotation nor a retired key ever returns', async () => {
  const next = newKey();
  const input = await rotation(next);
  await devices.rotate(input);
  expect(await devices.rotate(input)).toMatchObject({ errors: [{ code: 'PROOF_INVALID' }] });
  const back = await devices.rotate(await rotation(key, next));
  expect(back).toMatchObject({ errors: [{ code: 'ALREADY_EXISTS', path: ['publicKey'] }] });
  const again = await devices.register(await devices.honest(recipientId, key));
  expect(again).toMatchObject({ errors: [{ code: 'ALREADY_EXISTS', path: ['publicKey'] }] });
  const third = await devices.rotate(await rotation(newKey(), next));
  expect(third.device).toMatchObject({ keyVersion: 3 });
});

test('a challenge that served a rotation registers no device', async () => {
  const { challenge } = await rotation();
  const next = newKey();
  const claims = { nonce: challenge, jkt: kidOf(next) };
  const proof = devices.proofOf(next, recipientId, challenge);
  const authorization = stated(key, ROTATION_TYPE, claims);
  const { publicKey } = next;
  await devices.rotate({ deviceId, publicKey, challenge, proof, authorization });
  await devices.rotate(await rotation(newKey(), next));
  const other = newKey();
  const { errors } = await devices.register({
    ...(await devices.honest(recipientId, other)),
    challenge,
    proof: devices.proofOf(other, recipientId, challenge),
  });
  expect(errors).toMatchObject([{ code: 'PROOF_INVALID', path: ['challenge'] }]);
});

test('of two rotations of one key at the same time one wins', async () => {
  const inputs = [await rotation(), await rotation()];
  const payloads = await Promise.all(inputs.map((input) => devices.rotate(input)));
  const [winner, ...others] = payloads.flatMap(({ device }) => device ?? []);
  expect(others).toEqual([]);
  expect(winner.keyVersion).toBe(2);
  expect(payloads.flatMap(({ errors }) => errors)).toHaveLength(1);
  expect(await sealedTo()).toEqual([winner.kid]);
});

test('a device of nobody, of another tenant or revoked gets no next key', async () => {
  const input = await rotation();
  const unknown = publicId('device', '0192b1c8-0000-7000-8000-000000000000');
  const missing = [{ code: 'NOT_FOUND', path: ['deviceId'] }];
  expect((await devices.rotate({ ...input, deviceId: unknown })).errors).toMatchObject(missing);
  expect((await devices.rotate(input, { tenantId: 'globex' })).errors).toMatchObject(missing);
  await devices.revoke(deviceId);
  expect((await devices.rotate(input)).errors).toMatchObject([{ code: 'WRONG_STATE' }]);
});

test('a person confirms the fingerprint of the present key, and of no other', async () => {
  const fingerprint = deviceFingerprint(kidOf(key));
  const wrong = await devices.confirm({
    deviceId,
    fingerprint: deviceFingerprint(kidOf(newKey())),
  });
  expect(wrong).toMatchObject({
    device: null,
    errors: [{ code: 'PROOF_INVALID', path: ['fingerprint'] }],
  });
  const typed = fingerprint.replaceAll(' ', '');
  const { device } = await devices.confirm({ deviceId, fingerprint: typed });
  expect(Date.parse(device.fingerprintConfirmedAt)).toBe(people.clock.time);
  people.clock.time += 1_000;
  expect((await devices.confirm({ deviceId, fingerprint })).device).toEqual(device);

  const { device: next } = await devices.rotate(await rotation());
  expect(next.fingerprintConfirmedAt).toBeNull();
  const old = await devices.confirm({ deviceId, fingerprint });
  expect(old.errors).toMatchObject([{ code: 'PROOF_INVALID' }]);
  const foreign = await devices.confirm({ deviceId, fingerprint }, { tenantId: 'globex' });
  expect(foreign.errors).toMatchObject([{ code: 'NOT_FOUND', path: ['deviceId'] }]);
  await devices.revoke(deviceId);
  const revoked = await devices.confirm({ deviceId, fingerprint: next.fingerprint });
  expect(revoked.errors).toMatchObject([{ code: 'WRONG_STATE' }]);
});

test('a removed device keeps its name and nothing else, and its key never returns', async () => {
  const rcs = { supported: 'NO' };
  const claims = { platform: 'IOS', clientVersion: '5.0', osBuild: '27A10', rcs };
  await devices.report({ deviceId, report: stated(key, REPORT_TYPE, claims) });
  const second = (await devices.register(await devices.honest(recipientId))).device;
  const { devices: left, errors } = await devices.remove({ recipientId, deviceIds: [deviceId] });
  expect(errors).toEqual([]);
  expect(left).toMatchObject([
    { id: deviceId, state: 'REMOVED', clientVersion: null, osBuild: null, kid: kidOf(key) },
    { id: second.id, state: 'ACTIVE' },
  ]);
  const rows = await people.sql('select jwk from recipients.device where id = $1', [
    uuidOf('device', deviceId),
  ]);
  expect(rows).toEqual([{ jwk: null }]);
  expect(await sealedTo()).toEqual([second.kid]);
  const again = await devices.register(await devices.honest(recipientId, key));
  expect(again).toMatchObject({ errors: [{ code: 'ALREADY_EXISTS' }] });
});

test('an opt-out removes every device, and doing it twice changes nothing', async () => {
  await devices.register(await devices.honest(recipientId));
  const removed = await devices.remove({ recipientId });
  const states = removed.devices.map(({ state }: { state: string }) => state);
  expect(states).toEqual(['REMOVED', 'REMOVED']);
  expect(await sealedTo()).toEqual([]);
  people.clock.time += 1_000;
  expect(await devices.remove({ recipientId })).toEqual(removed);
});

test('devices of others are not removed, and then none is', async () => {
  const other = await registered(people, { phone: '+14155559999' });
  const { device } = await devices.register(await devices.honest(other));
  const { errors } = await devices.remove({ recipientId, deviceIds: [deviceId, device.id] });
  expect(errors).toMatchObject([{ code: 'NOT_FOUND', path: ['deviceIds', '1'] }]);
  const { errors: foreign } = await devices.remove({ recipientId }, { tenantId: 'globex' });
  expect(foreign).toMatchObject([{ code: 'NOT_FOUND', path: ['recipientId'] }]);
  expect(await sealedTo()).toEqual([kidOf(key)]);
});
