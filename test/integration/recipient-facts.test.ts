// What recipients tells messages and consent: in their transactions, with their roles, in a constant number of statements.
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { open, seal } from '../../crypto/aead.ts';
import { parseDeviceKey } from '../../crypto/device-key.ts';
import { publicId, uuidOf } from '../../schema/ids.ts';
import type { AskConsentSubjects } from '../../subgraphs/consent/ports.ts';
import type { AskRecipientFacts, ChannelFacts } from '../../subgraphs/messages/ports.ts';
import { consentSubjects, createRecipientFacts } from '../../subgraphs/recipients/facts.ts';
import { createPseudonyms } from '../../subgraphs/recipients/pseudonyms.ts';
import { DeviceTable } from '../../subgraphs/recipients/store/device.table.ts';
import { deeds, registered, startPeople, type People } from '../support/people.ts';

// The compiler checks that the answers fit the questions, as wiring.ts needs them.
let askFacts: AskRecipientFacts;
const askSubjects: AskConsentSubjects = consentSubjects;

let people: People;
beforeAll(async () => {
  people = await startPeople();
  askFacts = createRecipientFacts(people.work);
});
afterAll(() => people.close());

const uuid = (id: string): string => uuidOf('recipient', id) ?? '';

const factsOf = (ids: readonly string[], tenantId = 'acme') =>
  people.databases.messages.read(tenantId, (tx) => askFacts(tx, tenantId, ids.map(uuid)));
const subjectsOf = (ids: readonly string[], tenantId = 'acme') =>
  people.databases.consent.read(tenantId, (tx) => askSubjects(tx, tenantId, ids.map(uuid)));

/** A device as registration leaves it; only its key matters here. */
async function addDevice(recipientId: string, state: 'ACTIVE' | 'REVOKED'): Promise<string> {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { kid, jwk } = parseDeviceKey(publicKey.export({ format: 'jwk' }));
  await people.databases.recipients.transaction('acme', async ({ em }) => {
    await em.insert(DeviceTable, {
      tenantId: 'acme',
      id: people.work.newUuid(),
      recipientId: uuid(recipientId),
      platform: 'WEB',
      kid,
      fingerprint: '',
      jwk,
      state,
      clientVersion: null,
      osBuild: null,
      challenge: kid,
      registeredAt: new Date(),
      revokedAt: null,
    });
  });
  return kid;
}

test('messages gets the profile, the opened addresses, the devices and the person’s key', async () => {
  const id = await registered(people, {
    phone: '+43 660 1234601',
    email: 'facts@example.com',
    locale: 'de',
    preferredChannels: ['SMS'],
    optedOutChannels: ['EMAIL'],
    carrier: 'A1',
    featureFlags: [{ name: 'beta', isEnabled: true }],
  });
  await addDevice(id, 'REVOKED');
  const kid = await addDevice(id, 'ACTIVE');
  const facts = (await factsOf([id])).get(uuid(id));
  expect(facts).toMatchObject({
    recipientId: uuid(id),
    locale: 'de',
    region: 'AT',
    timeZone: null,
    preferredChannels: ['SMS'],
    optedOutChannels: ['EMAIL'],
    featureFlags: { beta: true },
  });
  expect(facts?.devices.map((device) => device.kid)).toEqual([kid]);
  expect(parseDeviceKey(facts?.devices[0]?.jwk).kid).toBe(kid);

  const byChannel = new Map(facts?.channels.map((known) => [known.channel, known]));
  expect([...byChannel.keys()]).toEqual(['RCS', 'IMESSAGE', 'SMS', 'EMAIL', 'PUSH', 'LINK']);
  const sms = byChannel.get('SMS') as ChannelFacts;
  expect(sms.carrier).toBe('A1');
  expect(sms).toMatchObject({ address: '+436601234601', supported: 'YES', source: 'assumed' });
  expect(sms.consentSubject).toMatch(/^pn1\.1\.[\w-]{43}$/);
  expect(byChannel.get('RCS')).toMatchObject({
    address: sms.address,
    consentSubject: sms.consentSubject,
    supported: 'UNKNOWN',
    nativeE2ee: 'UNKNOWN',
    checkedAt: null,
    expiresAt: null,
  });
  expect(byChannel.get('EMAIL')).toMatchObject({ address: 'facts@example.com' });
  expect(byChannel.get('LINK')).toMatchObject({ address: id, consentSubject: id });
  expect(byChannel.get('PUSH')).toMatchObject({ address: null, consentSubject: null });

  const aad = Buffer.from('place');
  const sealed = seal(facts!.dataKey, Buffer.from('for this person'), aad);
  const again = (await factsOf([id])).get(uuid(id));
  expect(open(again!.dataKey, sealed, aad).toString()).toBe('for this person');
});

test('each person has a key of their own', async () => {
  const ids = [
    await registered(people, { phone: '+14155550602' }),
    await registered(people, { phone: '+14155550603' }),
  ];
  const [one, other] = (await factsOf(ids)).values();
  expect(one!.dataKey.equals(other!.dataKey)).toBe(false);
});

test('consent gets the pseudonyms of what each channel needs, and nothing it could open', async () => {
  const id = await registered(people, { phone: '+14155550604', email: 'subject@example.com' });
  const bare = await registered(people, { externalId: 'bare' });
  const facts = (await factsOf([id])).get(uuid(id));
  const subjects = await subjectsOf([id, bare]);
  const expected = facts!.channels
    .filter(({ channel }) => channel !== 'IMESSAGE')
    .map(({ channel, consentSubject }) => {
      const ofAddress = channel === 'EMAIL' ? 'HASHED_EMAIL' : 'HASHED_PHONE';
      return channel === 'PUSH' || channel === 'LINK'
        ? { channel, subject: id, linkage: 'RECIPIENT_ID', region: 'US' }
        : { channel, subject: consentSubject, linkage: ofAddress, region: 'US' };
    });
  expect(subjects.get(uuid(id))).toEqual(expected);
  expect(subjects.get(uuid(bare))?.map(({ channel }) => channel)).toEqual(['PUSH', 'LINK']);
  const { consent } = people.databases;
  const sealed = consent.read('acme', (tx) => tx.query('select sealed from recipients.address'));
  await expect(sealed).rejects.toThrow(/permission denied/);
});

test('unknown ids and those of other tenants are missing from both', async () => {
  const id = await registered(people, { phone: '+14155550605' });
  const unknown = publicId('recipient', '0192b1c8-0000-7000-8000-000000000000');
  expect([...(await factsOf([id, unknown])).keys()]).toEqual([uuid(id)]);
  expect([...(await subjectsOf([id, unknown])).keys()]).toEqual([uuid(id)]);
  expect((await factsOf([id], 'globex')).size).toBe(0);
  expect((await subjectsOf([id], 'globex')).size).toBe(0);
});

test('a job that works across tenants still gets one tenant’s people only', async () => {
  const id = await registered(people, { phone: '+14155550606' });
  const { messages } = people.databases;
  const other = await messages.acrossTenants((tx) => askFacts(tx, 'globex', [uuid(id)]));
  expect(other.size).toBe(0);
  const own = await messages.acrossTenants((tx) => askFacts(tx, 'acme', [uuid(id)]));
  expect(own.size).toBe(1);
});

test('the number of statements does not depend on the number of people', async () => {
  const ids = [];
  for (let n = 0; n < 30; n += 1) {
    const input = { phone: `+141555507${10 + n}`, email: `many${n}@example.com` };
    ids.push(await registered(people, input));
  }
  const { statements } = people;
  for (const some of [ids.slice(0, 1), ids]) {
    statements.messages.length = 0;
    statements.consent.length = 0;
    expect((await factsOf(some)).size).toBe(some.length);
    expect((await subjectsOf(some)).size).toBe(some.length);
    expect(deeds(statements.messages)).toHaveLength(3);
    expect(deeds(statements.consent)).toHaveLength(1);
  }
  statements.messages.length = 0;
  expect((await factsOf([])).size).toBe(0);
  expect(deeds(statements.messages)).toEqual([]);
});

test('a number has its owners in every tenant, in whatever spelling it is asked for', async () => {
  const phone = '+14155550805';
  const ours = uuid(await registered(people, { phone }));
  const theirs = uuid(await registered(people, { phone }, { tenantId: 'globex' }));
  const { writerOwners } = createPseudonyms(people);
  const spelled = '+1 (415) 555-0805';
  const owners = await people.databases.consent.acrossTenants((tx) =>
    writerOwners(tx, [phone, spelled, '+14155559999', 'junk']),
  );
  expect([...owners.keys()]).toEqual([phone, spelled]);
  for (const found of owners.values()) {
    expect(found.map(({ tenantId, recipientId }) => [tenantId, recipientId])).toEqual([
      ['acme', ours],
      ['globex', theirs],
    ]);
  }
});

test('messages can read what it asks for and change nothing of it', async () => {
  const { messages } = people.databases;
  for (const sql of [
    `update recipients.address set kind = 'PHONE'`,
    'delete from recipients.recipient',
    'select updated_at from recipients.recipient',
    'select payload from recipients.event',
  ]) {
    const deed = messages.transaction('acme', (tx) => tx.query(sql));
    await expect(deed).rejects.toThrow(/permission denied/);
  }
});

test('once the tenant’s key is destroyed, nobody opens what it wrapped', async () => {
  const gone = { tenantId: 'initech' };
  const id = await registered(people, { phone: '+14155550800' }, gone);
  await people.kms.destroy({ tenant: 'initech', use: 'data' });
  const fresh = createRecipientFacts(people.work);
  const asked = people.databases.messages.read('initech', (tx) => fresh(tx, 'initech', [uuid(id)]));
  await expect(asked).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
});
