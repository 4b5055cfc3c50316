// A carrier's trouble on a real database: shown to its tenants, and told to the log once a day.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createMarketWatch } from '../../subgraphs/recipients/jobs/watch-markets.ts';
import { countOutcomes, type Outcome } from '../../subgraphs/recipients/store/outcomes.ts';
import { startPeople, type People } from '../support/people.ts';
import { recordingLog } from '../support/recording-log.ts';

const DAY_MS = 86_400_000;

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.close());

/** Deliveries of the day so many days ago. */
async function delivered(
  counts: { reached: number; failed: number },
  of: Partial<Outcome> & { readonly daysAgo: number },
): Promise<void> {
  const { daysAgo, ...over } = of;
  const outcome = (reached: boolean): Outcome => ({
    tenantId: 'acme',
    occurredAt: people.clock.time - daysAgo * DAY_MS,
    channel: 'RCS',
    region: 'AT',
    carrier: 'A1',
    predicted: 'YES',
    reached,
    ...over,
  });
  const outcomes = [
    ...Array.from({ length: counts.reached }, () => outcome(true)),
    ...Array.from({ length: counts.failed }, () => outcome(false)),
  ];
  await people.databases.recipients.acrossTenants((tx) => countOutcomes(tx, outcomes));
}

const drops = async (asker = {}) => {
  const { data, errors } = await people.ask(
    'recipients',
    '{ capabilityDrops { region carrier reachedShare reachedShareBefore triedCount } }',
    {},
    asker,
  );
  expect(errors).toBeUndefined();
  return data.capabilityDrops;
};

test('a market that broke down today is shown to its tenant, and its neighbours are not', async () => {
  await delivered({ reached: 90, failed: 10 }, { daysAgo: 3 });
  await delivered({ reached: 0, failed: 500 }, { daysAgo: 8 });
  await delivered({ reached: 95, failed: 5 }, { daysAgo: 1, carrier: 'Magenta' });
  expect(await drops()).toEqual([]);
  await delivered({ reached: 20, failed: 40 }, { daysAgo: 0 });
  await delivered({ reached: 60, failed: 3 }, { daysAgo: 0, carrier: 'Magenta' });
  // Nobody believed that these would be reached.
  await delivered({ reached: 0, failed: 500 }, { daysAgo: 0, carrier: 'Magenta', predicted: 'NO' });
  expect(await drops()).toEqual([
    { region: 'AT', carrier: 'A1', reachedShare: 1 / 3, reachedShareBefore: 0.9, triedCount: 60 },
  ]);
  expect(await drops({ tenantId: 'globex' })).toEqual([]);
});

test('the log is told of it once a day', async () => {
  const { log, lines } = recordingLog();
  const told = () => lines().filter(({ msg }) => msg === 'capability dropped');
  const look = createMarketWatch({ ...people.work, log });
  await look();
  await look();
  expect(told()).toMatchObject([{ tenantId: 'acme', region: 'AT', carrier: 'A1', triedCount: 60 }]);
  people.clock.time += DAY_MS;
  await delivered({ reached: 0, failed: 60 }, { daysAgo: 0 });
  await look();
  expect(told()).toHaveLength(2);
});
