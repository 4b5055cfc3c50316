// Bounced addresses: a mail server's word that an address does not exist counts until somebody proves the address.
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Database } from '../../platform/database.ts';
import { appendEvents } from '../../platform/event-log.ts';
import { roleUrl } from '../../platform/migrate.ts';
import { definitions } from '../../parts.ts';
import { uuidOf } from '../../schema/ids.ts';
import { followFailures } from '../../subgraphs/recipients/jobs/follow-failures.ts';
import { registered, startPeople, type People } from '../support/people.ts';
import { recordingLog } from '../support/recording-log.ts';

let people: People;
let delivery: Database;
let count = 0;

beforeAll(async () => {
  people = await startPeople();
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

const newPerson = (): Promise<string> => {
  count += 1;
  return registered(people, { email: `ada${count}@example.com`, phone: `+1415556${1000 + count}` });
};

/** Delivery records a failure, and the job follows it to the end of the log. */
async function failed(recipientId: string, over: object = {}, tenantId = 'acme'): Promise<void> {
  const at = new Date(people.clock.time).toISOString();
  const payload = {
    recipientId: uuidOf('recipient', recipientId),
    channel: 'EMAIL',
    type: 'FAILED',
    failureCode: 'INVALID_RECIPIENT',
    source: 'PROVIDER',
    occurredAt: at,
    receivedAt: at,
    ...over,
  };
  const occurredAt = people.clock.time;
  await delivery.transaction(tenantId, (tx) =>
    appendEvents(tx, 'delivery', [
      { tenantId, id: randomUUID(), name: 'delivery.recorded', payload, occurredAt },
    ]),
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

async function stateOf(recipientId: string) {
  const { data } = await people.ask(
    'recipients',
    `query ($id: ID!) { recipient(id: $id) {
       addresses { id kind bouncedAt } channels { channel reachable reasons } } }`,
    { id: recipientId },
  );
  const { addresses, channels } = data.recipient as {
    addresses: { id: string; kind: string; bouncedAt: string | null }[];
    channels: { channel: string; reachable: boolean; reasons: string[] }[];
  };
  const email = addresses.find(({ kind }) => kind === 'EMAIL');
  const reasonsOn = (wanted: string) => channels.find(({ channel }) => channel === wanted)?.reasons;
  return { email, reasonsOn };
}

const changes = (): Promise<{ payload: { recipientId: string; reason: string } }[]> =>
  people.sql(`select payload from recipients.event where name = 'recipient.channels-changed'`);

test('an address that does not exist is marked, on its channel alone, and followers are told', async () => {
  const id = await newPerson();
  await failed(id);
  const { email, reasonsOn } = await stateOf(id);
  expect(email?.bouncedAt).toBe(new Date(people.clock.time).toISOString());
  expect(reasonsOn('EMAIL')).toEqual(['ADDRESS_BOUNCED']);
  expect(reasonsOn('SMS')).toEqual([]);
  const mine = (await changes()).filter(
    (one) => one.payload.recipientId === uuidOf('recipient', id),
  );
  expect(mine.at(-1)?.payload.reason).toBe('address');
});

test('a second bounce changes nothing', async () => {
  const id = await newPerson();
  await failed(id);
  const first = await stateOf(id);
  const changeCount = (await changes()).length;
  people.clock.time += 60_000;
  await failed(id);
  expect(await stateOf(id)).toMatchObject({ email: first.email });
  expect(await changes()).toHaveLength(changeCount);
});

test.each([
  ['a full mailbox', { failureCode: 'UNREACHABLE' }],
  ['a refused text', { failureCode: 'BLOCKED' }],
  ['a delivery', { type: 'DELIVERED', failureCode: null }],
  ['a wrong phone number', { channel: 'SMS' }],
])('%s says nothing of the address', async (_, over) => {
  const id = await newPerson();
  await failed(id, over);
  expect((await stateOf(id)).email?.bouncedAt).toBeNull();
});

test('what another tenant is told says nothing here', async () => {
  const id = await newPerson();
  await failed(id, {}, 'globex');
  expect((await stateOf(id)).email?.bouncedAt).toBeNull();
});

test('whoever proves the address is written to again, also when an older bounce comes late', async () => {
  const id = await newPerson();
  const heardAt = new Date(people.clock.time).toISOString();
  await failed(id);
  const { email } = await stateOf(id);
  people.clock.time += 60_000;
  await people.ask(
    'recipients',
    `mutation ($input: VerifyAddressInput!) { verifyAddress(input: $input) { errors { __typename } } }`,
    { input: { addressId: email?.id, method: 'LINK' } },
  );
  expect(await stateOf(id)).toMatchObject({ email: { bouncedAt: null } });
  await failed(id, { receivedAt: heardAt });
  const proven = await stateOf(id);
  expect(proven.email?.bouncedAt).toBeNull();
  expect(proven.reasonsOn('EMAIL')).toEqual([]);
});
