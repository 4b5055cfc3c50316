// Who a recipient is, on a real database: found by any identifier, changed, with several addresses.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { uuidOf } from '../../schema/ids.ts';
import { consentSubjects, createRecipientFacts } from '../../subgraphs/recipients/facts.ts';
import { registered, startPeople, type People } from '../support/people.ts';
import { recipientsDoor } from '../support/recipients-door.ts';

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.close());

const uuid = (id: string) => uuidOf('recipient', id) ?? '';
const FIELDS = `id externalId externalIds { kind value } locale timeZone region carrier
  preferredChannels optedOutChannels optOuts { channel purpose } quietHours { from to days }
  featureFlags { name isEnabled } updatedAt
  addresses { id kind masked verifiedAt verificationMethod }
  channels { channel reachable reasons isOptedOut }`;

const { find, change } = recipientsDoor(() => people, FIELDS);

test('a recipient is found by every identifier, in the tenant alone', async () => {
  const id = await registered(people, {
    externalId: 'find-1',
    externalIds: [{ kind: 'user_id', value: 'u-1' }],
    phone: '+14155551001',
    email: 'find@example.com',
  });
  for (const query of [
    'recipientByExternalId(value: "find-1")',
    'recipientByExternalId(kind: "user_id", value: "u-1")',
    'recipientByPhone(phone: "+1 (415) 555-1001")',
    'recipientByEmail(email: "find@EXAMPLE.com")',
  ]) {
    expect((await find(query))?.id).toBe(id);
    expect(await find(query, { tenantId: 'globex' })).toBeNull();
  }
  expect(await find('recipientByExternalId(kind: "account_id", value: "u-1")')).toBeNull();
  expect(await find('recipientByPhone(phone: "not a number")')).toBeNull();
});

test('an update sets what it says, and leaves the rest', async () => {
  const recipientId = await registered(people, {
    externalId: 'update-1',
    locale: 'de-AT',
    carrier: 'A1',
    optedOutChannels: ['EMAIL'],
  });
  people.clock.time += 1_000;
  const { recipient, errors } = await change('updateRecipient', {
    recipientId,
    timeZone: 'Europe/Vienna',
    carrier: null,
    optOuts: [{ channel: 'SMS', purpose: 'MARKETING' }, { channel: 'RCS' }],
    quietHours: { from: '22:00', to: '07:00' },
    featureFlags: [{ name: 'rcs_carousel', isEnabled: true }],
    addExternalIds: [{ kind: 'account_id', value: 'a-1' }],
  });
  expect(errors).toEqual([]);
  expect(recipient).toMatchObject({
    id: recipientId,
    externalId: 'update-1',
    externalIds: [
      { kind: 'account_id', value: 'a-1' },
      { kind: 'external_id', value: 'update-1' },
    ],
    locale: 'de-AT',
    timeZone: 'Europe/Vienna',
    carrier: null,
    optedOutChannels: ['RCS'],
    optOuts: [
      { channel: 'RCS', purpose: null },
      { channel: 'SMS', purpose: 'MARKETING' },
    ],
    quietHours: { from: '22:00', to: '07:00' },
    featureFlags: [{ name: 'rcs_carousel', isEnabled: true }],
    updatedAt: new Date(people.clock.time).toISOString(),
  });
  expect(recipient.quietHours.days).toHaveLength(7);
  const again = await change('updateRecipient', {
    recipientId,
    removeExternalIds: [{ kind: 'account_id', value: 'a-1' }],
    quietHours: null,
  });
  expect(again.recipient).toMatchObject({
    externalIds: [{ kind: 'external_id', value: 'update-1' }],
    quietHours: null,
    timeZone: 'Europe/Vienna',
  });
});

test('an update that is refused changes nothing', async () => {
  const recipientId = await registered(people, { externalId: 'refused-1' });
  await registered(people, { externalIds: [{ kind: 'user_id', value: 'taken' }] });
  const bad: [object, string, string[]][] = [
    [{ timeZone: 'Mars' }, 'INVALID_INPUT', ['timeZone']],
    [{ quietHours: { from: '22:00', to: '07:00' } }, 'INVALID_INPUT', ['quietHours']],
    [
      { addExternalIds: [{ kind: 'user_id', value: 'taken' }] },
      'ALREADY_EXISTS',
      ['addExternalIds'],
    ],
    [
      { addExternalIds: [{ kind: 'crm', value: 'x@y.zz' }] },
      'INVALID_INPUT',
      ['externalIds', '0', 'value'],
    ],
  ];
  for (const [input, code, path] of bad) {
    const { recipient, errors } = await change('updateRecipient', {
      recipientId,
      locale: 'fr',
      removeExternalIds: [{ kind: 'external_id', value: 'refused-1' }],
      ...input,
    });
    expect(recipient).toBeNull();
    expect(errors).toMatchObject([{ code, path }]);
  }
  const { errors } = await change('updateRecipient', { recipientId }, { tenantId: 'globex' });
  expect(errors).toMatchObject([{ code: 'NOT_FOUND', path: ['recipientId'] }]);
  expect(await find(`recipient(id: "${recipientId}")`)).toMatchObject({
    locale: 'en',
    externalId: 'refused-1',
  });
});

/** The address that a channel would use now, and under which pseudonym its consent is kept. */
const used = async (recipientId: string) => {
  const ids = [uuid(recipientId)];
  const facts = await people.databases.messages.read('acme', (tx) =>
    createRecipientFacts(people.work)(tx, 'acme', ids),
  );
  const subjects = await people.databases.consent.read('acme', (tx) =>
    consentSubjects(tx, 'acme', ids),
  );
  const sms = facts.get(ids[0] ?? '')?.channels.find(({ channel }) => channel === 'SMS');
  const subject = subjects.get(ids[0] ?? '')?.find(({ channel }) => channel === 'SMS')?.subject;
  expect(sms?.consentSubject).toBe(subject ?? null);
  return sms?.address;
};

test('the newest address is used, a verified one before it, and a removed one never', async () => {
  const recipientId = await registered(people, { phone: '+14155551010' });
  people.clock.time += 1_000;
  const added = await change('addAddress', { recipientId, phone: '+14155551011' });
  expect(added.recipient.addresses).toHaveLength(2);
  expect(await used(recipientId)).toBe('+14155551011');
  const older = added.recipient.addresses.find(({ masked }: { masked: string }) =>
    masked.endsWith('10'),
  );
  const newer = added.recipient.addresses.find(({ masked }: { masked: string }) =>
    masked.endsWith('11'),
  );
  const verified = await change('verifyAddress', { addressId: older.id, method: 'ONE_TIME_CODE' });
  expect(verified.recipient.addresses[0]).toMatchObject({
    id: older.id,
    verifiedAt: new Date(people.clock.time).toISOString(),
    verificationMethod: 'ONE_TIME_CODE',
  });
  expect(await used(recipientId)).toBe('+14155551010');
  const removed = await change('removeAddress', { addressId: older.id });
  expect(removed.recipient.addresses.map(({ id }: { id: string }) => id)).toEqual([newer.id]);
  expect(await used(recipientId)).toBe('+14155551011');
  expect((await change('removeAddress', { addressId: older.id })).errors).toMatchObject([
    { code: 'NOT_FOUND', path: ['addressId'] },
  ]);
});

test('an address is added once, to one recipient', async () => {
  const recipientId = await registered(people, { phone: '+14155551020' });
  const other = await registered(people, { email: 'theirs@example.com' });
  const twice = await change('addAddress', { recipientId, phone: '+1 415 555 1020' });
  expect(twice.errors).toEqual([]);
  expect(twice.recipient.addresses).toHaveLength(1);
  const refusals: [object, string, string[]][] = [
    [{ recipientId: other, phone: '+14155551020' }, 'ALREADY_EXISTS', ['phone']],
    [{ recipientId, email: 'theirs@example.com' }, 'ALREADY_EXISTS', ['email']],
    [{ recipientId, phone: '0660 1' }, 'INVALID_INPUT', ['phone']],
    [{ recipientId }, 'INVALID_INPUT', ['phone']],
    [
      { recipientId: 'rcp_00000000000000000000000000', phone: '+14155551021' },
      'NOT_FOUND',
      ['recipientId'],
    ],
  ];
  for (const [input, code, path] of refusals) {
    expect(await change('addAddress', input)).toMatchObject({
      recipient: null,
      errors: [{ code, path }],
    });
  }
});
