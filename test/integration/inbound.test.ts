// STOP, START and HELP from the carriers' wires to the ledger: each once, in every tenant, with no number kept.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { definitions } from '../../parts.ts';
import { Database } from '../../platform/database.ts';
import type { Job } from '../../platform/loop.ts';
import { roleUrl } from '../../platform/migrate.ts';
import { createUuidV7 } from '../../platform/uuid-v7.ts';
import type { RawCallback } from '../../providers/provider.ts';
import { uuidOf } from '../../schema/ids.ts';
import { followReplies } from '../../subgraphs/consent/jobs/follow-replies.ts';
import { CallbackVault } from '../../subgraphs/delivery/callback-vault.ts';
import type { DeliveryDeps } from '../../subgraphs/delivery/context.ts';
import { normaliseCallbacks } from '../../subgraphs/delivery/jobs/normalise-callbacks.ts';
import { createTakeCallback } from '../../subgraphs/delivery/take-callback.ts';
import { consentSubjects, deviceOwners } from '../../subgraphs/recipients/facts.ts';
import { createPseudonyms } from '../../subgraphs/recipients/pseudonyms.ts';
import { startHarness, type CarrierHarness } from '../support/carrier-harness.ts';
import { consentsOf, said } from '../support/consents.ts';
import { registered, startPeople, type Asker, type People } from '../support/people.ts';
import { recordingLog } from '../support/recording-log.ts';

let carriers: CarrierHarness;
let people: People;
let delivery: Database;
let deps: DeliveryDeps;
let vault: CallbackVault;
const { log, lines } = recordingLog();
const logged: string[] = [];

beforeAll(async () => {
  carriers = await startHarness();
  people = await startPeople();
  delivery = await Database.open({
    url: roleUrl(people.url, 'delivery'),
    schema: 'delivery',
    tables: definitions.delivery.tables,
    connectionsMax: 4,
    log,
  });
  const { clock, kms } = people;
  const { rbm, twilio } = carriers;
  deps = {
    database: delivery,
    ports: createPseudonyms({ kms }),
    providers: new Map([rbm, twilio].map((provider) => [provider.id, provider])),
    kms,
    bus: people.work.bus,
    clock,
    newUuid: createUuidV7(clock),
    settings: { pollMs: 20, callbackBaseUrl: '', callbackMaxBytes: 65_536, streamBufferMax: 10 },
    log,
  };
  vault = new CallbackVault(deps);
});
afterAll(async () => {
  await delivery.close();
  await people.close();
  await carriers.close();
});

/** What a person does goes over the carrier's wire; the callback comes back as the platform's door got it. */
async function wired(act: object): Promise<{ provider: string; raw: RawCallback }> {
  const before = carriers.taken.length;
  carriers.carrier.control.inbound({ ...act });
  await carriers.until((taken) => taken.length > before);
  const taken = carriers.taken[before];
  if (taken === undefined) throw new Error('nothing came');
  return taken;
}

async function taken({ provider, raw }: { provider: string; raw: RawCallback }): Promise<void> {
  const found = deps.providers.get(provider);
  if (found === undefined) throw new Error(`there is no provider ${provider}`);
  expect(await createTakeCallback(deps, vault)(found, raw)).toEqual({ kind: 'kept' });
}

const consentDeps = () => ({
  ...deps,
  database: people.databases.consent,
  ports: { ...createPseudonyms(people), consentSubjects, deviceOwners },
  settings: { checkpointMs: 60_000 },
});

async function ran(job: Job, open: string): Promise<void> {
  job.start();
  while ((await people.sql(open)).length > 0);
  await job.stop();
}

const normalised = () =>
  ran(normaliseCallbacks(deps, vault), `select 1 from delivery.raw_callback where state = 'NEW'`);
const followed = () =>
  ran(
    followReplies(consentDeps()),
    `select 1 from delivery.event e where not exists (select 1 from consent.follower f
       where f.name = 'replies' and (f.tx, f.seq) >= (e.tx, e.seq))`,
  );

/** A person does it, and everything that follows has happened; time goes on. */
async function person(act: object): Promise<void> {
  await taken(await wired(act));
  await normalised();
  await followed();
  people.clock.time += 600_000;
}

let numbers = 0;
async function newPerson(over: object = {}, asker?: Asker): Promise<[string, string]> {
  numbers += 1;
  const phone = `+1415555${String(3000 + numbers)}`;
  logged.push(phone);
  return [await registered(people, { phone, region: 'US', ...over }, asker), phone];
}

async function agreed(recipientId: string, asker?: Asker): Promise<void> {
  for (const purpose of ['MARKETING', 'TRANSACTIONAL']) {
    const given = said(recipientId, { purpose, channels: ['RCS', 'SMS'], jurisdiction: 'US' });
    expect((await consentsOf(people).record(given, asker)).errors).toEqual([]);
  }
  people.clock.time += 600_000;
}

async function allowed(recipientId: string, purpose: string, asker?: Asker) {
  const { decide } = consentsOf(people);
  const answers = [];
  for (const channel of ['RCS', 'SMS']) {
    answers.push((await decide(recipientId, { purpose, channel }, asker)).allowed);
  }
  return answers;
}

const keywordRecords = (recipientId: string) =>
  people.sql<{ purpose: string; action: string; channel: string; policy_version: string }>(
    `select purpose, action, channel, source, method, jurisdiction, policy_version
     from consent.consent_event where recipient_id = $1 and source = 'KEYWORD' order by id, channel`,
    [uuidOf('recipient', recipientId)],
  );

test('a STOP by text ends marketing on every channel of the number, and nothing else', async () => {
  const [id, from] = await newPerson();
  await agreed(id);
  await person({ channel: 'SMS', from, text: ' Stop. ' });
  expect(await allowed(id, 'MARKETING')).toEqual([false, false]);
  expect(await allowed(id, 'TRANSACTIONAL')).toEqual([true, true]);
  const records = await keywordRecords(id);
  expect(records.filter(({ purpose }) => purpose === 'MARKETING')).toEqual([
    expect.objectContaining({ action: 'WITHDRAWN', channel: 'RCS', jurisdiction: 'US' }),
    expect.objectContaining({
      channel: 'SMS',
      method: 'KEYWORD',
      policy_version: 'keywords/2026-11',
    }),
  ]);
});

test('the switch in the messages app is a STOP without words', async () => {
  const [id, from] = await newPerson();
  await agreed(id);
  await person({ channel: 'RCS', from, event: 'UNSUBSCRIBE' });
  expect(await allowed(id, 'MARKETING')).toEqual([false, false]);
  await person({ channel: 'RCS', from, event: 'SUBSCRIBE' });
  expect(await allowed(id, 'MARKETING')).toEqual([true, true]);
});

test('START opts in again where one word is enough by law, and gives back only what a keyword took', async () => {
  const [american, phone] = await newPerson();
  const [austrian, mobile] = await newPerson({ region: 'AT' });
  const [formal, third] = await newPerson();
  for (const [id, from] of [
    [american, phone],
    [austrian, mobile],
  ] as const) {
    await agreed(id);
    await person({ channel: 'SMS', from, text: 'STOP' });
    await person({ channel: 'SMS', from, text: 'Start' });
  }
  expect(await allowed(american, 'MARKETING')).toEqual([true, true]);
  expect(await allowed(austrian, 'MARKETING')).toEqual([false, false]);
  await agreed(formal);
  await consentsOf(people).withdraw(
    said(formal, { purpose: 'MARKETING', channels: ['RCS', 'SMS'], method: 'FORM' }),
  );
  await person({ channel: 'SMS', from: third, text: 'START' });
  expect(await allowed(formal, 'MARKETING')).toEqual([false, false]);
});

test('START begins nothing for whom never agreed', async () => {
  const [id, from] = await newPerson();
  await person({ channel: 'SMS', from, text: 'YES' });
  expect(await keywordRecords(id)).toEqual([]);
  expect(await allowed(id, 'MARKETING')).toEqual([false, false]);
});

test('other words are kept for a person to read, and change nothing', async () => {
  const [id, from] = await newPerson();
  await agreed(id);
  await person({ channel: 'SMS', from, text: 'STOP please call me' });
  expect(await allowed(id, 'MARKETING')).toEqual([true, true]);
  const rows = await people.sql(
    'select keyword, channel, provider from delivery.inbound where recipient_id = $1',
    [uuidOf('recipient', id)],
  );
  expect(rows).toEqual([{ keyword: null, channel: 'SMS', provider: 'twilio' }]);
});

test('HELP is told to whoever answers, and changes nothing', async () => {
  const [id, from] = await newPerson();
  await person({ channel: 'SMS', from, text: 'help' });
  expect(await keywordRecords(id)).toEqual([]);
  const told = await people.sql(
    `select tenant_id, payload from consent.event
     where name = 'consent.help-requested' and payload->>'recipientId' = $1`,
    [uuidOf('recipient', id)],
  );
  const payload = { recipientId: uuidOf('recipient', id), channel: 'SMS' };
  expect(told).toEqual([{ tenant_id: 'acme', payload }]);
});

test('a callback that comes twice, and a follower that starts again, take effect once', async () => {
  const [id, from] = await newPerson();
  await agreed(id);
  const callback = await wired({ channel: 'RCS', from, text: 'stop' });
  await taken(callback);
  await taken(callback);
  await normalised();
  await taken(callback);
  await normalised();
  await followed();
  await people.sql(`update consent.follower set tx = '0', seq = 0 where name = 'replies'`);
  await followed();
  expect(await keywordRecords(id)).toHaveLength(6);
  const told = await people.sql(
    `select 1 from delivery.event where name = 'inbound.received' and payload->>'recipientId' = $1`,
    [uuidOf('recipient', id)],
  );
  expect(told).toHaveLength(1);
});

test('a STOP reaches every tenant that has the number, and nobody else', async () => {
  const globex = { tenantId: 'globex' };
  const [id, from] = await newPerson();
  const theirs = await registered(people, { phone: from, region: 'US' }, globex);
  const [other] = await newPerson({}, globex);
  await agreed(id);
  await agreed(theirs, globex);
  await agreed(other, globex);
  await person({ channel: 'SMS', from, text: 'QUIT' });
  expect(await allowed(id, 'MARKETING')).toEqual([false, false]);
  expect(await allowed(theirs, 'MARKETING', globex)).toEqual([false, false]);
  expect(await allowed(other, 'MARKETING', globex)).toEqual([true, true]);
});

test('a number that nobody knows is passed over', async () => {
  const before = await people.sql('select 1 from delivery.inbound');
  await person({ channel: 'SMS', from: '+14155559999', text: 'STOP' });
  expect(await people.sql('select 1 from delivery.inbound')).toHaveLength(before.length);
});

test('a carrier that refuses because the person opted out there is believed, once an attempt', async () => {
  const [id] = await newPerson();
  await agreed(id);
  const recipientId = uuidOf('recipient', id);
  const attemptId = deps.newUuid();
  for (const source of ['PROVIDER', 'PLATFORM']) {
    const payload = { recipientId, attemptId, channel: 'SMS', failureCode: 'OPTED_OUT', source };
    await delivery.transaction('acme', (tx) =>
      tx.query(
        `insert into delivery.event (tenant_id, id, name, payload, occurred_at)
         values ('acme', $1, 'delivery.recorded', $2, now())`,
        [deps.newUuid(), JSON.stringify(payload)],
      ),
    );
  }
  await followed();
  expect(await allowed(id, 'MARKETING')).toEqual([false, false]);
  expect(await allowed(id, 'TRANSACTIONAL')).toEqual([true, true]);
  expect(await keywordRecords(id)).toHaveLength(6);
});

test('no number and no word of a person stands in a table, an event or the log', async () => {
  const [row] = await people.sql<{ everything: string }>(
    `select (select string_agg(i::text, ' ') from delivery.inbound i)
       || (select string_agg(e::text, ' ') from delivery.event e)
       || (select string_agg(r::text, ' ') from delivery.raw_callback r)
       || (select string_agg(c::text, ' ') from consent.event c)
       || (select string_agg(c::text, ' ') from consent.consent_event c) as everything`,
  );
  const everything = row?.everything ?? '';
  expect(everything).toContain('keywords/2026-11');
  const written = everything + JSON.stringify(lines());
  for (const phone of logged) expect(written).not.toContain(phone.slice(1));
  expect(written).not.toContain('please call me');
});
