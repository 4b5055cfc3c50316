// B1: sendMessage, and B1b: sendMessages of 100, durable, against a server that inserts the same row and does nothing else.
import { Client } from 'pg';
import { findFreePort } from '../platform/free-port.ts';
import { report } from './figures.ts';
import { compare } from './pairs.ts';
import { IDLE_PROVIDER, openBed, type Bed, type Json, type RunningPlatform } from './processes.ts';

const POOL = 12;
const RECIPIENTS = 200;
const BATCH = 100;
const ROLES = 'gateway,recipients,consent,messages,delivery';

const SEND = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) { replayed message { id } errors { __typename } } }`;

const SEND_MANY = `mutation ($input: SendMessagesInput!) {
  sendMessages(input: $input) { results { message { id } errors { __typename } } errors { __typename } } }`;

export async function accept(): Promise<void> {
  const bed = await openBed();
  try {
    const platform = await bed.startPlatform({ ...IDLE_PROVIDER, ROLES });
    const recipients = await prepare(platform);
    const row = await sampleRow(bed, platform, recipients[0] ?? '');
    const port = await findFreePort();
    await bed.start('bench/row-server.js', {
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
    report('B1 accept', '0.5', await compare(bed, ours, reference));
    const messages = Array.from({ length: BATCH }, (_, n) =>
      inputOf(`$KEY-${n}`, recipients[n % recipients.length] ?? ''),
    );
    const batches = {
      ...ours,
      body: JSON.stringify({ query: SEND_MANY, variables: { input: { messages } } }),
      wrong: '__typename',
      each: BATCH,
    };
    report('B1b batch', '5', await compare(bed, batches, reference));
  } finally {
    await bed.close();
  }
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
