// Push subscriptions: taken in, sealed, told apart by endpoint, and moved to whoever signed in last.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidOf } from '../../schema/ids.ts';
import { consentSubjects } from '../../subgraphs/recipients/facts.ts';
import { devicesOf } from '../support/devices.ts';
import { registered, startPeople, type People } from '../support/people.ts';
import { newSubscription, subscribingOf } from '../support/subscriptions.ts';

let people: People;
let deeds: ReturnType<typeof subscribingOf>;

beforeAll(async () => {
  people = await startPeople();
  deeds = subscribingOf(people);
});
afterAll(() => people.close());

const newPerson = () => deeds.newPerson();
const subscribe = (...given: Parameters<typeof deeds.subscribe>) => deeds.subscribe(...given);
const pushOf = (recipientId: string) => deeds.pushOf(recipientId);
const changesOf = (recipientId: string) => deeds.changesOf(recipientId);

test('a subscription makes the channel one that reaches the person', async () => {
  const id = await newPerson();
  expect(await pushOf(id)).toMatchObject({ address: null, consentSubject: null });
  const subscription = newSubscription();
  const { address, errors } = await subscribe(id, { ...subscription, expirationTime: null });
  expect(errors).toEqual([]);
  expect(address).toEqual({
    id: expect.stringMatching(/^adr_/),
    kind: 'PUSH_SUBSCRIPTION',
    masked: 'push.example/•••',
  });
  expect(await pushOf(id)).toMatchObject({
    address: JSON.stringify(subscription),
    addressId: uuidOf('address', address.id),
    // Browsers come and go; what the person agreed to is theirs.
    consentSubject: id,
    supported: 'YES',
    bounced: false,
  });
});

test('nothing of it stands in the table in clear text', async () => {
  const id = await newPerson();
  const { endpoint, keys } = newSubscription();
  await subscribe(id, { endpoint, keys });
  const [row] = await people.sql<{ text: string; sealed: Buffer }>(
    `select a::text as text, sealed from recipients.address a
     where kind = 'PUSH_SUBSCRIPTION' and recipient_id = $1`,
    [uuidOf('recipient', id)],
  );
  const held = `${row?.text} ${row?.sealed.toString('latin1')}`;
  for (const secret of ['push.example', endpoint.slice(-36), keys.p256dh, keys.auth]) {
    expect(held).not.toContain(secret);
  }
});

test('consent to push is kept under the person, with or without a subscription', async () => {
  const id = await newPerson();
  const subjectOf = async () => {
    const uuid = uuidOf('recipient', id) ?? '';
    const subjects = await people.databases.consent.read('acme', (tx) =>
      consentSubjects(tx, 'acme', [uuid]),
    );
    return subjects.get(uuid)?.find(({ channel }) => channel === 'PUSH');
  };
  const before = await subjectOf();
  expect(before).toMatchObject({ subject: id, linkage: 'RECIPIENT_ID' });
  await subscribe(id, newSubscription());
  expect(await subjectOf()).toEqual(before);
});

test('doing it again changes nothing, and tells nobody', async () => {
  const id = await newPerson();
  const subscription = newSubscription();
  const first = await subscribe(id, subscription);
  const told = await changesOf(id);
  expect(await subscribe(id, subscription)).toEqual(first);
  expect(await changesOf(id)).toBe(told);
});

test('the one that was registered last is used', async () => {
  const id = await newPerson();
  const [phone, laptop] = [newSubscription(), newSubscription()];
  await subscribe(id, phone);
  await subscribe(id, laptop);
  expect((await pushOf(id)).address).toBe(JSON.stringify(laptop));
  await subscribe(id, phone);
  expect((await pushOf(id)).address).toBe(JSON.stringify(phone));
});

test('new keys of the same endpoint take the place of the old ones', async () => {
  const id = await newPerson();
  const [first, second] = [newSubscription(), newSubscription()];
  await subscribe(id, first);
  await subscribe(id, { ...second, endpoint: first.endpoint });
  expect((await pushOf(id)).address).toBe(
    JSON.stringify({ endpoint: first.endpoint, keys: second.keys }),
  );
});

test('a browser where somebody else signs in is theirs alone from then on', async () => {
  const [ada, bob] = [await newPerson(), await newPerson()];
  const shared = newSubscription();
  await subscribe(ada, shared);
  const told = await changesOf(ada);
  await subscribe(bob, shared);
  expect((await pushOf(ada)).address).toBeNull();
  expect((await pushOf(bob)).address).toBe(JSON.stringify(shared));
  expect(await changesOf(ada)).toBe(told + 1);
});

test('another tenant’s is another one', async () => {
  const shared = newSubscription();
  const ada = await newPerson();
  await subscribe(ada, shared);
  const asker = { tenantId: 'globex' };
  const bob = await registered(people, { phone: '+14155559999' }, asker);
  expect((await subscribe(bob, shared, {}, asker)).errors).toEqual([]);
  expect((await pushOf(ada)).address).toBe(JSON.stringify(shared));
});

test('of more than ten the oldest is forgotten', async () => {
  const id = await newPerson();
  for (let n = 0; n < 12; n += 1) await subscribe(id, newSubscription());
  const rows = await people.sql(
    `select 1 from recipients.address where kind = 'PUSH_SUBSCRIPTION' and recipient_id = $1`,
    [uuidOf('recipient', id)],
  );
  expect(rows).toHaveLength(10);
});

describe('a subscription of a device', () => {
  const deviceOf = async (recipientId: string): Promise<{ readonly id: string }> => {
    const devices = devicesOf(people);
    return (await devices.register(await devices.honest(recipientId))).device;
  };

  test('ends with it, and no other does', async () => {
    const id = await newPerson();
    const [own, ofDevice] = [newSubscription(), newSubscription()];
    const device = await deviceOf(id);
    await subscribe(id, own);
    await subscribe(id, ofDevice, { deviceId: device.id });
    expect((await pushOf(id)).address).toBe(JSON.stringify(ofDevice));
    await devicesOf(people).revoke(device.id);
    expect((await pushOf(id)).address).toBe(JSON.stringify(own));
    const { errors } = await subscribe(id, ofDevice, { deviceId: device.id });
    expect(errors).toMatchObject([{ code: 'NOT_FOUND', path: ['deviceId'] }]);
  });

  test('is refused for a device of somebody else', async () => {
    const [ada, bob] = [await newPerson(), await newPerson()];
    const device = await deviceOf(bob);
    const { address, errors } = await subscribe(ada, newSubscription(), { deviceId: device.id });
    expect(address).toBeNull();
    expect(errors).toMatchObject([{ code: 'NOT_FOUND', path: ['deviceId'] }]);
  });
});

describe('what is no subscription is refused', () => {
  const good = newSubscription();
  const at = (endpoint: string) => ({ ...good, endpoint });
  const withKeys = (keys: object) => ({ ...good, keys: { ...good.keys, ...keys } });
  const offCurve = Buffer.from(good.keys.p256dh, 'base64url');
  offCurve[64] = (offCurve[64] ?? 0) ^ 1;

  test.each([
    ['http', at('http://push.example/1'), ['endpoint']],
    ['another host', at('https://169.254.169.254/latest'), ['endpoint']],
    ['another port', at('https://push.example:8443/1'), ['endpoint']],
    ['a name and a password', at('https://a:b@push.example/1'), ['endpoint']],
    ['no URL', at('push.example'), ['endpoint']],
    ['an endless URL', at(`https://push.example/${'x'.repeat(2_048)}`), ['endpoint']],
    [
      'a point beside the curve',
      withKeys({ p256dh: offCurve.toString('base64url') }),
      ['keys', 'p256dh'],
    ],
    ['base64 with padding', withKeys({ auth: `${good.keys.auth}==` }), ['keys', 'auth']],
    ['a short secret', withKeys({ auth: 'AAAA' }), ['keys', 'auth']],
  ])('%s', async (_, subscription, path) => {
    const { address, errors } = await subscribe(await newPerson(), subscription);
    expect(address).toBeNull();
    expect(errors).toMatchObject([{ code: 'INVALID_INPUT', path: ['subscription', ...path] }]);
  });

  test('for nobody, and for a person of another tenant', async () => {
    const stranger = await registered(people, { phone: '+14155559998' }, { tenantId: 'globex' });
    for (const id of ['rcp_nobody', stranger]) {
      const { errors } = await subscribe(id, newSubscription());
      expect(errors).toMatchObject([{ code: 'NOT_FOUND', path: ['recipientId'] }]);
    }
  });

  test('without the right to write', async () => {
    const { errors } = await subscribe(
      await newPerson(),
      good,
      {},
      { scopes: ['recipients:read'] },
    );
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });
});
