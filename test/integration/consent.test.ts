// Consent on real tables: recorded, withdrawn, in effect at once, and never changed afterwards.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { publicId, uuidOf } from '../../schema/ids.ts';
import { deeds, registered, startPeople, type Asker, type People } from '../support/people.ts';

let people: People;
let nextNumber = 14155550000;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.close());

const STATE = `id purpose channel action source method jurisdiction policyVersion
  occurredAt recordedAt expiresAt`;
const mutation = (name: string): string => {
  const input = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  return `mutation ($input: ${input}!) { ${name}(input: $input) {
    consents { ${STATE} } replayed errors { __typename ... on UserError { code path message } } } }`;
};

const said = (recipientId: string, over: object = {}) => ({
  ...{ recipientId, purpose: 'TRANSACTIONAL', channels: ['SMS'], source: 'WEB' },
  ...{ method: 'CHECKBOX', jurisdiction: 'AT', policyVersion: '2026-11' },
  ...over,
});

async function deed(name: string, input: object, asker: Asker = {}) {
  const { data, errors } = await people.ask('consent', mutation(name), { input }, asker);
  expect(errors).toBeUndefined();
  return data[name];
}
const record = (input: object, asker?: Asker) => deed('recordConsent', input, asker);
const withdraw = (input: object, asker?: Asker) => deed('withdrawConsent', input, asker);

async function decide(recipientId: string, over: object = {}, asker: Asker = {}) {
  const question = { recipientId, purpose: 'TRANSACTIONAL', channel: 'SMS', ...over };
  const { data } = await people.ask(
    'consent',
    `query ($batch: [ConsentQuestionInput!]!) { consentDecisions(batch: $batch) {
       purpose channel allowed reason consentId } }`,
    { batch: [question] },
    asker,
  );
  return data.consentDecisions[0];
}

/** A person with a phone number and an email address of their own. */
const newPerson = (asker?: Asker): Promise<string> => {
  nextNumber += 1;
  return registered(
    people,
    { phone: `+${nextNumber}`, email: `p${nextNumber}@example.com` },
    asker,
  );
};
const later = (ms: number): string => new Date(people.clock.time + ms).toISOString();
const eventsOf = (recipientId: string) =>
  people.sql<{ id: string; action: string; channel: string; actor: string; subject: string }>(
    'select * from consent.consent_event where recipient_id = $1 order by id',
    [uuidOf('recipient', recipientId)],
  );

test('a consent is on record for each channel, and in effect when it is acknowledged', async () => {
  const id = await newPerson();
  const deviceId = publicId('device', '0192b1c8-0000-7000-8000-000000000001');
  const input = said(id, { channels: ['SMS', 'EMAIL', 'LINK'], deviceId, expiresAt: later(9_000) });
  const from = people.woken.length;
  const { consents, replayed, errors } = await record(input);
  expect(errors).toEqual([]);
  expect(replayed).toBe(false);
  expect(people.woken.slice(from)).toEqual(['events:consent']);
  expect(consents.map(({ channel }: { channel: string }) => channel)).toEqual(input.channels);
  expect(consents[0]).toMatchObject({
    ...{ purpose: 'TRANSACTIONAL', action: 'GRANTED', source: 'WEB', method: 'CHECKBOX' },
    ...{ jurisdiction: 'AT', policyVersion: '2026-11' },
    ...{ occurredAt: later(0), recordedAt: later(0), expiresAt: later(9_000) },
  });
  const decision = { purpose: 'TRANSACTIONAL', channel: 'SMS', allowed: true, reason: null };
  expect(await decide(id)).toEqual({ ...decision, consentId: consents[0].id });
  expect(await decide(id, { channel: 'RCS' })).toMatchObject({ reason: 'CONSENT_MISSING' });
  expect(await decide(id, { purpose: 'MARKETING' })).toMatchObject({ reason: 'CONSENT_MISSING' });

  const events = await eventsOf(id);
  expect(events).toHaveLength(3);
  expect(events[0]).toMatchObject({
    ...{ tenant_id: 'acme', linkage: 'HASHED_PHONE', actor: 'service:test' },
    ...{ device_id: '0192b1c8-0000-7000-8000-000000000001' },
  });
  const told = await people.sql(
    `select payload from consent.event where payload ->> 'subject' = $1 and name = 'consent.recorded'`,
    [events[0]?.subject],
  );
  const consentId = events[0]?.id;
  const { subject } = events[0]!;
  const payload = {
    consentId,
    subject,
    purpose: 'TRANSACTIONAL',
    channel: 'SMS',
    action: 'GRANTED',
  };
  expect(told).toEqual([{ payload }]);
});

test('a withdrawal is in effect when it is acknowledged, on its channels only', async () => {
  const id = await newPerson();
  await record(said(id, { channels: ['SMS', 'EMAIL'] }));
  people.clock.time += 1;
  const { consents } = await withdraw(said(id, { source: 'KEYWORD', method: 'KEYWORD' }));
  expect(consents).toMatchObject([{ channel: 'SMS', action: 'WITHDRAWN', source: 'KEYWORD' }]);
  expect(await decide(id)).toMatchObject({
    ...{ allowed: false, reason: 'CONSENT_WITHDRAWN', consentId: consents[0].id },
  });
  expect(await decide(id, { channel: 'EMAIL' })).toMatchObject({ allowed: true });
  people.clock.time += 1;
  await record(said(id));
  expect(await decide(id)).toMatchObject({ allowed: true });
  expect((await eventsOf(id)).map(({ action }) => action)).toEqual([
    ...['GRANTED', 'GRANTED', 'WITHDRAWN', 'GRANTED'],
  ]);
});

test('a withdrawal by a slow clock is not overruled by the grant that it takes back', async () => {
  const id = await newPerson();
  await record(said(id));
  const { consents } = await withdraw(said(id, { occurredAt: later(-120_000) }));
  expect(consents).toMatchObject([{ action: 'WITHDRAWN' }]);
  const imported = await record(said(id, { source: 'IMPORT', occurredAt: later(-60_000) }));
  expect(imported.consents).toMatchObject([{ action: 'WITHDRAWN' }]);
  expect(await decide(id)).toMatchObject({ allowed: false });
});

test('a consent ends when it expires', async () => {
  const id = await newPerson();
  await record(said(id, { expiresAt: later(1_000) }));
  expect(await decide(id)).toMatchObject({ allowed: true });
  people.clock.time += 1_000;
  expect(await decide(id)).toMatchObject({ allowed: false, reason: 'CONSENT_EXPIRED' });
});

test('marketing needs an opt-in, and what is wrong is named before anything is written', async () => {
  const id = await newPerson();
  const faults: [object, string[]][] = [
    [{ purpose: 'MARKETING', method: 'RELATIONSHIP' }, ['method']],
    [{ occurredAt: later(300_001) }, ['occurredAt']],
    [{ channels: [] }, ['channels']],
    [{ channels: ['SMS', 'SMS'] }, ['channels']],
    [{ deviceId: 'dev_x' }, ['deviceId']],
    [{ channels: ['SMS', 'IMESSAGE'] }, ['channels', '1']],
  ];
  for (const [over, path] of faults) {
    const { consents, errors } = await record(said(id, over));
    expect(consents).toBeNull();
    expect(errors).toMatchObject([{ __typename: 'InvalidInput', code: 'INVALID_INPUT', path }]);
  }
  expect(await eventsOf(id)).toEqual([]);
  await record(said(id, { purpose: 'MARKETING' }));
  expect(await decide(id, { purpose: 'MARKETING' })).toMatchObject({ allowed: true });
});

test('a call with the same key and body is answered again, and with another body refused', async () => {
  const id = await newPerson();
  const other = await newPerson();
  const input = said(id, { channels: ['SMS', 'EMAIL'], idempotencyKey: 'form-17' });
  const first = await record(input);
  people.clock.time += 60_000;
  expect(await record(input)).toEqual({ ...first, replayed: true });
  const bodies = [
    { policyVersion: '2026-12' },
    { channels: ['SMS'] },
    { occurredAt: later(0) },
    { recipientId: other },
    { expiresAt: later(9_000) },
  ];
  for (const over of bodies) {
    const refused = await record({ ...input, ...over });
    expect(refused).toMatchObject({ consents: null, errors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }] });
  }
  const { expiresAt: _, ...withdrawal } = { ...input, expiresAt: null };
  expect((await withdraw(withdrawal)).errors).toMatchObject([{ path: ['idempotencyKey'] }]);
  expect(await eventsOf(id)).toHaveLength(2);
});

test('the same thing at the same time is one record, key or not', async () => {
  const id = await newPerson();
  const input = said(id, { occurredAt: later(-5_000) });
  const answers = await Promise.all([1, 2, 3, 4].map(() => record(input)));
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(new Set(answers.map(({ consents }) => consents[0].id)).size).toBe(1);
  expect(await eventsOf(id)).toHaveLength(1);
});

test('calls with one key at the same time make one record', async () => {
  const id = await newPerson();
  const input = said(id, { idempotencyKey: 'double-click' });
  const answers = await Promise.all([1, 2, 3, 4].map(() => record(input)));
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(await eventsOf(id)).toHaveLength(1);
});

test('first grants and withdrawals that race leave the state that the log says', async () => {
  for (let round = 0; round < 10; round += 1) {
    const id = await newPerson();
    const at = later(0);
    await Promise.all([
      record(said(id, { occurredAt: at })),
      withdraw(said(id, { occurredAt: at })),
      record(said(id, { occurredAt: later(-1) })),
    ]);
    expect(await eventsOf(id)).toHaveLength(3);
    expect(await decide(id)).toMatchObject({ reason: 'CONSENT_WITHDRAWN' });
  }
});

test('a recipient of another tenant is not found, and decided like an unknown one', async () => {
  const id = await newPerson();
  await record(said(id));
  const globex = { tenantId: 'globex' };
  const unknown = publicId('recipient', '0192b1c8-0000-7000-8000-000000000000');
  for (const given of [id, unknown, 'rcp_x']) {
    for (const answer of [await record(said(given), globex), await withdraw(said(given), globex)]) {
      expect(answer).toMatchObject({
        ...{ consents: null, replayed: false },
        errors: [{ code: 'NOT_FOUND', path: ['recipientId'] }],
      });
    }
    const decision = { allowed: false, reason: 'NO_ADDRESS', consentId: null };
    expect(await decide(given, {}, globex)).toMatchObject(decision);
  }
  expect(await decide(id)).toMatchObject({ allowed: true });
});

test('the same person at two tenants has two consents', async () => {
  const phone = '+14155559999';
  const mine = await registered(people, { phone });
  const theirs = await registered(people, { phone }, { tenantId: 'globex' });
  await record(said(mine));
  expect(await decide(theirs, {}, { tenantId: 'globex' })).toMatchObject({ allowed: false });
});

test('the gateway gets the consents of many recipients in two statements', async () => {
  const ids = [];
  for (let n = 0; n < 5; n += 1) {
    const id = await newPerson();
    await record(said(id, { channels: ['SMS', 'LINK'] }));
    ids.push(id);
  }
  const foreign = await newPerson({ tenantId: 'globex' });
  await record(said(foreign), { tenantId: 'globex' });
  const representations = [...ids, foreign].map((id) => ({ __typename: 'Recipient', id }));
  people.statements.consent.length = 0;
  const { data } = await people.ask(
    'consent',
    `query ($representations: [_Any!]!) { _entities(representations: $representations) {
       ... on Recipient { id consents { channel action } } } }`,
    { representations },
  );
  expect(deeds(people.statements.consent)).toHaveLength(2);
  const granted = (channel: string) => ({ channel, action: 'GRANTED' });
  for (const { id, consents } of data._entities) {
    const expected = id === foreign ? [] : [granted('LINK'), granted('SMS')];
    expect(
      consents.toSorted((a: { channel: string }, b: { channel: string }) =>
        a.channel < b.channel ? -1 : 1,
      ),
    ).toEqual(expected);
  }
});

test.each([
  ['consent:read', 'query { consentDecisions(batch: []) { allowed } }'],
  [
    'consent:read',
    `query { _entities(representations: [{ __typename: "Recipient", id: "rcp_x" }]) {
       ... on Recipient { consents { id } } } }`,
  ],
  ['consent:write', mutation('recordConsent')],
  ['consent:write', mutation('withdrawConsent')],
])('without the scope %s it is forbidden: %s', async (scope, document) => {
  const scopes = ['consent:read', 'consent:write'].filter((other) => other !== scope);
  const variables = { input: said('rcp_x') };
  const { errors } = await people.ask('consent', document, variables, { scopes });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', scope });
});

test('a batch of more questions than the limit is refused by name', async () => {
  const question = { recipientId: 'rcp_x', purpose: 'MARKETING', channel: 'SMS' };
  const ask = (count: number) =>
    people.ask(
      'consent',
      'query ($batch: [ConsentQuestionInput!]!) { consentDecisions(batch: $batch) { reason } }',
      { batch: Array.from({ length: count }, () => question) },
    );
  expect((await ask(500)).data.consentDecisions).toHaveLength(500);
  const { errors } = await ask(501);
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', max: 500 });
});
