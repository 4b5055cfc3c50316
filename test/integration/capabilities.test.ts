// Capabilities: looked up at the carrier through the real adapter, believed for a time, and never lost to a fault.
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { UNKNOWN_TTL_MS } from '../../subgraphs/recipients/domain/capability.ts';
import { refreshDue } from '../../subgraphs/recipients/jobs/refresh-stale-capabilities.ts';
import { uuidOf } from '../../schema/ids.ts';
import { startHarness, type CarrierHarness } from '../support/carrier-harness.ts';
import { CAPABILITY_TTL_SECONDS, registered, startPeople, type People } from '../support/people.ts';

const TTL_MS = CAPABILITY_TTL_SECONDS * 1_000;

let carriers: CarrierHarness;
let people: People;
beforeAll(async () => {
  carriers = await startHarness();
  people = await startPeople([carriers.rbm, carriers.twilio]);
});
beforeEach(() => {
  carriers.carrier.control.setFaults({ scope: '*' });
});
afterAll(async () => {
  await people.close();
  await carriers.close();
});

const reach = (address: string, reachable: boolean) =>
  carriers.carrier.control.setProfile(address, { address, rcs: { reachable } });

const STATE = `id channels { channel reachable reasons
  capability { supported nativeE2ee features source checkedAt expiresAt } }`;

async function rcsOf(id: string) {
  const { data } = await people.ask(
    'recipients',
    `query ($id: ID!) { recipient(id: $id) { ${STATE} } }`,
    { id },
  );
  return data.recipient.channels[0];
}

async function refresh(recipientId: string) {
  const { data, errors } = await people.ask(
    'recipients',
    `mutation ($input: RefreshCapabilitiesInput!) { refreshCapabilities(input: $input) {
       recipient { ${STATE} } errors { __typename } } }`,
    { input: { recipientId } },
  );
  expect(errors).toBeUndefined();
  return data.refreshCapabilities.recipient.channels[0];
}

/** The only task there is, in milliseconds from now. */
const taskOf = async (id: string) => {
  const [task] = await people.sql<{ priority: number; wait: number }>(
    `select t.priority, extract(epoch from t.due_at - now())::float8 * 1000 as wait
     from recipients.task t join recipients.address a on a.id::text = t.key where a.recipient_id = $1`,
    [uuidOf('recipient', id)],
  );
  return task;
};

const eventsOf = async (id: string) =>
  (
    await people.sql<{ reason: string }>(
      `select payload ->> 'reason' as reason from recipients.event
       where payload ->> 'recipientId' = $1 order by tx, seq`,
      [uuidOf('recipient', id)],
    )
  ).map(({ reason }) => reason);

test('the job looks up who was registered, and tells when the answer changes something', async () => {
  reach('+14155550302', false);
  const yes = await registered(people, { phone: '+14155550301' });
  const no = await registered(people, { phone: '+14155550302' });
  const mail = await registered(people, { email: 'no-phone@example.com' });
  expect((await rcsOf(yes)).reasons).toEqual(['CAPABILITY_UNKNOWN']);

  expect(await refreshDue(people.work)).toBe(false);

  const now = new Date(people.clock.time).toISOString();
  expect(await rcsOf(yes)).toMatchObject({
    reachable: true,
    reasons: [],
    capability: {
      supported: 'YES',
      nativeE2ee: 'UNKNOWN',
      source: 'google-rbm',
      checkedAt: now,
    },
  });
  expect((await rcsOf(yes)).capability.features).toContain('RICHCARD_STANDALONE');
  expect(await rcsOf(no)).toMatchObject({ reachable: false, reasons: ['NOT_CAPABLE'] });
  expect((await rcsOf(mail)).reasons).toEqual(['NO_ADDRESS']);
  expect(await eventsOf(yes)).toEqual(['registered', 'capability']);
  expect(await eventsOf(mail)).toEqual(['registered']);
  const task = await taskOf(yes);
  expect(task?.priority).toBe(1);
  expect(task?.wait).toBeGreaterThan(TTL_MS - 60_000);
  expect(await taskOf(mail)).toBeUndefined();
});

test('many recipients cost one look-up in a constant number of statements', async () => {
  for (let n = 0; n < 20; n += 1) await registered(people, { phone: `+141555503${10 + n}` });
  people.statements.recipients.length = 0;
  await refreshDue(people.work);
  const many = people.statements.recipients.length;
  await registered(people, { phone: '+14155550340' });
  people.statements.recipients.length = 0;
  await refreshDue(people.work);
  expect(people.statements.recipients).toHaveLength(many);
});

test('an expired report is shown as expired, and the job asks again', async () => {
  const phone = '+14155550350';
  const id = await registered(people, { phone });
  await refreshDue(people.work);
  people.clock.time += TTL_MS;
  expect(await rcsOf(id)).toMatchObject({ reachable: false, reasons: ['CAPABILITY_EXPIRED'] });
  reach(phone, false);
  await people.sql(`update recipients.task set due_at = now() where lane = 'capabilities'`);
  await refreshDue(people.work);
  expect(await rcsOf(id)).toMatchObject({ reasons: ['NOT_CAPABLE'] });
  expect(await eventsOf(id)).toEqual(['registered', 'capability', 'capability']);
});

test('a carrier that fails leaves the answer unknown, never no, and is soon asked again', async () => {
  carriers.carrier.control.setFaults({ scope: 'rbm', errorRatio: 1 });
  const id = await registered(people, { phone: '+14155550360' });
  await refreshDue(people.work);
  const { reasons, capability } = await rcsOf(id);
  expect(reasons).toEqual(['CAPABILITY_UNKNOWN']);
  expect(capability).toMatchObject({ supported: 'UNKNOWN', source: 'google-rbm' });
  expect((await taskOf(id))?.wait).toBeLessThanOrEqual(UNKNOWN_TTL_MS);
});

test('a carrier that cannot be reached takes nothing away that is still believed', async () => {
  const id = await registered(people, { phone: '+14155550361' });
  const before = await refresh(id);
  expect(before.reachable).toBe(true);
  carriers.carrier.control.setFaults({ scope: 'rbm', partition: true });
  people.clock.time += 1_000;
  expect(await refresh(id)).toEqual(before);
});

test('a look-up on demand answers with what it has learnt', async () => {
  const phone = '+14155550362';
  const id = await registered(people, { phone });
  expect((await refresh(id)).reachable).toBe(true);
  reach(phone, false);
  people.clock.time += 1_000;
  expect((await refresh(id)).reasons).toEqual(['NOT_CAPABLE']);
});

test('of two look-ups the later one stays, whichever is saved last', async () => {
  const phone = '+14155550363';
  const id = await registered(people, { phone });
  people.clock.time += 10_000;
  await refresh(id);
  reach(phone, false);
  people.clock.time -= 5_000;
  expect((await refresh(id)).reachable).toBe(true);
  people.clock.time += 5_000;
});

test('without a provider that can tell, the number waits and nothing is claimed', async () => {
  const id = await registered(people, { phone: '+14155550364' });
  await refreshDue({ ...people.work, providers: [carriers.twilio] });
  expect((await rcsOf(id)).capability).toMatchObject({ supported: 'UNKNOWN', source: 'none' });
  expect((await taskOf(id))?.wait).toBeGreaterThan(TTL_MS - 60_000);
});
