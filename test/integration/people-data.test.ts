// People's data as a whole: taken over row by row, handed out on record, and erased with a signed record.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { compactVerify, createLocalJWKSet } from 'jose';
import type { Kms } from '../../crypto/kms.ts';
import { uuidOf } from '../../schema/ids.ts';
import { createDataKeys } from '../../subgraphs/recipients/data-keys.ts';
import { createRecipientFacts } from '../../subgraphs/recipients/facts.ts';
import { deeds, registered, startPeople, type Asker, type People } from '../support/people.ts';

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.close());

const uuid = (id: string) => uuidOf('recipient', id) ?? '';
const ADMIN: Asker = { scopes: ['recipients:admin', 'recipients:read', 'pii:read', 'audit:read'] };

interface Imported {
  readonly outcome: string;
  readonly recipientId: string;
  readonly errors: readonly { readonly path: readonly string[]; readonly message: string }[];
}

const importRows = async (rows: object[], asker: Asker = {}): Promise<Imported[]> => {
  const { data, errors } = await people.ask(
    'recipients',
    `mutation ($input: ImportRecipientsInput!) { importRecipients(input: $input) {
       results { outcome recipientId errors { path message } } errors { path } } }`,
    { input: { rows } },
    asker,
  );
  expect(errors).toBeUndefined();
  expect(data.importRecipients.errors).toEqual([]);
  return data.importRecipients.results;
};
const outcomes = (results: readonly Imported[]) => results.map(({ outcome }) => outcome);

const person = (n: number) => ({
  externalId: `import-${n}`,
  phone: `+141555${52_000 + n}`,
  email: `import${n}@example.com`,
  locale: 'de',
});

test('people are made, then changed, then left alone', async () => {
  const rows = [1, 2, 3].map(person);
  const first = await importRows(rows);
  expect(outcomes(first)).toEqual(['CREATED', 'CREATED', 'CREATED']);
  expect(outcomes(await importRows(rows))).toEqual(['UNCHANGED', 'UNCHANGED', 'UNCHANGED']);
  const changed = await importRows([
    { phone: '+14155552001', carrier: 'A1' },
    { externalId: 'import-2', phone: '+14155552902', externalIds: [{ kind: 'crm', value: 'c-2' }] },
    { email: 'import3@example.com' },
  ]);
  expect(outcomes(changed)).toEqual(['UPDATED', 'UPDATED', 'UNCHANGED']);
  expect(changed.map(({ recipientId }) => recipientId)).toEqual(
    first.map(({ recipientId }) => recipientId),
  );
  const { data } = await people.ask(
    'recipients',
    `query ($one: ID!, $two: ID!) {
       one: recipient(id: $one) { locale carrier addresses { kind } }
       two: recipient(id: $two) { externalIds { kind value } addresses { kind masked } } }`,
    { one: first[0]?.recipientId, two: first[1]?.recipientId },
  );
  expect(data.one).toMatchObject({ locale: 'de', carrier: 'A1' });
  expect(data.one.addresses).toHaveLength(2);
  expect(data.two.externalIds).toContainEqual({ kind: 'crm', value: 'c-2' });
  expect(data.two.addresses).toHaveLength(3);
});

test('a row that is refused says why, and holds up no other', async () => {
  await registered(people, { externalId: 'ada', phone: '+14155552100' });
  await registered(people, { externalId: 'bob', phone: '+14155552101' });
  const results = await importRows([
    { externalId: 'fine', phone: '+14155552110' },
    { externalId: 'no-number', phone: '0660 123' },
    { locale: 'de' },
    { externalId: 'no-zone', timeZone: 'Mars' },
    { externalId: 'ada', phone: '+14155552101' },
    { externalId: 'other', phone: '+1 415 555 2110' },
    { externalId: 'ada', quietHours: { from: '22:00', to: '07:00' } },
  ]);
  expect(outcomes(results)).toEqual(['CREATED', ...Array.from({ length: 6 }, () => 'REFUSED')]);
  expect(results.slice(1).map(({ errors }) => errors.map(({ path }) => path))).toEqual([
    [['phone']],
    [[]],
    [['timeZone']],
    [['phone']],
    [['phone']],
    [['quietHours']],
  ]);
  expect(results[5]?.errors[0]?.message).toContain('Row 1 ');
  const { data } = await people.ask(
    'recipients',
    '{ recipientByExternalId(value: "other") { id } }',
  );
  expect(data.recipientByExternalId).toBeNull();
});

test('the number of statements does not grow with the rows', async () => {
  const count = async (from: number, length: number) => {
    people.statements.recipients.length = 0;
    const rows = Array.from({ length }, (_, n) => person(from + n));
    expect(new Set(outcomes(await importRows(rows)))).toEqual(new Set(['CREATED']));
    return deeds(people.statements.recipients).length;
  };
  const few = await count(3_000, 2);
  expect(await count(4_000, 300)).toBe(few);
  expect(few).toBeLessThanOrEqual(10);
});

test('imports of the same people at the same time make each of them once', async () => {
  const rows = Array.from({ length: 20 }, (_, n) => person(5_000 + n));
  const both = await Promise.all([importRows(rows), importRows(rows.toReversed())]);
  const ids = both.map((results) => results.map(({ recipientId }) => recipientId));
  expect(ids[0]).toEqual(ids[1]?.toReversed());
  for (const [index] of rows.entries()) {
    const pair = new Set([both[0]?.[index]?.outcome, both[1]?.[rows.length - 1 - index]?.outcome]);
    expect(pair).toEqual(new Set(['CREATED', 'UNCHANGED']));
  }
});

test('the same identifiers are other people in another tenant', async () => {
  const rows = [person(6_000)];
  const [here] = await importRows(rows);
  const [there] = await importRows(rows, { tenantId: 'globex' });
  expect(there?.outcome).toBe('CREATED');
  expect(there?.recipientId).not.toBe(here?.recipientId);
});

const EXPORT = `mutation ($input: PersonalDataInput!) { exportRecipient(input: $input) {
  recipient { id } data errors { ... on UserError { code path } } } }`;
const ERASE = `mutation ($input: PersonalDataInput!) { eraseRecipient(input: $input) {
  erasure { recipientId mergedIds erasedAt record } errors { ... on UserError { code path } } } }`;

test('an export holds everything in clear text, and goes on record', async () => {
  const recipientId = await registered(people, {
    externalId: 'exported',
    phone: '+14155552200',
    email: 'exported@example.com',
    optOuts: [{ channel: 'SMS', purpose: 'MARKETING' }],
  });
  const input = { recipientId, reason: 'request 17 of the person' };
  const { data } = await people.ask('recipients', EXPORT, { input }, ADMIN);
  const { recipient, data: held } = data.exportRecipient;
  expect(recipient.id).toBe(recipientId);
  expect(held).toMatchObject({
    id: recipientId,
    externalIds: [{ kind: 'external_id', value: 'exported' }],
    purposeOptOuts: { MARKETING: ['SMS'] },
  });
  const values = held.addresses.map(({ value }: { value: string }) => value);
  expect(values.toSorted()).toEqual(['+14155552200', 'exported@example.com']);
  const accesses = await people.ask(
    'recipients',
    `{ piiAccesses(recipientId: "${recipientId}") { edges { node { action actor reason addressId } } } }`,
    {},
    ADMIN,
  );
  expect(accesses.data.piiAccesses.edges).toEqual([
    { node: { action: 'EXPORTED', actor: 'service:test', reason: input.reason, addressId: null } },
  ]);
  const bare = await people.ask('recipients', EXPORT, { input });
  expect(bare.errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
  const secret = await people.ask(
    'recipients',
    EXPORT,
    { input: { recipientId, reason: '+14155552200 asked' } },
    ADMIN,
  );
  expect(secret.data.exportRecipient.errors).toEqual([{ code: 'INVALID_INPUT', path: ['reason'] }]);
});

test('an erased person is gone from every table, and a signed record says so', async () => {
  const mergedId = await registered(people, { externalId: 'erased-0', phone: '+14155552300' });
  const recipientId = await registered(people, {
    externalId: 'erased',
    email: 'erased@example.com',
  });
  await people.ask(
    'recipients',
    `mutation { mergeRecipients(input: { recipientId: "${recipientId}", mergedId: "${mergedId}" }) { errors { __typename } } }`,
    {},
    ADMIN,
  );
  const before = await subjectsOf(recipientId);
  expect(before).toHaveLength(2);
  const input = { recipientId: mergedId, reason: 'GDPR article 17' };
  const { data, errors } = await people.ask('recipients', ERASE, { input }, ADMIN);
  expect(errors).toBeUndefined();
  const { erasure } = data.eraseRecipient;
  expect(erasure).toMatchObject({ recipientId, mergedIds: [mergedId] });
  const keys = createLocalJWKSet((await people.kms.jwks('acme')) as never);
  const { payload, protectedHeader } = await compactVerify(erasure.record, keys);
  expect(protectedHeader.typ).toBe('erasure-record+jwt');
  expect(JSON.parse(Buffer.from(payload).toString())).toEqual({
    aud: 'acme',
    sub: recipientId,
    formerly: [mergedId],
    method: 'CRYPTO_SHREDDING',
    actor: 'service:test',
    reason: input.reason,
    iat: Math.floor(people.clock.time / 1_000),
  });
  const ids = [recipientId, mergedId].map(uuid);
  for (const [table, column] of [
    ['recipient', 'id'],
    ['recipient_alias', 'recipient_id'],
    ['address', 'recipient_id'],
    ['external_id', 'recipient_id'],
    ['device', 'recipient_id'],
  ]) {
    const left = await people.sql(`select 1 from recipients.${table} where ${column} = any($1)`, [
      ids,
    ]);
    expect([table, left]).toEqual([table, []]);
  }
  const facts = await people.databases.messages.read('acme', (tx) =>
    createRecipientFacts(people.work)(tx, 'acme', ids),
  );
  expect(facts.size).toBe(0);
  expect(await subjectsOf(recipientId)).toEqual([]);
  const again = await people.ask('recipients', ERASE, { input }, ADMIN);
  expect(again.data.eraseRecipient).toEqual({ erasure, errors: [] });
  const told = await people.ask(
    'recipients',
    `{ erasure(recipientId: "${recipientId}") { record } }`,
    {},
    ADMIN,
  );
  expect(told.data.erasure.record).toBe(erasure.record);
  // The number is free for whoever gets it next.
  const next = await registered(people, { phone: '+14155552300' });
  expect(next).not.toBe(recipientId);
});

const subjectsOf = async (recipientId: string) =>
  people.sql('select pseudonym from recipients.address where recipient_id = $1', [
    uuid(recipientId),
  ]);

test('an erasure lets go of every open key, in every process that hears of it', async () => {
  const recipientId = await registered(people, { phone: '+14155552400' });
  const [row] = await people.sql<{
    data_key: Buffer;
    data_key_id: string;
    data_key_version: number;
  }>('select data_key, data_key_id, data_key_version from recipients.recipient where id = $1', [
    uuid(recipientId),
  ]);
  const unwrapped: string[] = [];
  const kms: Kms = Object.create(people.kms, {
    unwrap: {
      value: (...given: Parameters<Kms['unwrap']>) => {
        unwrapped.push(given[1].subject);
        return people.kms.unwrap(...given);
      },
    },
  });
  const keys = createDataKeys({ ...people.work, kms });
  const owner = { tenantId: 'acme', recipientId: uuid(recipientId) };
  const wrapped = {
    keyId: row?.data_key_id ?? '',
    version: row?.data_key_version ?? 0,
    ciphertext: row?.data_key ?? Buffer.of(),
  };
  await keys.open(owner, wrapped);
  await keys.open(owner, wrapped);
  expect(unwrapped).toHaveLength(1);
  const input = { recipientId, reason: 'GDPR article 17' };
  await people.ask('recipients', ERASE, { input }, ADMIN);
  expect(people.woken).toContain('keys:recipients');
  await keys.open(owner, wrapped);
  expect(unwrapped).toHaveLength(2);
});

test('nobody is erased without the scope, without a reason, or from another tenant', async () => {
  const recipientId = await registered(people, { externalId: 'stays' });
  const input = { recipientId, reason: 'GDPR article 17' };
  const bare = await people.ask('recipients', ERASE, { input }, { scopes: ['recipients:write'] });
  expect(bare.errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
  const foreign = await people.ask(
    'recipients',
    ERASE,
    { input },
    { ...ADMIN, tenantId: 'globex' },
  );
  expect(foreign.data.eraseRecipient.errors).toEqual([
    { code: 'NOT_FOUND', path: ['recipientId'] },
  ]);
  const silent = { recipientId, reason: '  ' };
  const refused = await people.ask('recipients', ERASE, { input: silent }, ADMIN);
  expect(refused.data.eraseRecipient.errors).toEqual([{ code: 'INVALID_INPUT', path: ['reason'] }]);
  const { data } = await people.ask('recipients', `{ recipient(id: "${recipientId}") { id } }`);
  expect(data.recipient.id).toBe(recipientId);
});
