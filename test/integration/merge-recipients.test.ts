// Merging two records of one person on a real database: nothing of either is lost, and both ids go on.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { uuidOf } from '../../schema/ids.ts';
import { createRecipientFacts } from '../../subgraphs/recipients/facts.ts';
import { registered, startPeople, type Asker, type People } from '../support/people.ts';
import { recipientsDoor } from '../support/recipients-door.ts';

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.close());

const uuid = (id: string) => uuidOf('recipient', id) ?? '';
const FIELDS = `id externalIds { kind value } carrier optedOutChannels optOuts { channel purpose }
  addresses { id }`;

const { find, change } = recipientsDoor(() => people, FIELDS);

const ADMIN: Asker = { scopes: ['recipients:admin', 'recipients:read', 'pii:read'] };

test('two records become one: identifiers, addresses, devices and refusals of both', async () => {
  const recipientId = await registered(people, {
    externalId: 'kept',
    phone: '+14155551030',
    optOuts: [{ channel: 'RCS', purpose: 'MARKETING' }],
  });
  const mergedId = await registered(people, {
    externalId: 'merged',
    email: 'merged@example.com',
    carrier: 'A1',
    optOuts: [{ channel: 'SMS' }],
  });
  const before = await people.databases.messages.read('acme', (tx) =>
    createRecipientFacts(people.work)(tx, 'acme', [uuid(mergedId)]),
  );
  const { recipient, errors } = await change('mergeRecipients', { recipientId, mergedId }, ADMIN);
  expect(errors).toEqual([]);
  expect(recipient).toMatchObject({
    id: recipientId,
    externalIds: [
      { kind: 'external_id', value: 'kept' },
      { kind: 'external_id', value: 'merged' },
    ],
    carrier: 'A1',
    optedOutChannels: ['SMS'],
    optOuts: [
      { channel: 'SMS', purpose: null },
      { channel: 'RCS', purpose: 'MARKETING' },
    ],
  });
  expect(recipient.addresses).toHaveLength(2);
  for (const query of [
    `recipient(id: "${mergedId}")`,
    'recipientByExternalId(value: "merged")',
    'recipientByEmail(email: "merged@example.com")',
  ]) {
    expect((await find(query)).id).toBe(recipientId);
  }
  // What was accepted for the merged id goes to the kept person, and what was sealed for it still opens.
  const facts = await people.databases.messages.read('acme', (tx) =>
    createRecipientFacts(people.work)(tx, 'acme', [uuid(mergedId), uuid(recipientId)]),
  );
  const ofMerged = facts.get(uuid(mergedId));
  expect(ofMerged?.recipientId).toBe(uuid(recipientId));
  expect(ofMerged?.channels).toEqual(facts.get(uuid(recipientId))?.channels);
  expect(ofMerged?.channels.find(({ channel }) => channel === 'EMAIL')?.address).toBe(
    'merged@example.com',
  );
  const keyBefore = before.get(uuid(mergedId))?.dataKey;
  expect(keyBefore && ofMerged?.dataKey.equals(keyBefore)).toBe(true);
  const again = await change('mergeRecipients', { recipientId, mergedId }, ADMIN);
  expect(again).toMatchObject({ recipient: { id: recipientId }, errors: [] });
});

test('a chain of merges leads to the last one', async () => {
  const [first, second, third] = [
    await registered(people, { externalId: 'chain-1' }),
    await registered(people, { externalId: 'chain-2' }),
    await registered(people, { externalId: 'chain-3' }),
  ];
  await change('mergeRecipients', { recipientId: second, mergedId: first }, ADMIN);
  await change('mergeRecipients', { recipientId: third, mergedId: second }, ADMIN);
  for (const id of [first, second, third]) {
    expect((await find(`recipient(id: "${id}")`)).id).toBe(third);
  }
});

test('merges that make no sense, or that nobody may do, are refused', async () => {
  const recipientId = await registered(people, { externalId: 'alone' });
  const foreign = await registered(people, { externalId: 'foreign' }, { tenantId: 'globex' });
  expect(
    (await change('mergeRecipients', { recipientId, mergedId: recipientId }, ADMIN)).errors,
  ).toMatchObject([{ code: 'INVALID_INPUT', path: ['mergedId'] }]);
  expect(
    (await change('mergeRecipients', { recipientId, mergedId: foreign }, ADMIN)).errors,
  ).toMatchObject([{ code: 'NOT_FOUND', path: ['mergedId'] }]);
  const { errors } = await people.ask(
    'recipients',
    `mutation { mergeRecipients(input: { recipientId: "${recipientId}", mergedId: "x" }) { errors { __typename } } }`,
    {},
    { scopes: ['recipients:write'] },
  );
  expect(errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
});

test('merges of the same two people at the same time do one thing, or refuse', async () => {
  const a = await registered(people, { externalId: 'both-a', phone: '+14155551040' });
  const b = await registered(people, { externalId: 'both-b', phone: '+14155551041' });
  const outcomes = await Promise.all([
    change('mergeRecipients', { recipientId: a, mergedId: b }, ADMIN),
    change('mergeRecipients', { recipientId: b, mergedId: a }, ADMIN),
  ]);
  expect(outcomes.filter(({ recipient }) => recipient !== null)).toHaveLength(1);
  const rows = await people.sql('select 1 from recipients.recipient where id = any($1)', [
    [uuid(a), uuid(b)],
  ]);
  expect(rows).toHaveLength(1);
});
