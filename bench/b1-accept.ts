// B1: sendMessage through the gateway, durable, against a server that inserts the same row and does nothing else.
import { Client } from 'pg';
import { findFreePort } from '../platform/free-port.ts';
import { ratios, report, round } from './figures.ts';
import { IDLE_PROVIDER, openBed, type Bed, type Json, type RunningPlatform } from './processes.ts';

const CONNECTIONS = 32;
const POOL = 12;
const RECIPIENTS = 200;
const SECONDS = 4;
const PAIRS = 4;
const ROLES = 'gateway,recipients,consent,messages,delivery';

const SEND = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) { replayed message { id } errors { __typename } } }`;

export async function accept(): Promise<void> {
  const bed = await openBed();
  try {
    const platform = await bed.startPlatform({ ...IDLE_PROVIDER, ROLES });
    const recipients = await prepare(platform);
    const row = await sampleRow(bed, platform, recipients[0] ?? '');
    const port = await findFreePort();
    await bed.start('bench/insert-server.js', {
      databaseUrl: bed.databaseUrl,
      port,
      connections: POOL,
    });
    const json = { 'content-type': 'application/json' };
    const ours = {
      url: platform.url,
      path: '/graphql',
      headers: { ...json, authorization: `Bearer ${platform.token}` },
      body: JSON.stringify({ query: SEND, variables: { input: inputOf('$KEY', '$RECIPIENT') } }),
      right: '"message":{"id":"msg_',
      recipients,
    };
    const reference = {
      url: `http://127.0.0.1:${port}`,
      path: '/message',
      headers: json,
      body: JSON.stringify({ ...row, key: '$KEY' }),
      right: '"id":"',
      recipients: [],
    };
    await measure(bed, ours);
    await measure(bed, reference);
    const [mine, theirs]: [Json[], Json[]] = [[], []];
    // A B B A: what drifts on the machine falls on both alike.
    for (let pair = 0; pair < PAIRS; pair += 1) {
      const order = pair % 2 === 0 ? [ours, reference] : [reference, ours];
      for (const load of order) (load === ours ? mine : theirs).push(await measure(bed, load));
    }
    const ratio = ratios(mine.map(perSecond), theirs.map(perSecond));
    report('B1 accept', '0.5', {
      ratio: round(ratio.median),
      range: [round(ratio.low), round(ratio.high)],
      ours: mine,
      reference: theirs,
    });
  } finally {
    await bed.close();
  }
}

const perSecond = (result: Json): number => result.perSecond as number;

async function measure(bed: Bed, load: object): Promise<Json> {
  const argument = { ...load, seconds: SECONDS, connections: CONNECTIONS };
  const { ready } = await bed.start('bench/load.js', argument);
  if (ready.wrong !== null) throw new Error(`void: ${ready.wrong}`);
  return { perSecond: ready.perSecond, p50: ready.p50, p99: ready.p99 };
}

const inputOf = (idempotencyKey: string, recipientId: string) => ({
  idempotencyKey,
  recipientId,
  template: 'bench',
  variables: [
    { name: 'amount', value: '$12.50' },
    { name: 'card', value: '4242424242424242' },
  ],
});

/** Recipients with a consent, and an approved template. */
async function prepare(platform: RunningPlatform): Promise<string[]> {
  const created = await platform.ask(
    `mutation ($input: CreateTemplateInput!) { createTemplate(input: $input) { template { id } } }`,
    {
      input: {
        name: 'bench',
        type: 'RECEIPT',
        purpose: 'TRANSACTIONAL',
        sensitivity: 'MEDIUM',
        channels: ['RCS', 'SMS'],
        locales: [
          { locale: 'en', body: 'You paid {{amount}} with {{card}}.', neutralText: 'News.' },
        ],
        variables: [{ name: 'amount' }, { name: 'card', sensitive: true, mask: 'LAST4' }],
      },
    },
  );
  const input = { templateId: created.createTemplate.template.id as string };
  await platform.ask(
    `mutation ($input: MoveTemplateInput!) {
       submitTemplate(input: $input) { errors { __typename } }
       approveTemplate(input: $input) { errors { __typename } } }`,
    { input },
  );
  const ids: string[] = [];
  for (let number = 0; number < RECIPIENTS; number += 1) {
    const phone = `+1415555${String(number).padStart(4, '0')}`;
    const registered = await platform.ask(
      `mutation ($phone: String!) { registerRecipient(input: { phone: $phone }) { recipient { id } } }`,
      { phone },
    );
    const recipientId = registered.registerRecipient.recipient.id as string;
    await platform.ask(
      `mutation ($id: ID!) { recordConsent(input: { recipientId: $id, purpose: TRANSACTIONAL,
         channels: [SMS], jurisdiction: "US", method: CHECKBOX, policyVersion: "1", source: WEB }) {
         errors { __typename } } }`,
      { id: recipientId },
    );
    ids.push(recipientId);
  }
  return ids;
}

/** The values of a real message's row, for the reference to insert, and the table it goes to. */
async function sampleRow(bed: Bed, platform: RunningPlatform, recipientId: string): Promise<Json> {
  await platform.ask(SEND, { input: inputOf('sample', recipientId) });
  const client = new Client({ connectionString: bed.databaseUrl });
  await client.connect();
  await client.query(
    `create schema bench; create table bench.message (like messages.message including all)`,
  );
  const { rows } = await client.query<Json>(
    `select request_digest as digest, recipient_id as recipient, template_id as template,
       encode(variables_sealed, 'base64') as sealed, decision::text as decision
     from messages.message limit 1`,
  );
  await client.end();
  return rows[0];
}
