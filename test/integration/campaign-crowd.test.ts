// A campaign to thousands: each page costs the same statements, however many people it has and however many were seen.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Transaction } from '../../platform/database.ts';
import {
  countStatuses,
  findCampaignMessages,
  findCampaignsOf,
  findWaiting,
} from '../../subgraphs/messages/store/campaign-messages.ts';
import { findRefusals } from '../../subgraphs/messages/store/campaign-refusals.ts';
import { findCampaigns } from '../../subgraphs/messages/store/campaigns.ts';
import { rowsRead } from '../support/rows-read.ts';
import { deeds } from '../support/people.ts';
import { openCampaigns, type Campaigns } from '../support/campaigns.ts';

const CROWD = 5_000;

let campaigns: Campaigns;
beforeAll(async () => {
  campaigns = await openCampaigns();
  // The database has no statistics of young tables.
  for (const table of ['campaign', 'campaign_message', 'campaign_refusal', 'campaign_outcome']) {
    await campaigns.sending.people.sql(
      `alter table messages.${table} set (autovacuum_enabled = off)`,
    );
  }
}, 60_000);
afterAll(() => campaigns.close());

test(`${CROWD} people cost the same statements page after page, and each of them is seen once`, async () => {
  const { filter } = await campaigns.audience(CROWD - 500, 500);
  const id = await campaigns.create({ filter });
  const statements = campaigns.sending.people.statements.messages;
  const counts: number[] = [];
  for (let page = 0; page < CROWD / 200; page += 1) {
    statements.length = 0;
    await campaigns.step({ waitingMax: CROWD });
    counts.push(deeds(statements).length);
  }
  expect((await campaigns.campaign(id)).progress).toMatchObject({
    seenCount: CROWD,
    acceptedCount: CROWD - 500,
    refusedCount: 500,
  });
  // The page where the first ones are refused has one more; where nobody is accepted, some are not needed.
  expect(new Set(counts.slice(1, 20)).size).toBe(1);
  expect(Math.max(...counts)).toBeLessThanOrEqual(24);
  const [one] = await campaigns.sending.people.sql<{ people: number }>(
    `select count(distinct recipient_id)::int as people from messages.message`,
  );
  expect(one?.people).toBe(CROWD - 500);
}, 120_000);

const ASKED = 20;

test.each<[string, (tx: Transaction, asked: Asked) => Promise<unknown>]>([
  ['where messages stand', (tx, { messageIds }) => countStatuses(tx, sent(messageIds))],
  ['the campaigns of messages', (tx, { messageIds }) => findCampaignsOf(tx, 'acme', messageIds)],
  ['a campaign', (tx, { campaignId }) => findCampaigns(tx, 'acme', [campaignId])],
  ['a page of messages', (tx, asked) => findCampaignMessages(tx, 'acme', page(asked))],
  ['a page of the waiting', (tx, asked) => findWaiting(tx, 'acme', page(asked))],
  ['a page of the refused', (tx, asked) => findRefusals(tx, 'acme', page(asked))],
])('%s costs what was asked for, and not the campaign', async (_, statement) => {
  const [campaign] = await campaigns.sending.people.sql<{ id: string }>(
    `select id from messages.campaign`,
  );
  const rows = await campaigns.sending.people.sql<{ id: string }>(
    `select message_id as id from messages.campaign_message order by message_id limit ${ASKED}`,
  );
  const asked = { campaignId: campaign?.id ?? '', messageIds: rows.map(({ id }) => id) };
  await campaigns.sending.people.databases.messages.transaction('acme', async (tx) => {
    const read = await rowsRead(tx, () => statement(tx, asked));
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThanOrEqual(ASKED * 4);
  });
});

interface Asked {
  readonly campaignId: string;
  readonly messageIds: readonly string[];
}

const page = ({ campaignId }: Asked) => ({ campaignId, after: null, limit: ASKED });

const sent = (messageIds: readonly string[]) =>
  messageIds.map((messageId) => ({ tenantId: 'acme', messageId, status: 'SENT' as const }));
