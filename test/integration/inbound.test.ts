// STOP, START and HELP from the carriers' wires to the ledger: each once, in every tenant, with no number kept.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { uuidOf } from '../../schema/ids.ts';
import { consentsOf, said } from '../support/consents.ts';
import { registered, type Asker, type People } from '../support/people.ts';
import { startReplies, type Replies } from '../support/replies.ts';

let replies: Replies;
let people: People;
const logged: string[] = [];

beforeAll(async () => {
  replies = await startReplies();
  ({ people } = replies);
});
afterAll(() => replies.close());

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
  await replies.person({ channel: 'SMS', from, text: ' Stop. ' });
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
  await replies.person({ channel: 'RCS', from, event: 'UNSUBSCRIBE' });
  expect(await allowed(id, 'MARKETING')).toEqual([false, false]);
  await replies.person({ channel: 'RCS', from, event: 'SUBSCRIBE' });
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
    await replies.person({ channel: 'SMS', from, text: 'STOP' });
    await replies.person({ channel: 'SMS', from, text: 'Start' });
  }
  expect(await allowed(american, 'MARKETING')).toEqual([true, true]);
  expect(await allowed(austrian, 'MARKETING')).toEqual([false, false]);
  await agreed(formal);
  await consentsOf(people).withdraw(
    said(formal, { purpose: 'MARKETING', channels: ['RCS', 'SMS'], method: 'FORM' }),
  );
  await replies.person({ channel: 'SMS', from: third, text: 'START' });
  expect(await allowed(formal, 'MARKETING')).toEqual([false, false]);
});

test('START begins nothing for whom never agreed', async () => {
  const [id, from] = await newPerson();
  await replies.person({ channel: 'SMS', from, text: 'YES' });
  expect(await keywordRecords(id)).toEqual([]);
  expect(await allowed(id, 'MARKETING')).toEqual([false, false]);
});

test('other words are kept for a person to read, and change nothing', async () => {
  const [id, from] = await newPerson();
  await agreed(id);
  await replies.person({ channel: 'SMS', from, text: 'STOP please call me' });
  expect(await allowed(id, 'MARKETING')).toEqual([true, true]);
  const rows = await people.sql(
    'select keyword, channel, provider from delivery.inbound where recipient_id = $1',
    [uuidOf('recipient', id)],
  );
  expect(rows).toEqual([{ keyword: null, channel: 'SMS', provider: 'twilio' }]);
});

test('HELP is told to whoever answers, and changes nothing', async () => {
  const [id, from] = await newPerson();
  await replies.person({ channel: 'SMS', from, text: 'help' });
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
  const callback = await replies.wired({ channel: 'RCS', from, text: 'stop' });
  await replies.taken(callback);
  await replies.taken(callback);
  await replies.normalised();
  await replies.taken(callback);
  await replies.normalised();
  await replies.followed();
  await people.sql(`update consent.follower set tx = '0', seq = 0 where name = 'replies'`);
  await replies.followed();
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
  await replies.person({ channel: 'SMS', from, text: 'QUIT' });
  expect(await allowed(id, 'MARKETING')).toEqual([false, false]);
  expect(await allowed(theirs, 'MARKETING', globex)).toEqual([false, false]);
  expect(await allowed(other, 'MARKETING', globex)).toEqual([true, true]);
});

test('what is about nobody, or no words, is passed over', async () => {
  const inbounds = () => people.sql('select 1 from delivery.inbound');
  const states = () => people.sql<{ state: string }>('select state from delivery.raw_callback');
  const [before, known] = [await inbounds(), await newPerson()];
  await people.sql('delete from delivery.raw_callback');
  await replies.person({ channel: 'SMS', from: '+14155559999', text: 'STOP' });
  await replies.person({ channel: 'RCS', from: known[1], event: 'IS_TYPING' });
  expect(await inbounds()).toHaveLength(before.length);
  expect(await states()).toEqual([{ state: 'IGNORED' }, { state: 'IGNORED' }]);
  await replies.person({ channel: 'SMS', from: known[1], text: 'hello' });
  expect((await states()).map(({ state }) => state).toSorted()).toEqual([
    'IGNORED',
    'IGNORED',
    'MATCHED',
  ]);
});

/** What delivery records when an attempt fails, told by the carrier and by the platform. */
async function attemptFails(id: string, failureCode: string): Promise<void> {
  const about = {
    recipientId: uuidOf('recipient', id),
    attemptId: replies.newUuid(),
    channel: 'SMS',
  };
  for (const source of ['PROVIDER', 'PLATFORM']) {
    const payload = JSON.stringify({ ...about, failureCode, source });
    await people.sql(
      `insert into delivery.event (tenant_id, id, name, payload, occurred_at)
       values ('acme', $1, 'delivery.recorded', $2, now())`,
      [replies.newUuid(), payload],
    );
    await replies.followed();
    people.clock.time += 1_000;
  }
}

test('a carrier that refuses because the person opted out there is believed, once an attempt', async () => {
  const [id] = await newPerson();
  await agreed(id);
  await attemptFails(id, 'UNREACHABLE');
  expect(await keywordRecords(id)).toEqual([]);
  await attemptFails(id, 'OPTED_OUT');
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
  const written = everything + JSON.stringify(replies.lines());
  for (const phone of logged) expect(written).not.toContain(phone.slice(1));
  expect(written).not.toContain('please call me');
});
