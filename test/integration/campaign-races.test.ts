// Campaigns against everything that may come between: pauses, cancellations, twins, other workers, and a death before the commit.
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { claimTasks, type ClaimedTask } from '../../platform/task-queue.ts';
import { uuidOf } from '../../schema/ids.ts';
import { CAMPAIGN_LANE } from '../../subgraphs/messages/campaign-task.ts';
import { defaultPace } from '../../subgraphs/messages/domain/campaign-pace.ts';
import { TemplateCache } from '../../subgraphs/messages/store/find-template.ts';
import { walkCampaign } from '../../subgraphs/messages/walk-campaign.ts';
import { recipientsOf, refusalsOf } from '../support/campaign-pages.ts';
import { CREATE, openCampaigns, type Campaigns } from '../support/campaigns.ts';

let campaigns: Campaigns;
beforeAll(async () => {
  campaigns = await openCampaigns();
}, 60_000);
// A test's campaigns do not go on in the next one's.
afterEach(() => campaigns.sending.people.sql('delete from messages.task'));
afterAll(() => campaigns.close());

const PAGES = { peopleMax: 4 };

test('a paused campaign sees nobody, and a resumed one goes on where it was, past nobody and to nobody twice', async () => {
  const { filter, permitting } = await campaigns.audience(10, 0);
  const id = await campaigns.create({ filter });
  await campaigns.step(PAGES);
  expect(await campaigns.move('pause', id)).toEqual({
    replayed: false,
    campaign: { state: 'PAUSED' },
    errors: [],
  });
  expect(await campaigns.move('pause', id)).toMatchObject({ replayed: true, errors: [] });
  await campaigns.hasten();
  expect(await campaigns.step(PAGES)).toBe(false);
  expect(await campaigns.campaign(id)).toMatchObject({
    pauseReason: 'REQUESTED',
    progress: { seenCount: 4 },
  });
  expect(await campaigns.move('resume', id)).toMatchObject({ campaign: { state: 'RUNNING' } });
  await campaigns.walk(PAGES);
  expect(await recipientsOf(campaigns, id)).toEqual(permitting);
});

test('a pause that meets a page comes before it or after it, never into it', async () => {
  const { filter, permitting } = await campaigns.audience(12, 0);
  const id = await campaigns.create({ filter });
  while ((await campaigns.campaign(id)).progress.seenCount < permitting.length) {
    const before = (await campaigns.campaign(id)).progress.seenCount as number;
    await Promise.all([campaigns.step({ peopleMax: 3 }), campaigns.move('pause', id)]);
    const { state, progress } = await campaigns.campaign(id);
    expect(state).toBe('PAUSED');
    expect([before, before + 3]).toContain(progress.seenCount);
    expect(progress.acceptedCount).toBe(progress.seenCount);
    await campaigns.move('resume', id);
    await campaigns.hasten();
    await campaigns.step({ peopleMax: 3 });
  }
  expect(await recipientsOf(campaigns, id)).toEqual(permitting);
});

test('a cancelled campaign sees nobody more, and takes back what waits in the queue', async () => {
  const { filter } = await campaigns.audience(12, 0);
  const id = await campaigns.create({ filter });
  await campaigns.step(PAGES);
  await campaigns.sendAll();
  const handedOver = campaigns.provider.taken.length;
  await campaigns.settle();
  await campaigns.step(PAGES);
  const cancelled = await campaigns.move('cancel', id);
  expect(cancelled).toMatchObject({ campaign: { state: 'CANCELLED' }, errors: [] });
  await campaigns.walk(PAGES);
  await campaigns.sendAll();
  await campaigns.settle();
  expect(campaigns.provider.taken).toHaveLength(handedOver);
  expect((await campaigns.campaign(id)).progress).toMatchObject({
    seenCount: 8,
    outcomes: [
      { status: 'SENT', count: 4 },
      { status: 'CANCELLED', count: 4 },
    ],
  });
  expect(await campaigns.move('cancel', id)).toMatchObject({ replayed: true });
  for (const deed of ['pause', 'resume'] as const) {
    expect((await campaigns.move(deed, id)).errors).toMatchObject([{ code: 'WRONG_STATE' }]);
  }
  const left = await campaigns.sending.people.sql(
    `select key from messages.task where lane = $1 and key = $2`,
    [CAMPAIGN_LANE, `campaign:${uuidOf('campaign', id)}`],
  );
  expect(left).toEqual([]);
});

test('a death between the page and its commit leaves nothing behind, and the page is seen again', async () => {
  const { filter, permitting, silent } = await campaigns.audience(6, 2);
  const id = await campaigns.create({ filter });
  const { sql } = campaigns.sending.people;
  await campaigns.step(PAGES);
  const written = () =>
    sql(`select (select count(*)::int from messages.message) as messages,
      (select count(*)::int from messages.campaign_message) as links,
      (select count(*)::int from messages.campaign_refusal) as refusals,
      (select count(*)::int from messages.event) as events`);
  const before = await written();
  // The commit itself fails, after all statements of the page were done.
  await sql(`create function messages.die() returns trigger language plpgsql as
    $$ begin raise exception 'the server is gone'; end $$`);
  await sql(`create constraint trigger die after update on messages.campaign
    deferrable initially deferred for each row execute function messages.die()`);
  await campaigns.step(PAGES);
  expect(campaigns.sending.lines()).toContainEqual(
    expect.objectContaining({ msg: 'step of a campaign failed' }),
  );
  expect(await written()).toEqual(before);
  await sql('drop trigger die on messages.campaign');
  // Its holder's lease stands until it is over.
  expect(await campaigns.step(PAGES)).toBe(false);
  await campaigns.hasten();
  await campaigns.walk(PAGES);
  expect(await recipientsOf(campaigns, id)).toEqual(permitting);
  expect((await refusalsOf(campaigns, id)).map(({ recipient }) => recipient.id)).toEqual(silent);
});

test('a worker whose lease another one took over writes nothing', async () => {
  const { filter, permitting } = await campaigns.audience(8, 0);
  const id = await campaigns.create({ filter });
  const { deps } = campaigns.sending;
  const claim = { lane: CAMPAIGN_LANE, limit: 1, leaseMs: 60_000 };
  const take = async (): Promise<ClaimedTask> => {
    const [task] = await deps.database.acrossTenants((tx) => claimTasks(tx, 'messages', claim));
    if (task === undefined) throw new Error('there is a task');
    return task;
  };
  const stale = await take();
  await campaigns.hasten();
  const fresh = await take();
  const walk = (task: ClaimedTask) =>
    walkCampaign({ ...deps, pace: { ...defaultPace, ...PAGES } }, new TemplateCache(), task);
  await walk(stale);
  expect((await campaigns.campaign(id)).progress.seenCount).toBe(0);
  await Promise.all([walk(fresh), walk(stale)]);
  expect((await campaigns.campaign(id)).progress.seenCount).toBe(4);
  await Promise.all([campaigns.walk(PAGES), campaigns.walk(PAGES)]);
  expect(await recipientsOf(campaigns, id)).toEqual(permitting);
});

test('of twins one campaign comes, and another body under their key is refused', async () => {
  const { filter } = await campaigns.audience(1, 0);
  const variables = [{ name: 'what', value: 'Bread' }];
  const input = { idempotencyKey: 'twins', name: 'Twins', template: 'offer', filter, variables };
  const answers = await Promise.all([1, 2, 3].map(() => campaigns.ask(CREATE, { input })));
  const created = answers.map(({ data }) => data.createCampaign);
  expect(created.map(({ errors }) => errors)).toEqual([[], [], []]);
  expect(new Set(created.map(({ campaign }) => campaign.id)).size).toBe(1);
  expect(created.filter(({ replayed }) => !replayed)).toHaveLength(1);
  const other = { ...input, variables: [{ name: 'what', value: 'Wine' }] };
  const { data } = await campaigns.ask(CREATE, { input: other });
  expect(data.createCampaign.errors).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED' }]);
  await campaigns.walk(PAGES);
  expect(await recipientsOf(campaigns, created[0].campaign.id)).toHaveLength(1);
});

test('another tenant sees no campaign, moves none, and its own goes to its own people', async () => {
  const { filter } = await campaigns.audience(2, 0);
  const id = await campaigns.create({ filter });
  const stranger = { tenantId: 'globex' };
  expect(await campaigns.campaign(id, stranger)).toBeNull();
  const list = await campaigns.ask(`{ campaigns { edges { node { id } } } }`, {}, stranger);
  expect(list.data.campaigns.edges).toEqual([]);
  for (const deed of ['pause', 'resume', 'cancel'] as const) {
    const moved = await campaigns.move(deed, id, stranger);
    expect(moved).toMatchObject({ campaign: null, errors: [{ code: 'NOT_FOUND' }] });
  }
  await expect(campaigns.follow(id, null, stranger)).rejects.toMatchObject({
    extensions: { code: 'NOT_FOUND' },
  });
  await campaigns.approve({}, stranger);
  const own = await campaigns.create({ filter: {} }, stranger);
  await campaigns.walk(PAGES);
  expect((await campaigns.campaign(own, stranger)).progress.seenCount).toBe(0);
  expect((await campaigns.campaign(id)).progress.seenCount).toBe(2);
});

test.each([
  ['reading', `{ campaigns { edges { node { id } } } }`, {}],
  ['creating', CREATE, { input: { idempotencyKey: 'k', name: 'n', template: 't', filter: {} } }],
])('%s needs its scope', async (_, document, variables) => {
  const scopes = ['messages:read', 'messages:send', 'recipients:read'];
  const { errors } = await campaigns.ask(document, variables, { scopes });
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});

test('its progress is streamed to who asks for it, and a stream that is resumed misses nothing', async () => {
  const { filter } = await campaigns.audience(12, 0);
  const id = await campaigns.create({ filter });
  const other = await campaigns.create({ filter });
  await campaigns.move('pause', other);
  const first = await campaigns.follow(id);
  const next = async (stream: typeof first) => (await stream.next()).value.data.campaignProgress;
  await campaigns.step(PAGES);
  let seen = await next(first);
  // What was committed just before it may come first.
  while (seen.campaign.progress.seenCount === 0) seen = await next(first);
  expect(seen.campaign).toEqual({
    state: 'RUNNING',
    progress: { seenCount: 4, acceptedCount: 4 },
  });
  await first.return(undefined);
  await campaigns.step(PAGES);
  await campaigns.move('pause', id);
  const resumed = await campaigns.follow(id, seen.cursor);
  const missed = [await next(resumed), await next(resumed)];
  expect(missed.map(({ campaign }) => campaign)).toEqual([
    { state: 'PAUSED', progress: { seenCount: 8, acceptedCount: 8 } },
    { state: 'PAUSED', progress: { seenCount: 8, acceptedCount: 8 } },
  ]);
  await campaigns.move('resume', id);
  expect((await next(resumed)).campaign.state).toBe('RUNNING');
  await resumed.return(undefined);
});

test('the sweep of lanes that nobody serves leaves campaigns alone', async () => {
  const { filter } = await campaigns.audience(1, 0);
  const id = await campaigns.create({ filter });
  const { clock } = campaigns.sending.people;
  const sweep = campaigns.sending.sweep([campaigns.provider]);
  await sweep();
  clock.time += 3_600_000;
  await sweep();
  await campaigns.walk();
  expect((await campaigns.campaign(id)).progress.acceptedCount).toBe(1);
});
