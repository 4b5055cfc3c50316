// Recipients against real tables: registration, races, and isolation of tenants.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { publicId, uuidOf } from '../../schema/ids.ts';
import { deeds, registered, startPeople, type People } from '../support/people.ts';

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.close());

const RECIPIENT = `query ($id: ID!) { recipient(id: $id) {
  id externalId locale timeZone region carrier createdAt
  preferredChannels optedOutChannels
  addresses { kind masked verifiedAt } devices { id }
  channels { channel reachable reasons protections capability { supported source checkedAt expiresAt } }
} }`;

const REGISTER = `mutation ($input: RegisterRecipientInput!) { registerRecipient(input: $input) {
  recipient { id } errors { __typename ... on UserError { code path message } } } }`;

const register = (input: object, tenantId = 'acme') =>
  people.ask('recipients', REGISTER, { input }, { tenantId });

test('a registered recipient is shown with masked addresses and the state of each channel', async () => {
  const input = {
    externalId: 'customer-1',
    phone: '+43 660 1234501',
    email: 'Ada@Example.com',
    locale: 'de-AT',
    timeZone: 'Europe/Vienna',
    carrier: 'A1',
    preferredChannels: ['SMS', 'EMAIL'],
    optedOutChannels: ['EMAIL'],
  };
  const id = await registered(people, input);
  const { data, errors } = await people.ask('recipients', RECIPIENT, { id });
  expect(errors).toBeUndefined();
  const { channels, addresses, ...profile } = data.recipient;
  expect(profile).toEqual({
    id,
    externalId: 'customer-1',
    locale: 'de-AT',
    timeZone: 'Europe/Vienna',
    carrier: 'A1',
    preferredChannels: ['SMS', 'EMAIL'],
    optedOutChannels: ['EMAIL'],
    region: 'AT',
    createdAt: '2026-11-20T12:00:00.000Z',
    devices: [],
  });
  expect(addresses).toHaveLength(2);
  expect(addresses).toContainEqual({ kind: 'PHONE', masked: '+43•••01', verifiedAt: null });
  expect(addresses).toContainEqual({ kind: 'EMAIL', masked: 'A•••@e•••.com', verifiedAt: null });
  const byChannel = Object.fromEntries(
    channels.map((state: { channel: string }) => [state.channel, state]),
  );
  expect(byChannel.SMS).toMatchObject({ reachable: true, capability: { source: 'assumed' } });
  expect(byChannel.EMAIL).toMatchObject({ reachable: false, reasons: ['OPTED_OUT'] });
  expect(byChannel.RCS).toMatchObject({ reachable: false, reasons: ['CAPABILITY_UNKNOWN'] });
  expect(byChannel.PUSH).toMatchObject({ reasons: ['NO_ADDRESS'], capability: null });
  expect(byChannel.LINK).toMatchObject({ reachable: true, protections: ['LINK_ONLY'] });
});

test('registration appends its event and the task of the look-up in one transaction, then wakes', async () => {
  people.statements.recipients.length = 0;
  const from = people.woken.length;
  const id = await registered(people, { phone: '+4366012345011', email: 'task@example.com' });
  expect(deeds(people.statements.recipients)).toHaveLength(4);
  const recipientId = uuidOf('recipient', id);
  const tasks = await people.sql(
    `select t.lane, t.share from recipients.task t
     join recipients.address a on a.id::text = t.key where a.recipient_id = $1`,
    [recipientId],
  );
  expect(tasks).toEqual([{ lane: 'capabilities', share: 'acme' }]);
  const events = await people.sql(
    `select name, payload from recipients.event where payload ->> 'recipientId' = $1`,
    [recipientId],
  );
  const payload = { recipientId, reason: 'registered' };
  expect(events).toEqual([{ name: 'recipient.channels-changed', payload }]);
  expect(people.woken.slice(from)).toEqual(['tasks:recipients', 'events:recipients']);
});

test('every fault of the input is named, and nothing is written', async () => {
  const before = await people.sql('select count(*) from recipients.recipient');
  const { data } = await register({ phone: '0660', email: 'ada', locale: 'english', region: 'x' });
  expect(data.registerRecipient.recipient).toBeNull();
  expect(data.registerRecipient.errors).toMatchObject([
    { __typename: 'InvalidInput', code: 'INVALID_INPUT', path: ['locale'] },
    { path: ['region'] },
    { path: ['phone'] },
    { path: ['email'] },
  ]);
  const empty = await register({ locale: 'de' });
  expect(empty.data.registerRecipient.errors).toMatchObject([{ code: 'INVALID_INPUT', path: [] }]);
  expect(await people.sql('select count(*) from recipients.recipient')).toEqual(before);
});

test('an identifier that another recipient holds is refused by its field, in any spelling', async () => {
  const taken = { externalId: 'twin', phone: '+14155550123', email: 'Twin@EXAMPLE.com' };
  await registered(people, taken);
  const cases: [object, string[]][] = [
    [{ externalId: 'twin' }, ['externalId']],
    [{ phone: '+1 (415) 555-0123', externalId: 'other' }, ['phone']],
    [{ email: 'Twin@example.com', phone: '+14155550124' }, ['email']],
    [taken, ['externalId', 'phone', 'email']],
  ];
  for (const [input, fields] of cases) {
    const { recipient, errors } = (await register(input)).data.registerRecipient;
    expect(recipient).toBeNull();
    expect(errors.map((error: { path: string[] }) => error.path[0])).toEqual(fields);
    expect(errors[0]).toMatchObject({ __typename: 'AlreadyExists', code: 'ALREADY_EXISTS' });
  }
  // What was not taken has not been left behind.
  await registered(people, { externalId: 'other', phone: '+14155550124' });
});

test('of two registrations of one number at the same time one wins and one is refused', async () => {
  const both = [1, 2, 3, 4].map((n) =>
    register({ phone: '+14155550130', externalId: `race-${n}` }),
  );
  const payloads = (await Promise.all(both)).map(({ data }) => data.registerRecipient);
  expect(payloads.filter(({ recipient }) => recipient !== null)).toHaveLength(1);
  const errors = payloads.flatMap((payload) => payload.errors);
  expect(errors).toHaveLength(3);
  for (const error of errors)
    expect(error).toMatchObject({ code: 'ALREADY_EXISTS', path: ['phone'] });
  const held = await people.sql(`select 1 from recipients.external_id where value like 'race-%'`);
  expect(held).toHaveLength(1);
});

test('registrations that swap a number and an email address do not deadlock', async () => {
  const swaps = Array.from({ length: 8 }, (_, n) => [
    register({ phone: `+1415555014${n}`, email: `swap${n + 1}@example.com` }),
    register({ phone: `+1415555014${(n + 1) % 8}`, email: `swap${n}@example.com` }),
  ]).flat();
  for (const { data, errors } of await Promise.all(swaps)) {
    expect(errors).toBeUndefined();
    expect(data.registerRecipient).not.toBeNull();
  }
});

test('two tenants register the same person, and their pseudonyms have nothing in common', async () => {
  const input = { phone: '+14155550160', externalId: 'same' };
  const mine = await registered(people, input);
  const theirs = await registered(people, input, { tenantId: 'globex' });
  expect(mine).not.toBe(theirs);
  const rows = await people.sql<{ pseudonym: string }>(
    'select pseudonym from recipients.address where recipient_id = any($1)',
    [[uuidOf('recipient', mine), uuidOf('recipient', theirs)]],
  );
  expect(new Set(rows.map(({ pseudonym }) => pseudonym)).size).toBe(2);
});

test('a recipient of another tenant answers like one that does not exist', async () => {
  const id = await registered(people, { phone: '+14155550161' });
  const unknown = publicId('recipient', '0192b1c8-0000-7000-8000-000000000000');
  for (const given of [id, unknown, 'rcp_x', 'msg_01h455vb4pex5vsknk084sn02q', '']) {
    const answer = await people.ask('recipients', RECIPIENT, { id: given }, { tenantId: 'globex' });
    expect(answer).toEqual({ data: { recipient: null } });
    const { data } = await people.ask(
      'recipients',
      `mutation ($input: RefreshCapabilitiesInput!) { refreshCapabilities(input: $input) {
         recipient { id } errors { ... on UserError { code path } } } }`,
      { input: { recipientId: given } },
      { tenantId: 'globex' },
    );
    const errors = [{ code: 'NOT_FOUND', path: ['recipientId'] }];
    expect(data.refreshCapabilities).toEqual({ recipient: null, errors });
  }
});

test('the gateway loads many recipients by their keys in a statement a table, and only the tenant’s own', async () => {
  const ids = [];
  for (let n = 0; n < 5; n += 1) {
    ids.push(await registered(people, { phone: `+1415555017${n}`, externalId: `many-${n}` }));
  }
  const foreign = await registered(people, { externalId: 'foreign' }, { tenantId: 'globex' });
  const representations = [...ids, foreign].map((id) => ({ __typename: 'Recipient', id }));
  people.statements.recipients.length = 0;
  const { data } = await people.ask(
    'recipients',
    `query ($representations: [_Any!]!) { _entities(representations: $representations) {
       ... on Recipient { externalId addresses { masked } channels { channel } } } }`,
    { representations },
  );
  const found = data._entities.map((entity: { externalId: string } | null) => entity?.externalId);
  expect(found).toEqual(['many-0', 'many-1', 'many-2', 'many-3', 'many-4', undefined]);
  // Recipients, external ids, addresses, devices.
  expect(deeds(people.statements.recipients)).toHaveLength(4);
});

test.each([
  ['recipients:read', 'query { recipient(id: "rcp_x") { id } }'],
  [
    'recipients:read',
    'query { _entities(representations: [{ __typename: "Recipient", id: "rcp_x" }]) { __typename } }',
  ],
  [
    'recipients:write',
    'mutation { registerRecipient(input: { externalId: "x" }) { errors { __typename } } }',
  ],
  [
    'recipients:write',
    'mutation { refreshCapabilities(input: { recipientId: "x" }) { errors { __typename } } }',
  ],
  [
    'recipients:write',
    'mutation { createDeviceChallenge(input: { recipientId: "x" }) { errors { __typename } } }',
  ],
  [
    'recipients:write',
    'mutation { revokeDevice(input: { deviceId: "x" }) { errors { __typename } } }',
  ],
])('without the scope %s it is forbidden: %s', async (scope, document) => {
  const scopes = ['recipients:read', 'recipients:write'].filter((other) => other !== scope);
  const { errors } = await people.ask('recipients', document, {}, { scopes });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', scope });
});
