// Consent on real tables: recorded, withdrawn, in effect at once, and apart by tenant.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { publicId, uuidOf } from '../../schema/ids.ts';
import { consentMutation, consentsOf, said } from '../support/consents.ts';
import { devicesOf } from '../support/devices.ts';
import { deeds, registered, startPeople, type People } from '../support/people.ts';

let people: People;
let consents: ReturnType<typeof consentsOf>;
beforeAll(async () => {
  people = await startPeople();
  consents = consentsOf(people);
});
afterAll(() => people.close());

test('a consent is on record for each channel, and in effect when it is acknowledged', async () => {
  const id = await consents.newPerson();
  const devices = devicesOf(people);
  const deviceId = (await devices.register(await devices.honest(id))).device.id;
  const input = said(id, {
    channels: ['SMS', 'EMAIL', 'LINK'],
    deviceId,
    expiresAt: consents.later(9_000),
  });
  const from = people.woken.length;
  const { consents: standing, replayed, errors } = await consents.record(input);
  expect(errors).toEqual([]);
  expect(replayed).toBe(false);
  expect(people.woken.slice(from)).toEqual(['events:consent']);
  expect(standing.map(({ channel }: { channel: string }) => channel)).toEqual(input.channels);
  expect(standing[0]).toMatchObject({
    purpose: 'TRANSACTIONAL',
    action: 'GRANTED',
    source: 'WEB',
    method: 'CHECKBOX',
    jurisdiction: 'AT',
    policyVersion: '2026-11',
    occurredAt: consents.later(0),
    recordedAt: consents.later(0),
    expiresAt: consents.later(9e3),
  });
  const decision = { purpose: 'TRANSACTIONAL', channel: 'SMS', allowed: true, reason: null };
  expect(await consents.decide(id)).toEqual({ ...decision, consentId: standing[0].id });
  expect(await consents.decide(id, { channel: 'RCS' })).toMatchObject({
    reason: 'CONSENT_MISSING',
  });
  expect(await consents.decide(id, { purpose: 'MARKETING' })).toMatchObject({
    reason: 'CONSENT_MISSING',
  });

  const events = await consents.logged(id);
  expect(events).toHaveLength(3);
  expect(events[0]).toMatchObject({
    tenant_id: 'acme',
    linkage: 'HASHED_PHONE',
    actor: 'service:test',
    device_id: uuidOf('device', deviceId),
  });
  const told = await people.sql(
    `select payload from consent.event where payload ->> 'subject' = $1 and name = 'consent.recorded'`,
    [events[0]?.subject],
  );
  const consentId = events[0]?.id;
  const { subject } = events[0]!;
  const payload = {
    consentId,
    recipientId: uuidOf('recipient', id),
    subject,
    purpose: 'TRANSACTIONAL',
    channel: 'SMS',
    action: 'GRANTED',
  };
  expect(told).toEqual([{ payload }]);
});

test('a withdrawal is in effect when it is acknowledged, on its channels only', async () => {
  const id = await consents.newPerson();
  await consents.record(said(id, { channels: ['SMS', 'EMAIL'] }));
  people.clock.time += 1;
  const { consents: standing } = await consents.withdraw(
    said(id, { source: 'KEYWORD', method: 'KEYWORD' }),
  );
  expect(standing).toMatchObject([{ channel: 'SMS', action: 'WITHDRAWN', source: 'KEYWORD' }]);
  expect(await consents.decide(id)).toMatchObject({
    allowed: false,
    reason: 'CONSENT_WITHDRAWN',
    consentId: standing[0].id,
  });
  expect(await consents.decide(id, { channel: 'EMAIL' })).toMatchObject({ allowed: true });
  people.clock.time += 1;
  await consents.record(said(id));
  expect(await consents.decide(id)).toMatchObject({ allowed: true });
  expect((await consents.logged(id)).map(({ action }) => action)).toEqual([
    'GRANTED',
    'GRANTED',
    'WITHDRAWN',
    'GRANTED',
  ]);
});

test('a withdrawal by a slow clock is not overruled by the grant that it takes back', async () => {
  const id = await consents.newPerson();
  await consents.record(said(id));
  const { consents: standing } = await consents.withdraw(
    said(id, { occurredAt: consents.later(-120_000) }),
  );
  expect(standing).toMatchObject([{ action: 'WITHDRAWN' }]);
  const imported = await consents.record(
    said(id, { source: 'IMPORT', occurredAt: consents.later(-60_000) }),
  );
  expect(imported.consents).toMatchObject([{ action: 'WITHDRAWN' }]);
  expect(await consents.decide(id)).toMatchObject({ allowed: false });
});

test('a consent was given on a device of the person’s own, revoked since or not, or it is refused', async () => {
  const [id, other] = [await consents.newPerson(), await consents.newPerson()];
  const devices = devicesOf(people);
  const own = (await devices.register(await devices.honest(id))).device.id;
  const theirs = (await devices.register(await devices.honest(other))).device.id;
  const unknown = publicId('device', '0192b1c8-0000-7000-8000-000000000001');
  for (const deviceId of [theirs, unknown, id]) {
    const { consents: standing, errors } = await consents.record(said(id, { deviceId }));
    expect(standing).toBeNull();
    expect(errors).toMatchObject([{ __typename: 'InvalidInput', path: ['deviceId'] }]);
  }
  expect(await consents.logged(id)).toEqual([]);
  const asker = { tenantId: 'globex' };
  const foreigner = await registered(people, { phone: '+14155558101' }, asker);
  const foreign = await consents.record(said(foreigner, { deviceId: own }), asker);
  expect(foreign.errors).toMatchObject([{ __typename: 'InvalidInput', path: ['deviceId'] }]);
  await devices.revoke(own);
  const { errors } = await consents.withdraw(said(id, { deviceId: own }));
  expect(errors).toEqual([]);
});

test('a consent ends when it expires', async () => {
  const id = await consents.newPerson();
  await consents.record(said(id, { expiresAt: consents.later(1_000) }));
  expect(await consents.decide(id)).toMatchObject({ allowed: true });
  people.clock.time += 1_000;
  expect(await consents.decide(id)).toMatchObject({ allowed: false, reason: 'CONSENT_EXPIRED' });
});

test('marketing needs an opt-in, and what is wrong is named before anything is written', async () => {
  const id = await consents.newPerson();
  const faults: [object, string[]][] = [
    [{ purpose: 'MARKETING', method: 'RELATIONSHIP' }, ['method']],
    [{ occurredAt: consents.later(300_001) }, ['occurredAt']],
    [{ channels: [] }, ['channels']],
    [{ channels: ['SMS', 'SMS'] }, ['channels']],
    [{ deviceId: 'dev_x' }, ['deviceId']],
    [{ channels: ['SMS', 'IMESSAGE'] }, ['channels', '1']],
  ];
  for (const [over, path] of faults) {
    const { consents: standing, errors } = await consents.record(said(id, over));
    expect(standing).toBeNull();
    expect(errors).toMatchObject([{ __typename: 'InvalidInput', code: 'INVALID_INPUT', path }]);
  }
  expect(await consents.logged(id)).toEqual([]);
  await consents.record(said(id, { purpose: 'MARKETING' }));
  expect(await consents.decide(id, { purpose: 'MARKETING' })).toMatchObject({ allowed: true });
});

test('a recipient of another tenant is not found, and decided like an unknown one', async () => {
  const id = await consents.newPerson();
  await consents.record(said(id));
  const globex = { tenantId: 'globex' };
  const unknown = publicId('recipient', '0192b1c8-0000-7000-8000-000000000000');
  for (const given of [id, unknown, 'rcp_x']) {
    for (const answer of [
      await consents.record(said(given), globex),
      await consents.withdraw(said(given), globex),
    ]) {
      expect(answer).toMatchObject({
        consents: null,
        replayed: false,
        errors: [
          {
            code: 'NOT_FOUND',
            path: ['recipientId'],
          },
        ],
      });
    }
    const decision = { allowed: false, reason: 'NO_ADDRESS', consentId: null };
    expect(await consents.decide(given, {}, globex)).toMatchObject(decision);
  }
  expect(await consents.decide(id)).toMatchObject({ allowed: true });
});

test('the same person at two tenants has two consents', async () => {
  const phone = '+14155559999';
  const mine = await registered(people, { phone });
  const theirs = await registered(people, { phone }, { tenantId: 'globex' });
  await consents.record(said(mine));
  expect(await consents.decide(theirs, {}, { tenantId: 'globex' })).toMatchObject({
    allowed: false,
  });
});

test('the gateway gets the consents of many recipients in two statements', async () => {
  const ids = [];
  for (let n = 0; n < 5; n += 1) {
    const id = await consents.newPerson();
    await consents.record(said(id, { channels: ['SMS', 'LINK'] }));
    ids.push(id);
  }
  const foreign = await consents.newPerson({ tenantId: 'globex' });
  await consents.record(said(foreign), { tenantId: 'globex' });
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
  for (const { id, consents: shown } of data._entities) {
    const expected = id === foreign ? [] : [granted('LINK'), granted('SMS')];
    expect(
      shown.toSorted((a: { channel: string }, b: { channel: string }) =>
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
  ['consent:write', consentMutation('recordConsent')],
  ['consent:write', consentMutation('withdrawConsent')],
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
