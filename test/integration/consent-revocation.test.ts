// A withdrawal that was acknowledged holds at once: ten thousand rounds of withdrawing against deciding, never a late yes.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import DataLoader from 'dataloader';
import { uuidOf } from '../../schema/ids.ts';
import { createAppendConsent } from '../../subgraphs/consent/append-consent.ts';
import { askConsent } from '../../subgraphs/consent/gate.ts';
import { consentSubjects } from '../../subgraphs/recipients/facts.ts';
import { registered, startPeople, type People } from '../support/people.ts';

const PEOPLE = 100;
const ROUNDS = 100;
const QUESTION = { tenantId: 'acme', purpose: 'MARKETING', channel: 'SMS', region: 'US' } as const;

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.close());

test('10,000 withdrawals are each seen by the next decision of another connection pool', async () => {
  const append = createAppendConsent(people.consentDeps);
  const ids = await Promise.all(
    Array.from({ length: PEOPLE }, (_, n) => registered(people, { phone: `+1415555${7400 + n}` })),
  );
  const subjects = await people.databases.consent.read('acme', (tx) =>
    consentSubjects(
      tx,
      'acme',
      ids.map((id) => uuidOf('recipient', id) ?? ''),
    ),
  );
  const subjectOf = (id: string): string =>
    subjects.get(uuidOf('recipient', id) ?? '')?.find(({ channel }) => channel === 'SMS')
      ?.subject ?? '';
  const say = async (recipientId: string, action: 'GRANTED' | 'WITHDRAWN') => {
    const { errors } = await append({
      tenantId: 'acme',
      recipientId,
      deviceId: null,
      action,
      purpose: 'MARKETING',
      channels: ['SMS'],
      regulation: 'ALL',
      source: 'WEB',
      method: 'CHECKBOX',
      jurisdiction: 'US',
      policyVersion: '1',
      cmp: null,
      occurredAt: null,
      expiresAt: null,
      idempotencyKey: null,
      actor: 'service:test',
    });
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
  };
  // What a sender's claim asks, with its role and its connections. Questions of one moment are one statement, as there.
  const decisions = new DataLoader(
    (asked: readonly string[]) =>
      people.databases.messages.read('acme', async (tx) => {
        const questions = asked.map((subject) => ({ ...QUESTION, subject }));
        const decided = await askConsent(tx, questions, people.clock.time);
        return decided.map((decision) => decision.allowed);
      }),
    { cache: false },
  );
  const allowed = (id: string): Promise<boolean> => decisions.load(subjectOf(id));
  const late: string[] = [];
  let racedAllows = 0;
  let before = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    people.clock.time += 1;
    await Promise.all(ids.map((id) => say(id, 'GRANTED')));
    people.clock.time += 1;
    await Promise.all(
      ids.map(async (id, n) => {
        if (await allowed(id)) before += 1;
        const racing = n % 10 === 0 ? allowed(id) : null;
        await say(id, 'WITHDRAWN');
        if (await allowed(id)) late.push(`${round} ${id}`);
        if (await racing) racedAllows += 1;
      }),
    );
  }
  expect(late).toEqual([]);
  // The grants were real, and some decisions did run against a withdrawal under way.
  expect(before).toBe(PEOPLE * ROUNDS);
  expect(racedAllows).toBeGreaterThan(0);
});
