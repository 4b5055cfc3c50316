// What deliveries prove: a contradicted belief is corrected at once and asked again, and all outcomes measure accuracy.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { appendEvents } from '../../platform/event-log.ts';
import { Database } from '../../platform/database.ts';
import { roleUrl } from '../../platform/migrate.ts';
import { uuidOf } from '../../schema/ids.ts';
import { definitions } from '../../parts.ts';
import { followFailures } from '../../subgraphs/recipients/jobs/follow-failures.ts';
import { refreshDue } from '../../subgraphs/recipients/jobs/refresh-stale-capabilities.ts';
import { startHarness, type CarrierHarness } from '../support/carrier-harness.ts';
import { registered, startPeople, type People } from '../support/people.ts';
import { recordingLog } from '../support/recording-log.ts';

let carriers: CarrierHarness;
let people: People;
let delivery: Database;

beforeAll(async () => {
  carriers = await startHarness();
  people = await startPeople([carriers.rbm]);
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
  await carriers.close();
});

interface Told {
  readonly recipientId: string;
  readonly type: string;
  readonly failureCode?: string;
  readonly channel?: string;
  readonly occurredAt?: number;
  readonly tenantId?: string;
}

/** Writes what delivery would have recorded, and lets the job follow it to the end. */
async function deliveryTells(...told: readonly Told[]): Promise<void> {
  for (const { tenantId = 'acme', ...one } of told) {
    const occurredAt = one.occurredAt ?? people.clock.time;
    const payload = {
      channel: 'RCS',
      failureCode: null,
      source: 'PROVIDER',
      ...one,
      recipientId: uuidOf('recipient', one.recipientId),
      occurredAt: new Date(occurredAt).toISOString(),
    };
    await delivery.transaction(tenantId, (tx) =>
      appendEvents(tx, 'delivery', [
        { tenantId, id: randomUUID(), name: 'delivery.recorded', payload, occurredAt },
      ]),
    );
  }
  const job = followFailures(people.work);
  job.start();
  await followed();
  await job.stop();
}

/** Until the follower's place is the end of the log. */
async function followed(): Promise<void> {
  for (;;) {
    const open = await people.sql(
      `select 1 from delivery.event e where not exists (select 1 from recipients.follower f
         where f.name = 'failures' and (f.tx, f.seq) >= (e.tx, e.seq))`,
    );
    if (open.length === 0) return;
  }
}

async function lookedUp(phone: string, reachable: boolean, asker = {}): Promise<string> {
  carriers.carrier.control.setProfile(phone, { address: phone, rcs: { reachable } });
  const id = await registered(people, { phone, region: 'AT', carrier: 'A1' }, asker);
  await refreshDue(people.work);
  people.clock.time += 1_000;
  return id;
}

async function rcsOf(id: string) {
  const { data } = await people.ask(
    'recipients',
    `query ($id: ID!) { recipient(id: $id) { channels { channel capability { supported source } } } }`,
    { id },
  );
  return data.recipient.channels[0].capability;
}

const waitOf = async (id: string) => {
  const [task] = await people.sql<{ wait: number }>(
    `select extract(epoch from t.due_at - now())::float8 as wait
     from recipients.task t join recipients.address a on a.id::text = t.key where a.recipient_id = $1`,
    [uuidOf('recipient', id)],
  );
  return task?.wait ?? NaN;
};

const accuracy = async (asker = {}) => {
  const { data, errors } = await people.ask(
    'recipients',
    `query ($from: DateTime!, $to: DateTime!) { capabilityAccuracy(from: $from, to: $to) {
       region carrier truePositiveCount falsePositiveCount trueNegativeCount falseNegativeCount
       unpredictedCount accuracy } }`,
    { from: '2026-11-20T00:00:00Z', to: '2026-11-20T23:59:59Z' },
    asker,
  );
  expect(errors).toBeUndefined();
  return data.capabilityAccuracy;
};

test('a failure that the belief did not foresee corrects it at once, and the carrier is asked again', async () => {
  const id = await lookedUp('+436601230001', true);
  expect(await rcsOf(id)).toEqual({ supported: 'YES', source: 'google-rbm' });
  await deliveryTells({ recipientId: id, type: 'FAILED', failureCode: 'UNSUPPORTED' });
  expect(await rcsOf(id)).toEqual({ supported: 'NO', source: 'delivery' });
  expect(await waitOf(id)).toBeLessThanOrEqual(0);
  people.clock.time += 1_000;
  await refreshDue(people.work);
  expect(await rcsOf(id)).toEqual({ supported: 'YES', source: 'google-rbm' });
});

test('a delivery to somebody believed out of reach proves the opposite', async () => {
  const id = await lookedUp('+436601230002', false);
  await deliveryTells({ recipientId: id, type: 'DELIVERED' });
  expect(await rcsOf(id)).toEqual({ supported: 'YES', source: 'delivery' });
  expect(await waitOf(id)).toBeLessThanOrEqual(0);
});

test('a failure of the carrier, another channel’s failure and an old failure change no belief', async () => {
  const id = await lookedUp('+436601230003', true);
  await deliveryTells(
    { recipientId: id, type: 'FAILED', failureCode: 'PROVIDER_FAULT' },
    { recipientId: id, type: 'FAILED', failureCode: 'THROTTLED' },
    { recipientId: id, type: 'FAILED', failureCode: 'UNSUPPORTED', channel: 'SMS' },
    {
      recipientId: id,
      type: 'FAILED',
      failureCode: 'UNSUPPORTED',
      occurredAt: people.clock.time - 3_600_000,
    },
  );
  expect(await rcsOf(id)).toEqual({ supported: 'YES', source: 'google-rbm' });
});

test('who has traffic is asked about again before the belief runs out', async () => {
  const id = await lookedUp('+436601230004', true);
  const before = await waitOf(id);
  await deliveryTells({ recipientId: id, type: 'DELIVERED' });
  const after = await waitOf(id);
  expect(after).toBeLessThan(before * 0.95);
  expect(after).toBeGreaterThan(0);
});

test('accuracy counts every outcome once in its market, against what was believed before it', async () => {
  const asker = { tenantId: 'globex' };
  const capable = await lookedUp('+436601230005', true, asker);
  const incapable = await lookedUp('+436601230006', false, asker);
  const lost = await lookedUp('+436601230007', true, asker);
  const fresh = await registered(people, { phone: '+436601230008', carrier: 'A1' }, asker);
  const of = (recipientId: string, type: string, failureCode?: string): Told => ({
    ...asker,
    recipientId,
    type,
    ...(failureCode && { failureCode }),
  });
  await deliveryTells(
    of(capable, 'SENT'),
    of(capable, 'DELIVERED'),
    of(capable, 'READ'),
    of(incapable, 'FAILED', 'UNSUPPORTED'),
    of(lost, 'FAILED', 'INVALID_RECIPIENT'),
    of(fresh, 'DELIVERED'),
  );
  expect(await accuracy(asker)).toEqual([
    {
      region: 'AT',
      carrier: 'A1',
      truePositiveCount: 1,
      falsePositiveCount: 1,
      trueNegativeCount: 1,
      falseNegativeCount: 0,
      unpredictedCount: 1,
      accuracy: 2 / 3,
    },
  ]);
  expect(await accuracy({ tenantId: 'initech' })).toEqual([]);
});

test('coverage counts each number once by market, and stale reports apart', async () => {
  const asker = { tenantId: 'hooli' };
  await lookedUp('+436601230009', true, asker);
  await lookedUp('+436601230010', false, asker);
  await registered(people, { phone: '+436601230011', carrier: 'A1' }, asker);
  await registered(people, { email: 'nobody@example.com' }, asker);
  const coverage = async () =>
    (
      await people.ask(
        'recipients',
        `{ capabilityCoverage { region carrier numberCount capableCount incapableCount unknownCount
             staleCount nativeE2eeCount withDeviceKeyCount reachableShare } }`,
        {},
        asker,
      )
    ).data.capabilityCoverage;
  const market = {
    region: 'AT',
    carrier: 'A1',
    numberCount: 3,
    capableCount: 1,
    incapableCount: 1,
    unknownCount: 1,
    staleCount: 0,
    nativeE2eeCount: 0,
    withDeviceKeyCount: 0,
    reachableShare: 1 / 3,
  };
  expect(await coverage()).toEqual([market]);
  people.clock.time += 86_400_000;
  expect(await coverage()).toEqual([
    { ...market, capableCount: 0, incapableCount: 0, staleCount: 2, reachableShare: 0 },
  ]);
});

test('a period that ends before it begins, or is too long, is refused', async () => {
  for (const to of ['2026-11-19T00:00:00Z', '2028-01-01T00:00:00Z']) {
    const { errors } = await people.ask(
      'recipients',
      `query ($to: DateTime!) { capabilityAccuracy(from: "2026-11-20T00:00:00Z", to: $to) { accuracy } }`,
      { to },
    );
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  }
});
