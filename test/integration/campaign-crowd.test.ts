// A campaign to thousands: each page costs the same statements, however many people it has and however many were seen.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { deeds } from '../support/people.ts';
import { openCampaigns, type Campaigns } from '../support/campaigns.ts';

const CROWD = 5_000;

let campaigns: Campaigns;
beforeAll(async () => {
  campaigns = await openCampaigns();
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
