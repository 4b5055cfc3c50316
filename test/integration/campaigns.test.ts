// Campaigns on a real database: everybody who may be written to gets one message, everybody else is on record with why.
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { uuidOf } from '../../schema/ids.ts';
import { countStatuses } from '../../subgraphs/messages/store/campaign-messages.ts';
import { CREATE, openCampaigns, type Campaigns } from '../support/campaigns.ts';
import { recipientsOf, refusalsOf } from '../support/campaign-pages.ts';

let campaigns: Campaigns;
beforeAll(async () => {
  campaigns = await openCampaigns();
}, 60_000);
// A test's campaigns do not go on in the next one's.
afterEach(() => campaigns.sending.people.sql('delete from messages.task'));
afterAll(() => campaigns.close());

const PAGES = { peopleMax: 4 };

test('a campaign goes through its audience, its messages go out, and what becomes of them is counted', async () => {
  const { filter, permitting, silent } = await campaigns.audience(10, 3);
  const id = await campaigns.create({ filter });
  expect(await campaigns.campaign(id)).toMatchObject({
    state: 'RUNNING',
    startedAt: null,
    createdBy: 'service:test',
    filter: { ...filter, region: null, channel: null },
    progress: { seenCount: 0, outcomes: [], isEverybodySeen: false },
  });
  await campaigns.walk(PAGES);
  expect(await campaigns.campaign(id)).toMatchObject({
    state: 'RUNNING',
    progress: {
      seenCount: 13,
      acceptedCount: 10,
      refusedCount: 3,
      isEverybodySeen: true,
      refusedBecause: [{ code: 'CONSENT_REFUSED', reason: 'CONSENT_MISSING', count: 3 }],
      outcomes: [{ status: 'ACCEPTED', count: 10 }],
    },
  });
  expect(await recipientsOf(campaigns, id, 4)).toEqual(permitting);
  const missing = { code: 'CONSENT_REFUSED', reason: 'CONSENT_MISSING' };
  expect(await refusalsOf(campaigns, id, 2)).toEqual(
    silent.map((person) => ({ recipient: { id: person }, ...missing })),
  );

  await campaigns.sendAll();
  expect(campaigns.provider.taken).toHaveLength(10);
  await campaigns.settle();
  await campaigns.hasten();
  await campaigns.walk();
  const ended = await campaigns.campaign(id);
  expect(ended).toMatchObject({
    state: 'COMPLETED',
    progress: { outcomes: [{ status: 'SENT', count: 10 }] },
  });
  expect(ended.endedAt).not.toBeNull();

  const { data } = await campaigns.ask(
    `query ($id: ID!) { campaign(id: $id) { messages(first: 3) { edges { node { id } } } } }`,
    { id },
  );
  const some = data.campaign.messages.edges.map(({ node }: { node: { id: string } }) => node.id);
  await campaigns.deliver(some);
  await campaigns.settle();
  expect((await campaigns.campaign(id)).progress.outcomes).toEqual([
    { status: 'SENT', count: 7 },
    { status: 'DELIVERED', count: 3 },
  ]);
});

test('what is told late or twice of a message is not counted again', async () => {
  const { filter } = await campaigns.audience(2, 0);
  const id = await campaigns.create({ filter });
  await campaigns.walk();
  const rows = await campaigns.sending.people.sql<{ message_id: string }>(
    `select message_id from messages.campaign_message where campaign_id = $1`,
    [uuidOf('campaign', id)],
  );
  const tell = (status: 'SENT' | 'FAILED' | 'DELIVERED') =>
    campaigns.sending.deps.database.acrossTenants((tx) =>
      countStatuses(
        tx,
        rows.map((row) => ({ tenantId: 'acme', messageId: row.message_id, status })),
      ),
    );
  for (const status of ['FAILED', 'SENT', 'FAILED', 'DELIVERED', 'DELIVERED', 'FAILED'] as const) {
    await tell(status);
  }
  expect((await campaigns.campaign(id)).progress.outcomes).toEqual([
    { status: 'DELIVERED', count: 2 },
  ]);
});

test('it goes to the people that the same filter shows, and not to who is registered after it', async () => {
  const { filter } = await campaigns.audience(6, 0);
  await campaigns.audience(2, 0);
  const narrow = { ...filter, channel: { channel: 'SMS', isReachable: true } };
  const shown = await campaigns.sending.people.ask(
    'recipients',
    `query ($filter: RecipientFilterInput) { recipients(filter: $filter) { edges { node { id } } } }`,
    { filter: narrow },
  );
  const id = await campaigns.create({ filter: narrow });
  await campaigns.sending.people.ask(
    'recipients',
    `mutation ($carrier: String!) { registerRecipient(input: { phone: "+14159990000", carrier: $carrier }) {
       recipient { id } } }`,
    filter,
  );
  await campaigns.walk(PAGES);
  const ids = shown.data.recipients.edges.map(({ node }: { node: { id: string } }) => node.id);
  expect(ids).toHaveLength(6);
  expect(await recipientsOf(campaigns, id)).toEqual(ids);
  expect((await campaigns.campaign(id)).progress.seenCount).toBe(6);
});

test('a filter that few pass is looked for piece by piece, and past what it leaves out', async () => {
  const { filter, permitting } = await campaigns.audience(3, 0);
  const id = await campaigns.create({ filter });
  let steps = 0;
  while (await campaigns.step({ peopleMax: 2, scanMax: 4 })) steps += 1;
  expect(steps).toBeGreaterThan(4);
  expect(await recipientsOf(campaigns, id)).toEqual(permitting);
  expect((await campaigns.campaign(id)).progress).toMatchObject({
    seenCount: 3,
    isEverybodySeen: true,
  });
});

test('a consent that is withdrawn before its page keeps the person out, one before the sending stops the message', async () => {
  const { filter, permitting } = await campaigns.audience(8, 0);
  const id = await campaigns.create({ filter });
  await campaigns.step(PAGES);
  const [first, , , , fifth] = permitting as [string, string, string, string, string];
  campaigns.sending.people.clock.time += 1_000;
  await campaigns.permit([first, fifth], 'WITHDRAWN');
  await campaigns.walk(PAGES);
  expect(await recipientsOf(campaigns, id)).toEqual(
    permitting.filter((person) => person !== fifth),
  );
  expect(await refusalsOf(campaigns, id)).toEqual([
    { recipient: { id: fifth }, code: 'CONSENT_REFUSED', reason: 'CONSENT_WITHDRAWN' },
  ]);
  await campaigns.sendAll();
  await campaigns.settle();
  expect((await campaigns.campaign(id)).progress.outcomes).toEqual([
    { status: 'SENT', count: 6 },
    { status: 'SUPPRESSED', count: 1 },
  ]);
});

test('a campaign for later waits, one whose time is over sees nobody more', async () => {
  const { filter } = await campaigns.audience(6, 0);
  const { clock } = campaigns.sending.people;
  const at = (ms: number) => new Date(clock.time + ms).toISOString();
  const id = await campaigns.create({ filter, sendAt: at(60_000), expiresAt: at(120_000) });
  await campaigns.hasten();
  await campaigns.step(PAGES);
  expect(await campaigns.campaign(id)).toMatchObject({ state: 'SCHEDULED', startedAt: null });
  expect(await campaigns.move('pause', id)).toMatchObject({ campaign: { state: 'PAUSED' } });
  expect(await campaigns.move('resume', id)).toMatchObject({ campaign: { state: 'SCHEDULED' } });
  clock.time += 60_000;
  await campaigns.step(PAGES);
  expect(await campaigns.campaign(id)).toMatchObject({
    state: 'RUNNING',
    progress: { seenCount: 4 },
  });
  clock.time += 60_000;
  await campaigns.walk(PAGES);
  expect(await campaigns.campaign(id)).toMatchObject({
    state: 'EXPIRED',
    progress: { seenCount: 4, isEverybodySeen: false },
  });
  // What waited in the queue is too old as well.
  await campaigns.sendAll();
  await campaigns.settle();
  expect((await campaigns.campaign(id)).progress.outcomes).toEqual([
    { status: 'EXPIRED', count: 4 },
  ]);
});

test('it puts no more into the queue than has room there, and not faster than was asked', async () => {
  const { filter } = await campaigns.audience(9, 0);
  const id = await campaigns.create({ filter });
  const narrow = { peopleMax: 3, waitingMax: 6 };
  await campaigns.walk(narrow);
  await campaigns.hasten();
  await campaigns.step(narrow);
  expect((await campaigns.campaign(id)).progress).toMatchObject({ acceptedCount: 6 });
  await campaigns.sendAll();
  await campaigns.settle();
  await campaigns.hasten();
  await campaigns.walk(narrow);
  expect((await campaigns.campaign(id)).progress).toMatchObject({ acceptedCount: 9 });

  const slow = await campaigns.create({ filter, messagesPerSecond: 2 });
  await campaigns.step();
  expect((await campaigns.campaign(slow)).progress).toMatchObject({ acceptedCount: 2 });
  const [{ wait }] = (await campaigns.sending.people.sql(
    `select extract(epoch from due_at - now())::float8 as wait from messages.task where key = $1`,
    [`campaign:${uuidOf('campaign', slow)}`],
  )) as [{ wait: number }];
  expect(wait).toBeGreaterThan(0.5);
  expect(wait).toBeLessThanOrEqual(1);
  await campaigns.move('cancel', slow);
  await campaigns.walk();
});

test('another version of the template pauses it, and resuming sends that one', async () => {
  await campaigns.approve({ name: 'news' });
  const { filter, permitting } = await campaigns.audience(8, 0);
  const id = await campaigns.create({ filter, template: 'news' });
  await campaigns.step(PAGES);
  await campaigns.approve({ name: 'news' });
  await campaigns.step(PAGES);
  expect(await campaigns.campaign(id)).toMatchObject({
    state: 'PAUSED',
    pauseReason: 'TEMPLATE_CHANGED',
    template: { version: 1 },
    progress: { seenCount: 4 },
  });
  await campaigns.move('resume', id);
  await campaigns.walk(PAGES);
  expect(await campaigns.campaign(id)).toMatchObject({
    pauseReason: null,
    template: { version: 2 },
  });
  expect(await recipientsOf(campaigns, id)).toEqual(permitting);

  const other = await campaigns.create({ filter, template: 'news' });
  await campaigns.approve({ name: 'news', variables: [{ name: 'what' }, { name: 'when' }] });
  await campaigns.step(PAGES);
  const refused = await campaigns.move('resume', other);
  expect(refused.errors).toEqual([{ __typename: 'VariablesInvalid', code: 'VARIABLES_INVALID' }]);
  expect(await campaigns.campaign(other)).toMatchObject({ state: 'PAUSED' });
});

test.each([
  ['an unknown template', { template: 'nothing' }, 'TemplateNotApproved', ['template']],
  ['a variable that is missing', { variables: [] }, 'VariablesInvalid', ['variables', 'what']],
  ['a region that is none', { filter: { region: 'Tyrol' } }, 'InvalidInput', ['filter', 'region']],
  [
    'a carrier that cannot be kept',
    { filter: { carrier: 'a\0' } },
    'InvalidInput',
    ['filter', 'carrier'],
  ],
  ['no name', { name: ' ' }, 'InvalidInput', ['name']],
  ['a past time', { sendAt: '2020-01-01T00:00:00Z' }, 'InvalidInput', ['sendAt']],
  ['a rate of nothing', { messagesPerSecond: 0 }, 'InvalidInput', ['messagesPerSecond']],
  ['codes for a crowd', { template: 'codes' }, 'InvalidInput', ['template']],
  ['values of one person', { template: 'personal' }, 'VariablesInvalid', ['variables', 'what']],
])('%s is refused, and nothing is written', async (_, over, __typename, path) => {
  await campaigns.approve({ name: 'codes', type: 'OTP' });
  await campaigns.approve({ name: 'personal', variables: [{ name: 'what', sensitive: true }] });
  const input = {
    idempotencyKey: 'refused',
    name: 'Refused',
    template: 'offer',
    filter: {},
    variables: [{ name: 'what', value: 'x' }],
    ...over,
  };
  const { data } = await campaigns.ask(CREATE, { input });
  expect(data.createCampaign).toMatchObject({ campaign: null, errors: [{ __typename, path }] });
  const rows = await campaigns.sending.people.sql(
    `select 1 from messages.campaign where idempotency_key = 'refused'`,
  );
  expect(rows).toEqual([]);
});

test('what its variables say stands in no table', async () => {
  const { filter } = await campaigns.audience(1, 0);
  const id = await campaigns.create({ filter, variables: [{ name: 'what', value: 'Marzipan' }] });
  await campaigns.walk();
  const rows = await campaigns.sending.people.sql<{ found: boolean }>(
    `select c::text ~ 'Marzipan' or position('Marzipan'::bytea in c.variables_sealed) > 0 as found
     from messages.campaign c where id = $1`,
    [uuidOf('campaign', id)],
  );
  expect(rows).toEqual([{ found: false }]);
});
