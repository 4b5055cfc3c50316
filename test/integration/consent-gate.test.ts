// The gate as messages asks it: with its role, in its transaction, in one statement; and a log that nobody can change.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { uuidOf } from '../../schema/ids.ts';
import { askConsent } from '../../subgraphs/consent/gate.ts';
import type { AskConsent, ConsentQuestion } from '../../subgraphs/messages/ports.ts';
import { consentSubjects } from '../../subgraphs/recipients/facts.ts';
import { consentsOf, said } from '../support/consents.ts';
import { deeds, registered, startPeople, type People } from '../support/people.ts';

// The compiler checks that the answer fits the question, as wiring.ts needs it.
const ask: AskConsent = askConsent;

let people: People;
let recipientId: string;
let subject: string;
beforeAll(async () => {
  people = await startPeople();
  recipientId = await registered(people, { phone: '+14155550901' });
  const uuid = uuidOf('recipient', recipientId) ?? '';
  const asked = await people.databases.consent.read('acme', (tx) =>
    consentSubjects(tx, 'acme', [uuid]),
  );
  subject = asked.get(uuid)?.find(({ channel }) => channel === 'SMS')?.subject ?? '';
  await say('record', 'SMS');
});
afterAll(() => people.close());

async function say(name: 'record' | 'withdraw', channel: string): Promise<string> {
  const { consents } = await consentsOf(people)[name](said(recipientId, { channels: [channel] }));
  return uuidOf('consent', consents[0].id) ?? '';
}

const question = (over: Partial<ConsentQuestion> = {}): ConsentQuestion => ({
  tenantId: 'acme',
  subject,
  purpose: 'TRANSACTIONAL',
  channel: 'SMS',
  region: null,
  ...over,
});
const answers = (questions: readonly ConsentQuestion[]) =>
  people.databases.messages.acrossTenants((tx) => ask(tx, questions, people.clock.time));

test('answers stand in the order of the questions, and each question is its own', async () => {
  const consentId = await say('record', 'RCS');
  const refused = { allowed: false, reason: 'CONSENT_MISSING', consentId: null };
  const [rcs, marketing, otherTenant, nobody, again] = await answers([
    question({ channel: 'RCS' }),
    question({ purpose: 'MARKETING' }),
    question({ tenantId: 'globex' }),
    question({ subject: 'nobody' }),
    question({ channel: 'RCS' }),
  ]);
  expect(rcs).toMatchObject({ allowed: true, consentId });
  expect([marketing, otherTenant, nobody]).toMatchObject([refused, refused, refused]);
  expect(again).toEqual(rcs);
});

test('a withdrawal is seen by the next question of a transaction that is already open', async () => {
  const { messages } = people.databases;
  const opened = Promise.withResolvers<void>();
  const withdrawn = Promise.withResolvers<string>();
  const asking = messages.transaction('acme', async (tx) => {
    const [before] = await ask(tx, [question()], people.clock.time);
    opened.resolve();
    const consentId = await withdrawn.promise;
    const [after] = await ask(tx, [question()], people.clock.time);
    expect(before?.allowed).toBe(true);
    expect(after).toMatchObject({ allowed: false, reason: 'CONSENT_WITHDRAWN', consentId });
  });
  await opened.promise;
  people.clock.time += 1;
  withdrawn.resolve(await say('withdraw', 'SMS'));
  await asking;
});

test('any number of questions costs one statement', async () => {
  for (const count of [1, 500]) {
    people.statements.messages.length = 0;
    const asked = Array.from({ length: count }, (_, n) => question({ subject: `s${n}` }));
    expect(await answers(asked)).toHaveLength(count);
    expect(deeds(people.statements.messages)).toHaveLength(1);
  }
  people.statements.messages.length = 0;
  expect(await answers([])).toEqual([]);
  expect(deeds(people.statements.messages)).toEqual([]);
});

test('a row that says what this program does not know permits nothing', async () => {
  await people.sql(`update consent.consent_state set action = 'DELEGATED' where channel = 'RCS'`);
  const [decision] = await answers([question({ channel: 'RCS' })]);
  expect(decision).toMatchObject({ allowed: false, reason: 'CONSENT_AMBIGUOUS' });
});

test('without a tenant the gate permits nothing', async () => {
  await say('record', 'LINK');
  const link = question({ channel: 'LINK', subject: recipientId });
  expect((await answers([link]))[0]?.allowed).toBe(true);
  const { messages } = people.databases;
  const foreign = await messages.read('globex', (tx) => ask(tx, [link], people.clock.time));
  expect(foreign).toMatchObject([{ allowed: false, reason: 'CONSENT_MISSING' }]);
});

test.each([
  'update consent.consent_event set action = $$GRANTED$$',
  'delete from consent.consent_event',
  'truncate consent.consent_event',
])('the log refuses: %s', async (sql) => {
  const { consent, messages } = people.databases;
  for (const database of [consent, messages]) {
    const deed = database.transaction('acme', (tx) => tx.query(sql));
    await expect(deed).rejects.toThrow(/permission denied/);
  }
  await expect(people.sql(sql)).rejects.toThrow(/append-only/);
});

test('messages reads the state and neither the log nor the writing side', async () => {
  const { messages } = people.databases;
  for (const sql of [
    'select action from consent.consent_event',
    `update consent.consent_state set action = 'GRANTED'`,
    'delete from consent.consent_state',
  ]) {
    const deed = messages.transaction('acme', (tx) => tx.query(sql));
    await expect(deed).rejects.toThrow(/permission denied/);
  }
});
