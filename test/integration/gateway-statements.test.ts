// The whole platform in this process: what a page of people costs the database, whatever its size.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configuration } from '../../configuration.ts';
import { SCOPES } from '../../parts.ts';
import { readConfig } from '../../platform/config.ts';
import { startPlatform, type Platform } from '../../wiring.ts';
import { createTestDatabase } from '../support/database.ts';
import { deeds } from '../support/people.ts';
import { recordingLog } from '../support/recording-log.ts';

const PEOPLE = 50;

let directory: string;
let platform: Platform;
let drop: () => Promise<void>;
const statements: string[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parley-statements-'));
  const database = await createTestDatabase();
  ({ drop } = database);
  platform = await startPlatform({
    config: readConfig(configuration, {
      DATA_DIRECTORY: directory,
      PORT: '0',
      TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000000',
      TWILIO_AUTH_TOKENS: 'unused',
      TWILIO_FROM: '+15005550006',
      ROLES: 'gateway,recipients,consent,messages,delivery',
    }),
    log: recordingLog().log,
    authenticate: async () => ({
      tenantId: 'acme',
      subject: 'service:test',
      scopes: SCOPES,
      expiresAt: Number.MAX_SAFE_INTEGER,
    }),
    databaseUrl: database.url,
    onStatement: (sql) => statements.push(sql),
  });
  await gather();
});
afterAll(async () => {
  await platform.stop();
  await drop();
  await rm(directory, { recursive: true });
});

async function ask(query: string, variables: object = {}) {
  const answer = await fetch(`http://127.0.0.1:${platform.port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer any' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await answer.json();
  expect(errors).toBeUndefined();
  return data;
}

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
  statements.length = 0;
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
  return { statements: deeds(statements), people: complete.length };
}

test('a page of fifty people with their channels, consents and messages costs what a page of one does', async () => {
  await pageOf(1);
  const [one, many] = [await pageOf(1), await pageOf(PEOPLE)];
  expect([one.people, many.people]).toEqual([1, PEOPLE]);
  expect(many.statements).toHaveLength(one.statements.length);
  expect(one.statements.length).toBeLessThan(15);
});
