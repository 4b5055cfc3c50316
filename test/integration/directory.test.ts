// The directory: pages of recipients by how their channels stand, and addresses in clear text only on record.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CapabilityProvider } from '../../subgraphs/recipients/ports.ts';
import { deeds, registered, startPeople, type Asker, type People } from '../support/people.ts';

/** Says that even numbers have RCS, that those that end in 5 have not, and nothing of the others. */
const provider: CapabilityProvider = {
  id: 'carrier',
  channel: 'RCS',
  capabilities: async (addresses) =>
    new Map(
      addresses.map((address) => {
        const last = Number(address.slice(-1));
        const supported = last % 2 === 0 ? 'YES' : last === 5 ? 'NO' : 'UNKNOWN';
        return [address, { supported, features: [], carrier: last < 5 ? 'A1' : 'Drei' }];
      }),
    ),
};

const PAGE = `query ($first: Int, $after: String, $filter: RecipientFilterInput) {
  recipients(first: $first, after: $after, filter: $filter) {
    edges { cursor node { id channels { channel reachable reasons preferenceRank isOptedOut
      capability { supported source checkedAt expiresAt features } } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;

let people: People;
const ids: string[] = [];
beforeAll(async () => {
  people = await startPeople([provider]);
  for (let number = 0; number < 20; number += 1) {
    const phone = `+4366012340${String(number).padStart(2, '0')}`;
    const optedOutChannels = number === 3 ? ['SMS'] : [];
    ids.push(await registered(people, { phone, optedOutChannels, preferredChannels: ['SMS'] }));
    people.clock.time += 1;
  }
  ids.push(await registered(people, { email: 'nobody@example.com', region: 'DE' }));
  const refresh = `mutation ($input: RefreshCapabilitiesInput!) { refreshCapabilities(input: $input) {
    errors { __typename } } }`;
  for (const recipientId of ids) {
    await people.ask('recipients', refresh, { input: { recipientId } });
  }
});
afterAll(() => people.close());

const page = async (variables: object, asker?: Asker) => {
  const { data, errors } = await people.ask('recipients', PAGE, variables, asker);
  expect(errors).toBeUndefined();
  return data.recipients;
};
const idsOf = (connection: { edges: { node: { id: string } }[] }): string[] =>
  connection.edges.map(({ node }) => node.id);
const numbered = (...numbers: number[]): string[] => numbers.map((number) => ids[number] ?? '');

test('pages follow each other without a gap or a repetition, also when somebody is registered between', async () => {
  const first = await page({ first: 8 });
  expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  const newcomer = await registered(people, { phone: '+436609999999' });
  const second = await page({ first: 8, after: first.pageInfo.endCursor });
  const third = await page({ first: 8, after: second.pageInfo.endCursor });
  expect(third.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  expect([first, second, third].flatMap(idsOf)).toEqual([...ids, newcomer]);
  expect((await page({ after: third.pageInfo.endCursor })).pageInfo).toEqual({
    hasNextPage: false,
    hasPreviousPage: true,
    startCursor: null,
    endCursor: null,
  });
});

test('recipients are found by region, by carrier and by how a channel stands', async () => {
  const found = async (filter: object) => idsOf(await page({ first: 100, filter }));
  expect(await found({ region: 'DE' })).toEqual(numbered(20));
  expect(await found({ carrier: 'Drei', region: 'AT' })).toEqual([
    ...numbered(5, 6, 7, 8, 9, 15, 16, 17, 18, 19),
  ]);
  const even = numbered(0, 2, 4, 6, 8, 10, 12, 14, 16, 18);
  expect(await found({ channel: { channel: 'RCS', supported: 'YES' } })).toEqual(even);
  expect(await found({ channel: { channel: 'RCS', isReachable: true } })).toEqual(even);
  expect(await found({ channel: { channel: 'RCS', supported: 'NO' } })).toEqual(numbered(5, 15));
  expect(await found({ channel: { channel: 'RCS', supported: 'UNKNOWN' } })).toHaveLength(9);
  expect(await found({ channel: { channel: 'EMAIL', isReachable: true } })).toEqual(numbered(20));
  expect(await found({ channel: { channel: 'SMS', isReachable: false } })).toEqual(numbered(3, 20));
  expect(await found({ channel: { channel: 'LINK', isReachable: true } })).toHaveLength(22);
  expect(await found({ channel: { channel: 'PUSH', isReachable: true } })).toEqual([]);
  people.clock.time += 8 * 86_400_000;
  expect(await found({ channel: { channel: 'RCS', supported: 'YES' } })).toEqual([]);
  people.clock.time -= 8 * 86_400_000;
});

test('the filter says of every channel what the channels of each recipient say', async () => {
  const all = await page({ first: 100 });
  for (const channel of ['RCS', 'SMS', 'EMAIL', 'IMESSAGE', 'PUSH', 'LINK']) {
    const filter = { channel: { channel, isReachable: true } };
    const shown = all.edges.filter(({ node }: { node: { channels: never[] } }) =>
      node.channels.some(
        (state: { channel: string; reachable: boolean }) =>
          state.channel === channel && state.reachable,
      ),
    );
    expect(idsOf(await page({ first: 100, filter }))).toEqual(idsOf({ edges: shown }));
  }
});

test('a channel tells its rank, its opt-out, its capability and why it is not reachable', async () => {
  const { edges } = await page({ first: 4 });
  const statesOf = (place: number) =>
    Object.fromEntries(
      edges[place].node.channels.map((state: { channel: string }) => [state.channel, state]),
    );
  expect(statesOf(2).RCS).toMatchObject({
    reachable: true,
    reasons: [],
    preferenceRank: null,
    isOptedOut: false,
    capability: { supported: 'YES', source: 'carrier' },
  });
  expect(statesOf(3).SMS).toMatchObject({
    reachable: false,
    reasons: ['OPTED_OUT'],
    preferenceRank: 1,
    isOptedOut: true,
  });
});

test('a page of fifty costs as many statements as a page of two', async () => {
  const costOf = async (first: number): Promise<number> => {
    people.statements.recipients.length = 0;
    await page({ first });
    return deeds(people.statements.recipients).length;
  };
  const small = await costOf(2);
  expect(small).toBeLessThanOrEqual(5);
  expect(await costOf(20)).toBe(small);
});

test('a page that is too large, a foreign cursor and an unknown region are refused', async () => {
  for (const variables of [
    { first: 0 },
    { first: 101 },
    { after: 'x' },
    { after: Buffer.from('1; drop table').toString('base64url') },
    { filter: { region: 'Austria' } },
  ]) {
    const { errors } = await people.ask('recipients', PAGE, variables);
    expect(errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
  }
  expect(idsOf(await page({ first: 100 }, { tenantId: 'globex' }))).toEqual([]);
});

const ADDRESSES = `query ($id: ID!, $reason: String!) { recipient(id: $id) {
  addresses { id masked value(reason: $reason) } } }`;
const READER = { scopes: ['recipients:read', 'pii:read'] };
const ACCESSES = `query ($id: ID, $first: Int, $after: String) {
  piiAccesses(recipientId: $id, first: $first, after: $after) {
    edges { node { action recipientId addressId actor reason } } pageInfo { hasNextPage endCursor } } }`;

test('an address in clear text needs its scope, and goes on record before it is shown', async () => {
  const variables = { id: ids[1], reason: 'callback that was asked for' };
  const refused = await people.ask('recipients', ADDRESSES, variables);
  expect(refused.errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
  expect(refused.data.recipient.addresses[0]).toMatchObject({ masked: '+43•••01', value: null });
  const shown = await people.ask('recipients', ADDRESSES, variables, READER);
  const [address] = shown.data.recipient.addresses;
  expect(address.value).toBe('+436601234001');
  const asked = { id: ids[1] };
  const auditor = { scopes: ['audit:read'] };
  const { data } = await people.ask('recipients', ACCESSES, asked, auditor);
  expect(data.piiAccesses.edges.map(({ node }: { node: object }) => node)).toEqual([
    {
      action: 'UNMASKED',
      recipientId: ids[1],
      addressId: address.id,
      actor: 'service:test',
      reason: variables.reason,
    },
  ]);
  const denied = await people.ask('recipients', ACCESSES, asked);
  expect(denied.errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
  const stranger = { ...auditor, tenantId: 'globex' };
  const foreign = await people.ask('recipients', ACCESSES, {}, stranger);
  expect(foreign.data.piiAccesses.edges).toEqual([]);
  await expect(people.sql('delete from recipients.pii_access')).rejects.toThrow(/append-only/);
});

test('a look at many addresses is one record each, in one transaction', async () => {
  people.statements.recipients.length = 0;
  const query = `{ recipients(first: 10) { edges { node { addresses { value(reason: "audit") } } } } }`;
  const { data } = await people.ask('recipients', query, {}, READER);
  const values = data.recipients.edges.flatMap(
    ({ node }: { node: { addresses: { value: string }[] } }) =>
      node.addresses.map(({ value }) => value),
  );
  expect(values).toHaveLength(10);
  expect(deeds(people.statements.recipients).length).toBeLessThanOrEqual(6);
  const page1 = await people.ask('recipients', ACCESSES, { first: 4 }, { scopes: ['audit:read'] });
  expect(page1.data.piiAccesses).toMatchObject({ pageInfo: { hasNextPage: true } });
  const after = page1.data.piiAccesses.pageInfo.endCursor;
  const rest = await people.ask('recipients', ACCESSES, { after }, { scopes: ['audit:read'] });
  expect(rest.data.piiAccesses.edges).toHaveLength(7);
});

test('a look without a reason, or with an address for a reason, is refused', async () => {
  for (const reason of ['', '   ', 'x'.repeat(201), 'ada@example.com', '+436601234001']) {
    const answer = await people.ask('recipients', ADDRESSES, { id: ids[1], reason }, READER);
    expect(answer.errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
  }
});
