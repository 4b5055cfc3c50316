// Reports about consent on a real database: who had consented at a time, what one person said, who left, whom we may reach.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { uuidOf } from '../../schema/ids.ts';
import { followMerges } from '../../subgraphs/consent/jobs/follow-merges.ts';
import { consentsOf, said } from '../support/consents.ts';
import { caughtUp } from '../support/jobs.ts';
import { deeds, registered, startPeople, type Asker, type People } from '../support/people.ts';

const AUDITOR: Asker = { scopes: ['audit:read'] };
const HOUR = 3_600_000;

let people: People;
let consents: ReturnType<typeof consentsOf>;
beforeAll(async () => {
  people = await startPeople();
  consents = consentsOf(people);
});
afterAll(() => people.close());

async function asked(query: string, variables: object = {}, asker: Asker = AUDITOR) {
  const { data, errors } = await people.ask('consent', query, variables, asker);
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data;
}

const at = (time = people.clock.time) => new Date(time).toISOString();
const PAGE = 'pageInfo { hasNextPage endCursor }';

/** Every node of a connection, page by page. */
async function all(field: string, args: string, node: string, first: number, asker = AUDITOR) {
  const nodes = [];
  let after: string | null = null;
  do {
    const query: string = `query ($first: Int, $after: String) {
      list: ${field}(${args}, first: $first, after: $after) { edges { node { ${node} } } ${PAGE} } }`;
    const { list } = await asked(query, { first, after }, asker);
    expect(list.edges.length).toBeLessThanOrEqual(first);
    nodes.push(...list.edges.map((edge: { node: unknown }) => edge.node));
    after = list.pageInfo.hasNextPage ? list.pageInfo.endCursor : null;
  } while (after !== null);
  return nodes;
}

const standing = (time: number, channel = 'EMAIL', first = 2) =>
  all(
    'consentsAt',
    `at: "${at(time)}", purpose: MARKETING, channel: ${channel}`,
    'recipient { id } consents { action }',
    first,
  );
const idsIn = (nodes: { recipient: { id: string } }[]) =>
  nodes.map(({ recipient }) => recipient.id);
const marketing = (id: string, over: object = {}) =>
  said(id, { purpose: 'MARKETING', channels: ['EMAIL'], ...over });

test('who had consented at a time is what the log knew then, page by page', async () => {
  const before = people.clock.time;
  const [kept, left, ended, late] = await Promise.all([
    consents.newPerson(),
    consents.newPerson(),
    consents.newPerson(),
    consents.newPerson(),
  ]);
  people.clock.time += HOUR;
  await consents.record(marketing(kept));
  await consents.record(marketing(left));
  await consents.record(marketing(ended, { expiresAt: consents.later(HOUR) }));
  await consents.record(marketing(ended, { channels: ['SMS'] }));
  const noon = people.clock.time;
  people.clock.time += 2 * HOUR;
  await consents.withdraw(marketing(left));
  // Told now, of a time before: it was not known then.
  await consents.record(marketing(late, { occurredAt: at(noon - HOUR / 2) }));
  expect(await standing(before)).toEqual([]);
  expect(new Set(idsIn(await standing(noon)))).toEqual(new Set([kept, left, ended]));
  const now = await standing(people.clock.time);
  expect(new Set(idsIn(now))).toEqual(new Set([kept, late]));
  expect(now[0].consents).toEqual([{ action: 'GRANTED' }]);
  expect(idsIn(await standing(noon, 'SMS'))).toEqual([ended]);
});

test('a time to come, a cursor of another list and a caller who is no auditor are refused', async () => {
  const ask = (args: string, asker = AUDITOR) =>
    people.ask(
      'consent',
      `{ consentsAt(purpose: MARKETING, channel: SMS, ${args}) { ${PAGE} } }`,
      {},
      asker,
    );
  const codeOf = async (answer: ReturnType<typeof ask>) =>
    (await answer).errors?.[0]?.extensions['code'];
  expect(await codeOf(ask(`at: "${at(people.clock.time + 1_000)}"`))).toBe('BAD_USER_INPUT');
  expect(await codeOf(ask(`at: "${at()}", first: 101`))).toBe('BAD_USER_INPUT');
  expect(await codeOf(ask(`at: "${at()}"`, { scopes: ['consent:read'] }))).toBe('FORBIDDEN');
});

const history = (id: string, first = 2) =>
  all(
    'consentHistory',
    `recipientId: "${id}"`,
    'logIndex subject actor consent { id purpose channel action }',
    first,
  );

test('the history of a person has every record in the order of the log, also after their address is gone', async () => {
  const id = await registered(people, { phone: '+14155557301', email: 'history@example.com' });
  await consents.record(said(id, { channels: ['SMS', 'EMAIL'] }));
  people.clock.time += HOUR;
  await consents.withdraw(said(id));
  people.clock.time += HOUR;
  await consents.record(said(id));
  const entries = await history(id);
  expect(entries.map(({ consent }) => `${consent.action} ${consent.channel}`)).toEqual([
    'GRANTED SMS',
    'GRANTED EMAIL',
    'WITHDRAWN SMS',
    'GRANTED SMS',
  ]);
  expect(JSON.stringify(entries)).not.toMatch(/4155557301|history@/);
  await people.sql('delete from recipients.address where recipient_id = $1', [
    uuidOf('recipient', id),
  ]);
  expect(await history(id)).toEqual(entries);
  expect(await all('consentHistory', `recipientId: "${id}"`, 'logIndex', 50)).toHaveLength(4);
});

test('another tenant’s auditor sees nobody', async () => {
  const id = await consents.newPerson();
  await consents.record(marketing(id));
  const globex = { ...AUDITOR, tenantId: 'globex' };
  const query = `{ consentHistory(recipientId: "${id}") { edges { node { logIndex } } }
    consentsAt(at: "${at()}", purpose: MARKETING, channel: EMAIL) { edges { node { subject } } }
    optOutDelta(from: "${at(people.clock.time - HOUR)}", to: "${at(people.clock.time + 1)}") { purpose } }`;
  expect(await asked(query, {}, globex)).toEqual({
    consentHistory: { edges: [] },
    consentsAt: { edges: [] },
    optOutDelta: [],
  });
});

test('the delta of opt-outs counts people in a period against the time before', async () => {
  people.clock.time += 48 * HOUR;
  const ids = await Promise.all(Array.from({ length: 5 }, () => consents.newPerson()));
  const start = people.clock.time;
  for (const id of ids) await consents.record(marketing(id));
  people.clock.time += HOUR / 2;
  await consents.withdraw(marketing(ids[0] ?? ''));
  const release = start + HOUR;
  people.clock.time = release;
  for (const id of ids.slice(1, 4)) await consents.withdraw(marketing(id));
  people.clock.time += HOUR / 2;
  await consents.record(marketing(ids[1] ?? ''));
  people.clock.time += HOUR / 4;
  await consents.withdraw(marketing(ids[1] ?? ''));
  const { optOutDelta } = await asked(
    `{ optOutDelta(from: "${at(release)}", to: "${at(release + HOUR)}") {
       purpose channel optOutCount optOutCountBefore optOutDelta optInCount optInCountBefore } }`,
  );
  expect(optOutDelta).toEqual([
    {
      purpose: 'MARKETING',
      channel: 'EMAIL',
      optOutCount: 3,
      optOutCountBefore: 1,
      optOutDelta: 2,
      optInCount: 1,
      optInCountBefore: 5,
    },
  ]);
});

const eligible = (first: number) =>
  all(
    'eligibleRecipients',
    'purpose: MARKETING, channel: PUSH',
    'recipient { id } consentId expiresAt',
    first,
    { scopes: ['consent:read'] },
  );

test('eligible is whom the gate lets through, and nobody twice', async () => {
  const push = (id: string, over: object = {}) => marketing(id, { channels: ['PUSH'], ...over });
  const ids = await Promise.all(Array.from({ length: 12 }, () => consents.newPerson()));
  for (const id of ids) await consents.record(push(id));
  people.clock.time += HOUR;
  for (const id of ids.slice(0, 9)) await consents.withdraw(push(id));
  await consents.record(push(ids[9] ?? '', { expiresAt: consents.later(HOUR) }));
  for (const first of [1, 2, 50]) {
    expect(new Set(idsIn(await eligible(first)))).toEqual(new Set(ids.slice(9)));
  }
  people.clock.time += 2 * HOUR;
  const decided = await Promise.all(
    ids.map((id) => consents.decide(id, { purpose: 'MARKETING', channel: 'PUSH' })),
  );
  const allowed = ids.filter((_, index) => decided[index].allowed);
  expect(new Set(idsIn(await eligible(5)))).toEqual(new Set(allowed));
});

test('a page of eligible recipients costs as many statements as a page of one', async () => {
  const counted = async (first: number) => {
    people.statements.consent.length = 0;
    await asked(
      `{ eligibleRecipients(purpose: MARKETING, channel: EMAIL, first: ${first}) { ${PAGE} } }`,
      {},
      { scopes: ['consent:read'] },
    );
    return deeds(people.statements.consent).length;
  };
  expect(await counted(1)).toBeLessThanOrEqual(8);
  expect(await counted(100)).toBe(4);
});

test('what was taken back under a merged id stays taken back, and what was agreed to is not carried over', async () => {
  const link = (id: string) => marketing(id, { channels: ['LINK'] });
  const push = (id: string) => marketing(id, { channels: ['PUSH'] });
  const [kept, merged] = [await consents.newPerson(), await consents.newPerson()];
  await consents.record(link(kept));
  await consents.record(link(merged));
  await consents.record(push(merged));
  people.clock.time += HOUR;
  await consents.withdraw(link(merged));
  const { data } = await people.ask(
    'recipients',
    `mutation ($input: MergeRecipientsInput!) { mergeRecipients(input: $input) { errors { __typename } } }`,
    { input: { recipientId: kept, mergedId: merged } },
  );
  expect(data.mergeRecipients.errors).toEqual([]);
  const follow = () =>
    caughtUp(people, followMerges(people.consentDeps), { name: 'merges', source: 'recipients' });
  await follow();
  const decide = (id: string, channel: string) =>
    consents.decide(id, { purpose: 'MARKETING', channel });
  expect(await decide(kept, 'LINK')).toMatchObject({ reason: 'CONSENT_WITHDRAWN' });
  expect(await decide(merged, 'LINK')).toMatchObject({ reason: 'CONSENT_WITHDRAWN' });
  expect(await decide(kept, 'PUSH')).toMatchObject({ reason: 'CONSENT_MISSING' });
  const count = (await history(kept, 50)).length;
  await people.sql(`update consent.follower set tx = '0', seq = 0 where name = 'merges'`);
  await follow();
  expect(await history(kept, 50)).toHaveLength(count);
});
