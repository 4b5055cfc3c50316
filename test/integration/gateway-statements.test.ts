// The whole platform in this process: what a page of people costs the database, whatever its size.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { deeds } from '../support/people.ts';
import { IDLE_SMS, startTestPlatform, type TestPlatform } from '../support/platform.ts';

const PEOPLE = 50;

let platform: TestPlatform;
beforeAll(async () => {
  const ROLES = 'gateway,recipients,consent,messages,delivery';
  platform = await startTestPlatform({ ...IDLE_SMS, ROLES });
  await gather();
});
afterAll(() => platform.stop());

const ask = (query: string, variables: object = {}) => platform.ask(query, variables);

async function gather(): Promise<void> {
  const rows = Array.from({ length: PEOPLE }, (_, n) => ({
    externalId: `person-${n}`,
    phone: `+1415555${8_000 + n}`,
    email: `person-${n}@example.com`,
  }));
  const { importRecipients } = await ask(
    `mutation ($input: ImportRecipientsInput!) { importRecipients(input: $input) {
       results { recipientId } } }`,
    { input: { rows } },
  );
  const said = importRecipients.results.map(({ recipientId }: { recipientId: string }) => ({
    recipientId,
    purpose: 'MARKETING',
    channels: ['SMS', 'EMAIL'],
    jurisdiction: 'US',
    method: 'CHECKBOX',
    policyVersion: '1',
    source: 'WEB',
    action: 'GRANTED',
  }));
  await ask(
    `mutation ($input: ImportConsentsInput!) { importConsents(input: $input) {
       results { errors { __typename } } } }`,
    { input: { rows: said } },
  );
}

/** The statements of a page, and how many people were on it. */
async function pageOf(first: number) {
  platform.statements.length = 0;
  const { recipients } = await ask(
    `query ($first: Int!) { recipients(first: $first) { edges { node { id
       addresses { masked } devices { id } externalIds { kind }
       channels { channel reachable reasons protections preferenceRank capability { source } }
       consents { purpose channel action receipt { logIndex } }
       recentMessages { id } } } } }`,
    { first },
  );
  const complete = recipients.edges.filter(
    ({ node }: { node: { consents: unknown[] } }) => node.consents.length === 2,
  );
  return { statements: deeds(platform.statements), people: complete.length };
}

test('a page of fifty people with their channels, consents and messages costs what a page of one does', async () => {
  await pageOf(1);
  const [one, many] = [await pageOf(1), await pageOf(PEOPLE)];
  expect([one.people, many.people]).toEqual([1, PEOPLE]);
  expect(many.statements).toHaveLength(one.statements.length);
  expect(one.statements.length).toBeLessThan(15);
});
