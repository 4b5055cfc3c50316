// B2: a backlog of messages, each decided again, sealed to a device and handed over, against a bare worker.
import { generateKeyPairSync } from 'node:crypto';
import { Client } from 'pg';
import { proveProofOfPossession } from '../crypto/proof-of-possession.ts';
import { providerVariables } from '../simulator/variables.ts';
import { phoneOf } from './crowd.ts';
import { ratios, report, round } from './figures.ts';
import { openBed, type Bed, type Json, type RunningPlatform } from './processes.ts';

const BACKLOG = 5_000;
const PEOPLE = 100;
const PAIRS = 2;
/** The simulated carriers' numbers for faults come before. */
const FIRST = 1_000;
const SERVED = 'gateway,recipients,consent,messages,delivery';
const POLL_MS = 50;

export async function send(): Promise<void> {
  const bed = await openBed();
  const client = new Client({ connectionString: bed.databaseUrl });
  try {
    const { ready } = await bed.start('simulator/main.js', { load: true, seed: 1 });
    const variables = await providerVariables(
      ready as Parameters<typeof providerVariables>[0],
      `${bed.directory}/service-account.json`,
    );
    const platform = await bed.startPlatform({ ...variables, ROLES: SERVED });
    await client.connect();
    await client.query(
      `create schema bench; create table bench.backlog (id uuid primary key, body text not null, state text not null);
       create index backlog_new on bench.backlog (id) where state = 'NEW'`,
    );
    const people = await gatherPeople(platform);
    const ours = () => timeOurs({ bed, client, platform, variables, people });
    const reference = () => timeReference({ bed, client, variables });
    const [mine, theirs]: [number[], number[]] = [[], []];
    for (let pair = 0; pair < PAIRS; pair += 1) {
      if (pair % 2 === 0) mine.push(await ours());
      theirs.push(await reference());
      if (pair % 2 === 1) mine.push(await ours());
    }
    const { median, low, high } = ratios(mine, theirs);
    report('B2 send', '0.6', {
      ratio: round(median),
      range: [round(low), round(high)],
      messagesPerSecond: mine.map((value) => round(value, 0)),
      barePerSecond: theirs.map((value) => round(value, 0)),
    });
  } finally {
    await client.end();
    await bed.close();
  }
}

interface Ours {
  readonly bed: Bed;
  readonly client: Client;
  readonly platform: RunningPlatform;
  readonly variables: Record<string, string>;
  readonly people: readonly string[];
}

async function timeOurs({ bed, client, platform, variables, people }: Ours): Promise<number> {
  for (let from = 0; from < BACKLOG; from += 500) await accept(platform, people, 500);
  const sealed = await count(client, `select count(*)::int as n from messages.envelope`);
  const workers = await bed.startPlatform({ ...variables, ROLES: 'workers' });
  const perSecond = await drained(
    client,
    `select count(*)::int as n from messages.attempt where state in ('PLANNED', 'SUBMITTING')`,
  );
  const after = await count(client, `select count(*)::int as n from messages.envelope`);
  const failed = await count(
    client,
    `select count(*)::int as n from messages.attempt where state not in ('PLANNED', 'SUBMITTING', 'SENT')`,
  );
  if (after - sealed !== BACKLOG || failed > 0) throw new Error('void: not every one was sealed');
  await bed.stop(workers.child);
  return perSecond;
}

async function timeReference({
  bed,
  client,
  variables,
}: Pick<Ours, 'bed' | 'client' | 'variables'>): Promise<number> {
  await client.query(
    `insert into bench.backlog select gen_random_uuid(), 'You have a secure message.', 'NEW'
     from generate_series(1, ${BACKLOG})`,
  );
  await bed.start('bench/bare-worker.js', {
    databaseUrl: bed.databaseUrl,
    variables,
    to: phoneOf(FIRST),
  });
  return drained(client, `select count(*)::int as n from bench.backlog where state <> 'SENT'`);
}

/** Rows a second, from the first that is gone to the last: how long a process starts does not count. */
async function drained(client: Client, open: string): Promise<number> {
  let left = BACKLOG;
  while (left === BACKLOG) {
    await pause();
    left = await count(client, open);
  }
  const [startedAt, from] = [performance.now(), left];
  while (left > 0) {
    await pause();
    left = await count(client, open);
  }
  return from / ((performance.now() - startedAt) / 1_000);
}

const pause = () => new Promise((resolve) => setTimeout(resolve, POLL_MS));

async function count(client: Client, sql: string): Promise<number> {
  const { rows } = await client.query<{ n: number }>(sql);
  return rows[0]?.n ?? 0;
}

let keys = 0;

async function accept(platform: RunningPlatform, people: readonly string[], messages: number) {
  const { sendMessages } = await platform.ask(
    `mutation ($input: SendMessagesInput!) { sendMessages(input: $input) {
       results { errors { __typename } } errors { __typename } } }`,
    {
      input: {
        messages: Array.from({ length: messages }, () => {
          keys += 1;
          return {
            idempotencyKey: `bench-${keys}`,
            recipientId: people[keys % people.length],
            template: 'sealed',
            variables: [{ name: 'amount', value: '$12.50' }],
          };
        }),
      },
    },
  );
  const refused = sendMessages.results.filter((result: Json) => result.errors.length > 0);
  if (refused.length + sendMessages.errors.length > 0) throw new Error('void: one was refused');
}

/** People whom RCS reaches, with a consent and a device each, and a template that only a device may read. */
async function gatherPeople(platform: RunningPlatform): Promise<string[]> {
  const { createTemplate } = await platform.ask(
    `mutation ($input: CreateTemplateInput!) { createTemplate(input: $input) { template { id } } }`,
    {
      input: {
        name: 'sealed',
        type: 'RECEIPT',
        purpose: 'TRANSACTIONAL',
        sensitivity: 'HIGH',
        channels: ['RCS'],
        locales: [{ locale: 'en', body: 'You paid {{amount}}.', neutralText: 'A secure message.' }],
        variables: [{ name: 'amount', sensitive: true }],
      },
    },
  );
  await platform.ask(
    `mutation ($input: MoveTemplateInput!) {
       submitTemplate(input: $input) { errors { __typename } }
       approveTemplate(input: $input) { errors { __typename } } }`,
    { input: { templateId: createTemplate.template.id } },
  );
  const ids: string[] = [];
  for (let n = 0; n < PEOPLE; n += 1) ids.push(await gatherPerson(platform, phoneOf(FIRST + n)));
  return ids;
}

async function gatherPerson(platform: RunningPlatform, phone: string): Promise<string> {
  const { registerRecipient } = await platform.ask(
    `mutation ($phone: String!) { registerRecipient(input: { phone: $phone }) { recipient { id } } }`,
    { phone },
  );
  const recipientId = registerRecipient.recipient.id as string;
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...pair.privateKey.export({ format: 'jwk' }), alg: 'HPKE-7-KE' };
  const { kty, crv, x, y, alg } = jwk;
  const { createDeviceChallenge } = await platform.ask(
    `mutation ($id: ID!) { refreshCapabilities(input: { recipientId: $id }) { recipient { id } }
       recordConsent(input: { recipientId: $id, purpose: TRANSACTIONAL, channels: [RCS], jurisdiction: "US",
         method: CHECKBOX, policyVersion: "1", source: WEB }) { errors { __typename } }
       createDeviceChallenge(input: { recipientId: $id }) { challenge { nonce } } }`,
    { id: recipientId },
  );
  const challenge = createDeviceChallenge.challenge.nonce as string;
  const claims = { aud: 'demo', sub: recipientId, nonce: challenge, now: Date.now() };
  const { registerDevice } = await platform.ask(
    `mutation ($input: RegisterDeviceInput!) { registerDevice(input: $input) { device { id } } }`,
    {
      input: {
        recipientId,
        platform: 'ANDROID',
        publicKey: { kty, crv, x, y, alg },
        challenge,
        proof: proveProofOfPossession(jwk, claims),
      },
    },
  );
  if (!registerDevice.device) throw new Error('void: no device');
  return recipientId;
}
