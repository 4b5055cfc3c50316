// Retention of callbacks on a real database: those that were dealt with go and are logged, and none that waits does.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { graphql } from 'graphql';
import { buildSubgraphs } from '../../parts.ts';
import type { Part } from '../../platform/part.ts';
import { createDelivery } from '../../subgraphs/delivery/index.ts';
import { eraseOutdatedRecords } from '../../subgraphs/delivery/jobs/erase-outdated.ts';
import { oneRound } from '../support/jobs.ts';
import { principalOf, type Asker, type People } from '../support/people.ts';
import { startReplies, type Replies } from '../support/replies.ts';
import { AUDITOR, DAY_MS, daysAgo, runsOf, runsQuery } from '../support/retention.ts';

const PHONE = '+14155557000';

let replies: Replies;
let people: People;
let delivery: Part;
beforeAll(async () => {
  replies = await startReplies();
  ({ people } = replies);
  delivery = createDelivery(replies.deps);
});
afterAll(() => replies.close());

const { schema } = buildSubgraphs().delivery;
const runs = async (asker: Asker = {}): Promise<object[]> => {
  const principal = principalOf({ ...AUDITOR, ...asker });
  const contextValue = delivery.contextFor(principal);
  const source = runsQuery('deliveryRetentionRuns');
  return runsOf(await graphql({ schema, source, contextValue }));
};
const erased = (): Promise<void> => oneRound(eraseOutdatedRecords(replies.deps));
const kept = () =>
  people.sql<{ tenant_id: string; state: string }>(
    'select tenant_id, state from delivery.raw_callback order by received_at',
  );

it('erases callbacks that were dealt with, of no tenant too, and never one that waits', async () => {
  await replies.person({ channel: 'SMS', from: PHONE, text: 'hello' });
  await replies.taken(await replies.wired({ channel: 'SMS', from: PHONE, text: 'still there' }));
  expect(await kept()).toEqual([
    { tenant_id: '', state: 'IGNORED' },
    { tenant_id: '', state: 'NEW' },
  ]);
  people.clock.time += 4_000 * DAY_MS;
  await erased();
  expect(await kept()).toEqual([{ tenant_id: '', state: 'NEW' }]);
  expect(
    await people.sql('select tenant_id, record_class, erased_count from delivery.retention_run'),
  ).toEqual([{ tenant_id: '', record_class: 'RAW_CALLBACK', erased_count: 1 }]);
  // Nobody's are nobody's to see.
  expect(await runs()).toEqual([]);
  // What was kept can be opened still: it is read, and its time is over at once.
  await replies.normalised();
  await erased();
  expect(await kept()).toEqual([]);
});

it('logs what it erased for the tenant whose attempt it was about', async () => {
  await replies.person({ channel: 'SMS', from: PHONE, text: 'a receipt’s stand-in' });
  await people.sql(`update delivery.raw_callback set tenant_id = 'acme', state = 'MATCHED'`);
  people.clock.time += 29 * DAY_MS;
  await erased();
  expect(await kept()).toHaveLength(1);
  people.clock.time += DAY_MS;
  await erased();
  expect(await kept()).toEqual([]);
  const [before, ranAt] = [daysAgo(people, 30), daysAgo(people, 0)];
  const run = { recordClass: 'RAW_CALLBACK', region: null, before, erasedCount: 1, ranAt };
  expect(await runs()).toEqual([run]);
  expect(await runs({ tenantId: 'other' })).toEqual([]);
});
