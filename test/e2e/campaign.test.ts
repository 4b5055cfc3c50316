// A campaign whose workers are killed on the way: at its end everybody who permitted it got one message, and nobody else any.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { zoneAtNoon } from '../support/noon.ts';
import { startParley, type Json, type Parley } from '../support/parley.ts';
import { approveTemplate, ERRORS, OFFER } from '../support/story.ts';

const PERMITTING = 800;
const SILENT = 40;

let parley: Parley;
beforeAll(async () => {
  parley = await startParley('apart', { SEND_LEASE_MS: '2500' });
  // Only RCS: its carrier knows a message that is handed over again, so a killed worker's can be.
  await approveTemplate(parley, { ...OFFER, channels: ['RCS'] });
}, 60_000);
afterAll(() => parley.stop(), 30_000);

const phoneOf = (n: number): string => `+1415300${1_000 + n}`;

async function data(document: string, variables: object = {}): Promise<Json> {
  const answer = await parley.ask(document, variables);
  if (answer.errors !== undefined) throw new Error(JSON.stringify(answer.errors));
  return answer.data;
}

it('loses nobody and writes to nobody twice, however often its worker dies', async () => {
  await gather();
  const created = await data(
    `mutation ($input: CreateCampaignInput!) { createCampaign(input: $input) { campaign { id } ${ERRORS} } }`,
    {
      input: {
        idempotencyKey: 'summer',
        name: 'Summer',
        template: OFFER.name,
        filter: { channel: { channel: 'RCS', isReachable: true } },
        messagesPerSecond: 100,
      },
    },
  );
  expect(created.createCampaign.errors).toEqual([]);
  const { id } = created.createCampaign.campaign;
  const streamed = seenCounts(id);
  for (const seenCount of [100, 300]) {
    await once(id, ({ progress }) => progress.seenCount >= seenCount);
    for (const worker of parley.workers()) await parley.kill(worker);
    const killed = await once(id, () => true);
    expect(killed.state).toBe('RUNNING');
    expect(killed.progress.seenCount).toBeLessThan(PERMITTING);
    await parley.run('workers');
  }
  const ended = await once(
    id,
    ({ state, progress }) =>
      state === 'COMPLETED' && standing(progress, 'DELIVERED') === PERMITTING,
  );
  expect(ended.progress).toMatchObject({
    seenCount: PERMITTING + SILENT,
    acceptedCount: PERMITTING,
    refusedBecause: [{ code: 'CONSENT_REFUSED', reason: 'CONSENT_MISSING', count: SILENT }],
  });
  const counts = await streamed;
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  expect(counts.at(-1)).toBe(PERMITTING + SILENT);
  const reached = Array.from({ length: PERMITTING }, (_, n) => phoneOf(n));
  expect((await acceptedPhones()).toSorted()).toEqual(reached.toSorted());
}, 120_000);

const standing = (progress: Json, status: string): number =>
  progress.outcomes.find((outcome: Json) => outcome.status === status)?.count ?? 0;

const FIELDS = `state progress { seenCount acceptedCount refusedBecause { code reason count }
  outcomes { status count } }`;

/** The campaign as it stands, once it is so. */
async function once(id: string, holds: (campaign: Json) => boolean): Promise<Json> {
  for (;;) {
    const { campaign } = await data(`query ($id: ID!) { campaign(id: $id) { ${FIELDS} } }`, { id });
    if (holds(campaign)) return campaign;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** How many were seen, as a socket tells it, until the campaign is completed. */
async function seenCounts(id: string): Promise<number[]> {
  const client = await parley.sockets();
  const counts: number[] = [];
  for await (const { data: item, errors } of client.iterate({
    query: `subscription ($id: ID!) { campaignProgress(id: $id) {
      ... on CampaignChange { campaign { ${FIELDS} } } } }`,
    variables: { id },
  })) {
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    const { campaign } = (item as Json).campaignProgress;
    counts.push(campaign.progress.seenCount as number);
    if (campaign.state === 'COMPLETED') return counts;
  }
  throw new Error('the stream ended');
}

/** People whose phones can take RCS, and the consents of most of them. */
async function gather(): Promise<void> {
  const rows = Array.from({ length: PERMITTING + SILENT }, (_, n) => ({
    phone: phoneOf(n),
    timeZone: zoneAtNoon(),
  }));
  const { importRecipients } = await data(
    `mutation ($input: ImportRecipientsInput!) { importRecipients(input: $input) { results { recipientId } } }`,
    { input: { rows } },
  );
  const consent = {
    purpose: 'MARKETING',
    channels: ['RCS'],
    jurisdiction: 'US',
    method: 'CHECKBOX',
    policyVersion: '1',
    source: 'WEB',
    action: 'GRANTED',
  };
  const ids = importRecipients.results.map((row: Json) => row.recipientId as string);
  const { importConsents } = await data(
    `mutation ($input: ImportConsentsInput!) { importConsents(input: $input) { results { ${ERRORS} } } }`,
    {
      input: {
        rows: ids.slice(0, PERMITTING).map((recipientId: string) => ({ ...consent, recipientId })),
      },
    },
  );
  expect(importConsents.results.flatMap((row: Json) => row.errors)).toEqual([]);
  const unknown = `{ recipients(first: 1, filter: { channel: { channel: RCS, supported: UNKNOWN } }) {
    edges { cursor } } }`;
  while ((await data(unknown)).recipients.edges.length > 0) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** One for each message that a carrier took, as its history tells. */
async function acceptedPhones(): Promise<string[]> {
  const lines = (await readFile(parley.historyPath, 'utf8')).split('\n').filter(Boolean);
  return lines
    .map((line) => JSON.parse(line) as Json)
    .filter(({ k }) => k === 'accept')
    .map(({ recipient }) => recipient as string);
}
