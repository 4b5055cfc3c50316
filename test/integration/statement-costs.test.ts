// What statements read of a young table, of which the database has no statistics yet: the asked rows, not the tenant's.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Transaction } from '../../platform/database.ts';
import { firstUuidV7At } from '../../platform/uuid-v7.ts';
import { uuidOf } from '../../schema/ids.ts';
import { askConsent } from '../../subgraphs/consent/gate.ts';
import { findHappenings, findStandingRecords } from '../../subgraphs/consent/store/find-records.ts';
import { marketingMoments } from '../../subgraphs/messages/store/marketing-moments.ts';
import { findByExternalIds } from '../../subgraphs/recipients/store/external-ids.ts';
import { loadAddresses } from '../../subgraphs/recipients/store/load-addresses.ts';
import { loadBeliefs } from '../../subgraphs/recipients/store/load-beliefs.ts';
import { loadPeople } from '../../subgraphs/recipients/store/load-people.ts';
import { loadPseudonyms } from '../../subgraphs/recipients/store/load-pseudonyms.ts';
import { loadRecipientsOf } from '../../subgraphs/recipients/store/load-recipients-of.ts';
import { loadRecipients } from '../../subgraphs/recipients/store/load-recipients.ts';
import { consentsOf, said } from '../support/consents.ts';
import { registered, startPeople, type People, type SchemaName } from '../support/people.ts';
import { rowsRead } from '../support/rows-read.ts';

const CROWD = 3_000;
const ASKED = 20;

let people: People;
let ids: string[];
let addressIds: string[];
let subjects: string[];
beforeAll(async () => {
  people = await startPeople();
  for (const table of [
    'recipients.recipient',
    'recipients.address',
    'consent.consent_event',
    'messages.message',
  ]) {
    await people.sql(`alter table ${table} set (autovacuum_enabled = off)`);
  }
  const one = await registered(people, {
    externalId: 'first',
    phone: '+14155557801',
    email: 'crowd@example.com',
  });
  await consentsOf(people).record(said(one, { channels: ['SMS', 'EMAIL'] }));
  await offered(one);
  await crowd();
  const rows = await people.sql<{ id: string; address_id: string; pseudonym: string }>(
    `select recipient_id as id, id as address_id, pseudonym from recipients.address
     where kind = 'PHONE' order by id limit ${ASKED}`,
  );
  ids = rows.map(({ id }) => id);
  addressIds = rows.map((row) => row.address_id);
  subjects = rows.map(({ pseudonym }) => pseudonym);
});
afterAll(() => people.close());

/** One offer to the first one. */
async function offered(recipientId: string): Promise<void> {
  await people.sql(
    `insert into messages.template (tenant_id, id, name, version, state, content, created_at)
     values ('acme', $1, 'offer', 1, 'APPROVED', '{"purpose": "MARKETING"}', now())`,
    [people.work.newUuid()],
  );
  await people.sql(
    `insert into messages.message (tenant_id, id, idempotency_key, request_digest, recipient_id, template_id,
       locale, variables_sealed, decision, phase, expires_at, created_at)
     select 'acme', $1, 'first', '', $2, id, 'en', '', '{}', 'ENDED', now(), now() from messages.template`,
    [people.work.newUuid(), uuidOf('recipient', recipientId)],
  );
}

/** Everybody is a copy of the first one, with ids of their own. */
async function crowd(): Promise<void> {
  const copy = async (table: string, changes: Readonly<Record<string, string>>) => {
    const columns = await people.sql<{ name: string }>(
      `select column_name as name from information_schema.columns
       where table_schema || '.' || table_name = $1 and is_generated = 'NEVER' order by ordinal_position`,
      [table],
    );
    const names = columns.map(({ name }) => name);
    const values = names.map((name) => changes[name] ?? `t.${name}`);
    await people.sql(
      `insert into ${table} (${names.join(', ')})
       select ${values.join(', ')} from ${table} t, generate_series(1, ${CROWD}) as n`,
    );
  };
  const uuid = (of: string) => `md5(${of} || n)::uuid`;
  await copy('messages.message', {
    id: uuid('t.id::text'),
    idempotency_key: 't.idempotency_key || n',
    recipient_id: uuid('t.recipient_id::text'),
  });
  await copy('recipients.recipient', { id: uuid(`t.id::text`) });
  await copy('recipients.address', {
    id: uuid('t.id::text'),
    recipient_id: uuid('t.recipient_id::text'),
    pseudonym: 't.pseudonym || n',
  });
  await copy('recipients.external_id', {
    value: 't.value || n',
    recipient_id: uuid('t.recipient_id::text'),
  });
  await people.sql('alter table consent.consent_event disable trigger append_only');
  await copy('consent.consent_event', {
    id: uuid('t.id::text'),
    subject: 't.subject || n',
    log_index: 't.log_index + 2 * n',
    recipient_id: uuid('t.recipient_id::text'),
  });
  await copy('consent.consent_state', {
    subject: 't.subject || n',
    consent_id: uuid('t.consent_id::text'),
  });
}

/** An asked row, what belongs to it, and a little. */
const FEW = ASKED * 10;

test.each<
  [string, SchemaName, (tx: Transaction) => Promise<{ length: number } | { size: number }>]
>([
  ['people', 'messages', (tx) => loadPeople(tx, 'acme', ids)],
  ['addresses of people', 'messages', (tx) => loadAddresses(tx, 'acme', { recipientIds: ids })],
  ['addresses', 'recipients', (tx) => loadAddresses(tx, 'acme', { addressIds })],
  ['pseudonyms', 'consent', (tx) => loadPseudonyms(tx, 'acme', ids)],
  ['recipients', 'recipients', (tx) => loadRecipients(tx, 'acme', ids)],
  [
    'owners of addresses',
    'consent',
    (tx) =>
      loadRecipientsOf(
        tx,
        subjects.map((subject) => ({ tenantId: 'acme', subject })),
      ),
  ],
  [
    'beliefs',
    'recipients',
    (tx) =>
      loadBeliefs(
        tx,
        'RCS',
        ids.map((recipientId) => ({ tenantId: 'acme', recipientId })),
      ),
  ],
  [
    'external ids',
    'recipients',
    (tx) =>
      findByExternalIds(
        tx,
        'acme',
        ids.map((_, n) => ({ kind: 'external_id', value: `first${n + 1}` })),
      ),
  ],
  [
    'decisions',
    'messages',
    (tx) =>
      askConsent(
        tx,
        subjects.map((subject) => ({
          tenantId: 'acme',
          subject,
          purpose: 'TRANSACTIONAL',
          channel: 'SMS',
          region: 'AT',
        })),
        people.clock.time,
      ),
  ],
  ['offers of people', 'messages', (tx) => marketingMoments(tx, 'acme', ids, firstUuidV7At(0))],
  ['standing consents', 'consent', (tx) => findStandingRecords(tx, 'acme', subjects)],
  [
    'happenings',
    'consent',
    async (tx) => findHappenings(tx, await findStandingRecords(tx, 'acme', subjects)),
  ],
])('%s are read and nobody else’s', async (_, schema, statement) => {
  // A kept statement is planned for what is asked at first, and later once for all: neither may read more.
  for (const mode of ['force_custom_plan', 'force_generic_plan']) {
    await people.databases[schema].read('acme', async (tx) => {
      await tx.query(`select set_config('plan_cache_mode', $1, true)`, [mode]);
      const rows = await rowsRead(tx, async () => {
        const found = await statement(tx);
        expect('size' in found ? found.size : found.length).toBeGreaterThan(0);
      });
      expect(rows).toBeLessThanOrEqual(FEW);
    });
  }
});
