// Device reports: what a device signed about its own client is believed, once, for a time, and nothing else is.
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { signDeviceStatement } from '../../crypto/device-statement.ts';
import { uuidOf } from '../../schema/ids.ts';
import { REPORT_TYPE } from '../../subgraphs/recipients/report-device-capabilities.ts';
import { ROTATION_TYPE } from '../../subgraphs/recipients/rotate-device-key.ts';
import { devicesOf, newKey, type TestKey } from '../support/devices.ts';
import { CAPABILITY_TTL_SECONDS, registered, startPeople, type People } from '../support/people.ts';

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
  recipientId = await registered(people, { phone: `+1415555${String(5_000 + phones)}` });
  key = newKey();
  deviceId = (await devices.register(await devices.honest(recipientId, key))).device.id;
});

function stated(by: TestKey, typ: string, claims: object, over: object = {}): string {
  const binding = { typ, aud: 'acme', sub: deviceId, now: people.clock.time, ...over };
  return signDeviceStatement(by.jwk, binding, { ...claims });
}

const SPOKEN = {
  platform: 'IOS',
  clientVersion: '5.0',
  osBuild: '27A10',
  rcs: {
    supported: 'YES',
    nativeE2ee: 'YES',
    mlsProfiles: ['rcc16-v1'],
    features: ['RICHCARD_STANDALONE'],
    carrier: 'Magenta',
  },
};

test('what a device reports of its client is believed for the time to live', async () => {
  const { device, errors } = await devices.report({
    deviceId,
    report: stated(key, REPORT_TYPE, SPOKEN),
  });
  expect(errors).toEqual([]);
  expect(device).toMatchObject({ clientVersion: '5.0', osBuild: '27A10' });
  const { channels, devices: shown } = await devices.of(recipientId);
  expect(shown).toMatchObject([{ clientVersion: '5.0', reportedAt: expect.anything() }]);
  expect(channels[0]).toMatchObject({
    channel: 'RCS',
    capability: {
      supported: 'YES',
      nativeE2ee: 'YES',
      features: ['RICHCARD_STANDALONE', 'mls:rcc16-v1'],
      carrier: 'Magenta',
      source: 'device',
    },
  });
  const { checkedAt, expiresAt } = channels[0].capability;
  expect(Date.parse(expiresAt) - Date.parse(checkedAt)).toBe(CAPABILITY_TTL_SECONDS * 1_000);
  const events = await people.sql(
    `select payload ->> 'reason' as reason from recipients.event
     where payload ->> 'recipientId' = $1 order by seq desc limit 1`,
    [uuidOf('recipient', recipientId)],
  );
  expect(events).toEqual([{ reason: 'capability' }]);
});

test('a report is taken once, and an older one does not displace a newer one', async () => {
  const older = stated(key, REPORT_TYPE, SPOKEN);
  people.clock.time += 30_000;
  const gone = { ...SPOKEN, rcs: { supported: 'NO' } };
  const newer = stated(key, REPORT_TYPE, gone);
  expect((await devices.report({ deviceId, report: newer })).errors).toEqual([]);
  for (const report of [older, newer]) {
    const { errors } = await devices.report({ deviceId, report });
    expect(errors).toMatchObject([{ code: 'WRONG_STATE', path: ['report'] }]);
  }
  const { channels } = await devices.of(recipientId);
  expect(channels[0].capability).toMatchObject({ supported: 'NO', nativeE2ee: 'NO' });
});

test('a report that the device did not sign, or not now, is refused', async () => {
  const other = await devices.register(await devices.honest(recipientId));
  const forged = [
    stated(newKey(), REPORT_TYPE, SPOKEN),
    stated(key, ROTATION_TYPE, SPOKEN),
    stated(key, REPORT_TYPE, SPOKEN, { sub: other.device.id }),
    stated(key, REPORT_TYPE, SPOKEN, { aud: 'globex' }),
    stated(key, REPORT_TYPE, SPOKEN, { now: people.clock.time - 400_000 }),
    stated(key, REPORT_TYPE, SPOKEN, { now: people.clock.time + 400_000 }),
  ];
  for (const report of forged) {
    const { errors } = await devices.report({ deviceId, report });
    expect(errors).toMatchObject([{ code: 'PROOF_INVALID', path: ['report'] }]);
  }
  const report = stated(key, REPORT_TYPE, SPOKEN);
  await devices.revoke(deviceId);
  const { errors } = await devices.report({ deviceId, report });
  expect(errors).toMatchObject([{ code: 'WRONG_STATE' }]);
  expect((await devices.of(recipientId)).channels[0].capability.source).toBe('none');
});

test('a report of another platform, or one that says nothing of RCS, is refused by its claim', async () => {
  const wrong = [
    { ...SPOKEN, platform: 'ANDROID' },
    { ...SPOKEN, rcs: { ...SPOKEN.rcs, supported: 'UNKNOWN' } },
  ];
  const paths = [];
  for (const claims of wrong) {
    const report = stated(key, REPORT_TYPE, claims);
    const [error] = (await devices.report({ deviceId, report })).errors;
    paths.push([error.code, ...error.path]);
  }
  expect(paths).toEqual([
    ['INVALID_INPUT', 'report', 'platform'],
    ['INVALID_INPUT', 'report', 'rcs'],
  ]);
});
