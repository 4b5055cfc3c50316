// Push subscriptions that are over: a push service's word counts until the browser registers anew.
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Database } from '../../platform/database.ts';
import { appendEvents } from '../../platform/event-log.ts';
import { roleUrl } from '../../platform/migrate.ts';
import { definitions } from '../../parts.ts';
import { uuidOf } from '../../schema/ids.ts';
import { followFailures } from '../../subgraphs/recipients/jobs/follow-failures.ts';
import { startPeople, type People } from '../support/people.ts';
import { recordingLog } from '../support/recording-log.ts';
import { newSubscription, subscribingOf } from '../support/subscriptions.ts';

let people: People;
let delivery: Database;
let deeds: ReturnType<typeof subscribingOf>;

beforeAll(async () => {
  people = await startPeople();
  deeds = subscribingOf(people);
  delivery = await Database.open({
    url: roleUrl(people.url, 'delivery'),
    schema: 'delivery',
    tables: definitions.delivery.tables,
    connectionsMax: 2,
    log: recordingLog().log,
  });
});
afterAll(async () => {
  await delivery.close();
  await people.close();
});
beforeEach(() => {
  people.clock.time += 60_000;
});

const newPerson = () => deeds.newPerson();
const subscribe = (...given: Parameters<typeof deeds.subscribe>) => deeds.subscribe(...given);
const pushOf = (recipientId: string) => deeds.pushOf(recipientId);
const changesOf = (recipientId: string) => deeds.changesOf(recipientId);

/** A push service says that a subscription is over, and the job follows it to the end of the log. */
async function gone(recipientId: string, over: object): Promise<void> {
  const at = new Date(people.clock.time).toISOString();
  const payload = {
    recipientId: uuidOf('recipient', recipientId),
    channel: 'PUSH',
    type: 'FAILED',
    failureCode: 'INVALID_RECIPIENT',
    source: 'PLATFORM',
    occurredAt: at,
    receivedAt: at,
    ...over,
  };
  const event = { tenantId: 'acme', id: randomUUID(), occurredAt: people.clock.time };
  await delivery.transaction('acme', (tx) =>
    appendEvents(tx, 'delivery', [{ ...event, name: 'delivery.recorded', payload }]),
  );
  const job = followFailures(people.work);
  job.start();
  for (;;) {
    const open = await people.sql(
      `select 1 from delivery.event e where not exists (select 1 from recipients.follower f
         where f.name = 'failures' and (f.tx, f.seq) >= (e.tx, e.seq))`,
    );
    if (open.length === 0) break;
  }
  await job.stop();
}

const lost = async (recipientId: string) =>
  gone(recipientId, { addressId: (await pushOf(recipientId)).addressId });

test('a subscription that is over is not used any more, until it is registered anew', async () => {
  const id = await newPerson();
  const subscription = newSubscription();
  await subscribe(id, subscription);
  const told = await changesOf(id);
  await lost(id);
  expect(await pushOf(id)).toMatchObject({ bounced: true });
  expect(await changesOf(id)).toBe(told + 1);
  await subscribe(id, subscription);
  expect(await pushOf(id)).toMatchObject({ bounced: false });
  expect(await changesOf(id)).toBe(told + 2);
});

test('one that is over leaves the channel to an older one that is not', async () => {
  const id = await newPerson();
  const [older, newer] = [newSubscription(), newSubscription()];
  await subscribe(id, older);
  await subscribe(id, newer);
  const { addressId } = await pushOf(id);
  await gone(id, { addressId });
  expect(await pushOf(id)).toMatchObject({ address: JSON.stringify(older), bounced: false });
  // A second message was on its way to the same one: the older one is not to blame.
  await gone(id, { addressId });
  expect(await pushOf(id)).toMatchObject({ address: JSON.stringify(older), bounced: false });
});

test('one is not taken for gone by what is told of before it was registered', async () => {
  const id = await newPerson();
  const subscription = newSubscription();
  await subscribe(id, subscription);
  const { addressId } = await pushOf(id);
  const heardAt = new Date(people.clock.time).toISOString();
  await subscribe(id, subscription);
  await gone(id, { addressId, receivedAt: heardAt });
  expect(await pushOf(id)).toMatchObject({ bounced: false });
});

test.each([
  ['a service that is down', { failureCode: 'PROVIDER_FAULT' }],
  ['a content that is too long', { failureCode: 'INVALID_CONTENT' }],
  ['a failure that names no subscription', { addressId: null }],
])('%s says nothing of a subscription', async (_, over) => {
  const id = await newPerson();
  await subscribe(id, newSubscription());
  const { addressId } = await pushOf(id);
  await gone(id, { addressId, ...over });
  expect(await pushOf(id)).toMatchObject({ bounced: false });
});
