// Attested devices: what a tenant requires is what a device has to bring, for its own key.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { signDeviceStatement } from '../../crypto/device-statement.ts';
import { parseDeviceKey } from '../../crypto/device-key.ts';
import { ROTATION_TYPE } from '../../subgraphs/recipients/rotate-device-key.ts';
import { maker, ORIGIN, RP_ID, type Attested, type Twist } from '../support/attestations.ts';
import { devicesOf, newKey, type TestKey } from '../support/devices.ts';
import { registered, startPeople, type Asker, type People } from '../support/people.ts';

const CONFIGURE = `mutation ($input: ConfigureAttestationInput!) { configureAttestation(input: $input) {
  policy { rpId origins roots required updatedAt } errors { code path } } }`;

// The formats are read by a library that tells the time by itself: the maker's certificates are valid today.
const acme = maker(Date.now());
const stranger = maker(Date.now());
let people: People;
let devices: ReturnType<typeof devicesOf>;
let recipientId: string;
beforeAll(async () => {
  people = await startPeople();
  devices = devicesOf(people);
  recipientId = await registered(people, { phone: '+14155556001' });
});
afterAll(() => people.close());

async function configure(over: object = {}, asker: Asker = {}) {
  const input = { rpId: RP_ID, origins: [ORIGIN], roots: [acme.rootPem], ...over };
  const answer = await people.ask('recipients', CONFIGURE, { input }, asker);
  return answer.errors ? answer : answer.data.configureAttestation;
}

const kidOf = ({ publicKey }: TestKey): string => parseDeviceKey(publicKey).kid;

/** An honest registration with evidence for its key. */
async function attested(by: Attested, { key = newKey(), twist = {} as Twist } = {}) {
  const input = await devices.honest(recipientId, key);
  return { ...input, attestation: await by(input.challenge, kidOf(key), twist) };
}

test('evidence counts only once the tenant has said for which app', async () => {
  const { errors } = await devices.register(await attested(acme.packed));
  expect(errors).toMatchObject([{ code: 'WRONG_STATE', path: ['attestation'] }]);
  const plain = await devices.register(await devices.honest(recipientId));
  expect(plain.device).toMatchObject({ attestation: 'NONE' });
});

test('a device shows what vouches for its key', async () => {
  const { policy } = await configure();
  expect(policy).toMatchObject({ rpId: RP_ID, origins: [ORIGIN], required: 'NONE' });
  const levels = [];
  for (const by of [acme.none, acme.self, acme.packed, acme.androidKey, acme.apple, acme.tpm]) {
    const { device } = await devices.register(await attested(by));
    levels.push(device.attestation);
  }
  expect(levels).toEqual(['NONE', 'SELF', 'CERTIFIED', 'CERTIFIED', 'CERTIFIED', 'CERTIFIED']);
  const shown = (await devices.of(recipientId)).devices;
  expect(shown.slice(-6).map(({ attestation }: { attestation: string }) => attestation)).toEqual(
    levels,
  );
});

test('evidence for another key, by a stranger’s root or forged registers no device', async () => {
  await configure();
  const input = await attested(acme.androidKey);
  const { challenge, publicKey } = input;
  const { kid } = parseDeviceKey(publicKey);
  const forge = (statement: Map<string, unknown>) =>
    statement.set('sig', new Uint8Array(statement.get('sig') as Uint8Array).fill(0, 8, 16));
  const wrong = [
    await acme.androidKey(challenge, kidOf(newKey())),
    await acme.androidKey('another-challenge', kid),
    await stranger.androidKey(challenge, kid),
    await acme.androidKey(challenge, kid, { forge }),
    await acme.androidKey(challenge, kid, { leaf: { until: people.clock.time - 1_000 } }),
    await acme.androidKey(challenge, kid, { origin: 'https://evil.example' }),
    { clientDataJson: 'e30', attestationObject: 'oA' },
  ];
  for (const attestation of wrong) {
    const { device, errors } = await devices.register({ ...input, attestation });
    expect(device).toBeNull();
    expect(errors).toMatchObject([{ code: 'PROOF_INVALID', path: ['attestation'] }]);
  }
  expect((await devices.register(input)).errors).toEqual([]);
});

test('a tenant that requires certificates gets no device and no next key without', async () => {
  const key = newKey();
  await configure();
  const { device } = await devices.register(await attested(acme.packed, { key }));
  expect(await configure({ required: 'CERTIFIED' })).toMatchObject({ errors: [] });
  for (const by of [acme.none, acme.self]) {
    const { errors } = await devices.register(await attested(by));
    expect(errors).toMatchObject([{ code: 'PROOF_INVALID', path: ['attestation'] }]);
  }
  const plain = await devices.register(await devices.honest(recipientId));
  expect(plain.errors).toMatchObject([{ code: 'PROOF_INVALID', path: ['attestation'] }]);

  const next = newKey();
  const { challenge, proof, publicKey } = await devices.honest(recipientId, next);
  const binding = { typ: ROTATION_TYPE, aud: 'acme', sub: device.id, now: people.clock.time };
  const claims = { nonce: challenge, jkt: kidOf(next) };
  const authorization = signDeviceStatement(key.jwk, binding, claims);
  const rotation = { deviceId: device.id, challenge, proof, publicKey, authorization };
  const { errors } = await devices.rotate(rotation);
  expect(errors).toMatchObject([{ code: 'PROOF_INVALID', path: ['attestation'] }]);
  const attestation = await acme.apple(challenge, kidOf(next));
  const rotated = await devices.rotate({ ...rotation, attestation });
  expect(rotated.device).toMatchObject({ keyVersion: 2, attestation: 'CERTIFIED' });
});

test('a policy with a strange domain, origin or root is refused by its field', async () => {
  const damaged = acme.rootPem.replace('MII', 'MIJ');
  const faults: [object, string[]][] = [
    [{ rpId: 'https://app.acme.example' }, ['rpId']],
    [{ rpId: '' }, ['rpId']],
    [{ origins: [] }, ['origins']],
    [{ origins: [ORIGIN, 'http://app.acme.example'] }, ['origins', '1']],
    [{ origins: [`${ORIGIN}/path`] }, ['origins', '0']],
    [{ origins: ['android:apk-key-hash:short'] }, ['origins', '0']],
    [{ roots: [acme.rootPem, damaged] }, ['roots', '1']],
    [{ roots: ['nothing'] }, ['roots', '0']],
    [{ roots: Array.from({ length: 51 }, () => acme.rootPem) }, ['roots']],
  ];
  for (const [over, path] of faults) {
    expect(await configure(over)).toEqual({
      policy: null,
      errors: [{ code: 'INVALID_INPUT', path }],
    });
  }
  const { errors } = await configure({}, { scopes: ['recipients:write'] });
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  const native = `android:apk-key-hash:${'A'.repeat(43)}`;
  expect(await configure({ origins: [native] })).toMatchObject({ errors: [] });
});

test('one tenant’s policy says nothing of another’s devices', async () => {
  const asker = { tenantId: 'globex' };
  await configure({ required: 'CERTIFIED' });
  const theirs = await registered(people, { phone: '+14155556002' }, asker);
  const key = newKey();
  const challenge = await devices.challengeFor(theirs, asker);
  const proof = devices.proofOf(key, theirs, challenge, 'globex');
  const input = {
    recipientId: theirs,
    platform: 'WEB',
    publicKey: key.publicKey,
    challenge,
    proof,
  };
  expect((await devices.register(input, asker)).device).toMatchObject({ attestation: 'NONE' });
});
