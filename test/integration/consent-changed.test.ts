// The stream of consent changes on a real PostgreSQL: each record once, in order, resumed from any cursor.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { consentsOf, said } from '../support/consents.ts';
import { startPeople, type Answer, type Asker, type People } from '../support/people.ts';

let people: People;
let consents: ReturnType<typeof consentsOf>;
beforeAll(async () => {
  people = await startPeople();
  consents = consentsOf(people);
});
afterAll(() => people.close());

const STREAM = `subscription ($ids: [ID!], $after: String) {
  consentChanged(recipientIds: $ids, after: $after) { __typename
    ... on ConsentChange { cursor recipient { id } consent { id action channel } } } }`;

const follow = (variables: object = {}, asker?: Asker) =>
  people.follow('consent', STREAM, variables, asker);

/** The next changes of these people; a stream without a cursor may begin with what was committed just before it. */
async function take(stream: AsyncGenerator<Answer>, count: number, ids: readonly string[]) {
  const items = [];
  while (items.length < count) {
    const { value } = await stream.next();
    expect(value.errors).toBeUndefined();
    const change = value.data.consentChanged;
    if (ids.includes(change.recipient?.id)) items.push(change);
  }
  return items;
}

test('what a person says is streamed as it is recorded, to those who asked for the person', async () => {
  const [id, other] = [await consents.newPerson(), await consents.newPerson()];
  const stream = await follow({ ids: [id] });
  await consents.record(said(other));
  const { consents: recorded } = await consents.record(said(id));
  people.clock.time += 1_000;
  await consents.withdraw(said(id));
  const changes = await take(stream, 2, [id, other]);
  expect(changes).toMatchObject([
    { recipient: { id }, consent: { id: recorded[0].id, action: 'GRANTED', channel: 'SMS' } },
    { recipient: { id }, consent: { action: 'WITHDRAWN', channel: 'SMS' } },
  ]);
  await stream.return(undefined);
});

test('a stream resumed from a cursor begins after it and misses nothing', async () => {
  const id = await consents.newPerson();
  const first = await follow({ ids: [id] });
  await consents.record(said(id, { channels: ['SMS', 'EMAIL', 'RCS'] }));
  const [seen] = await take(first, 1, [id]);
  await first.return(undefined);
  const resumed = await follow({ ids: [id], after: seen.cursor });
  const rest = await take(resumed, 2, [id]);
  const channels = [seen, ...rest].map(({ consent }) => consent.channel);
  expect(new Set(channels)).toEqual(new Set(['EMAIL', 'RCS', 'SMS']));
  await resumed.return(undefined);
});

test('another tenant’s records are not streamed, and a caller without the scope is refused', async () => {
  const id = await consents.newPerson();
  const globex = { tenantId: 'globex' };
  const foreign = await follow({}, globex);
  await consents.record(said(id));
  const own = await consents.newPerson(globex);
  await consents.record(said(own), globex);
  expect(await take(foreign, 1, [id, own])).toMatchObject([{ recipient: { id: own } }]);
  await foreign.return(undefined);
  await expect(follow({}, { scopes: ['recipients:read'] })).rejects.toThrow(/scope/);
  await expect(follow({ ids: Array.from({ length: 1_001 }, () => id) })).rejects.toThrow(/1000/);
});
