// B9: records appended to the consent log with all that proofs need, against a bare batched insert of the same rows.
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { Database, type Transaction } from '../platform/database.ts';
import { migrate, roleUrl } from '../platform/migrate.ts';
import { createLog } from '../platform/log.ts';
import { definitions } from '../parts.ts';
import type { ConsentRecord } from '../subgraphs/consent/domain/consent-record.ts';
import { placeInLog } from '../subgraphs/consent/grow-log.ts';
import { appendRecords } from '../subgraphs/consent/store/append-records.ts';
import { lockHead, saveGrowth } from '../subgraphs/consent/store/log-nodes.ts';
import { ratios, report, round } from './figures.ts';
import { openBed } from './processes.ts';

const TENANT = 'acme';
const BATCH = 500;
const BATCHES = 20;
const PAIRS = 6;

type Append = (tx: Transaction, records: readonly ConsentRecord[]) => Promise<unknown>;

export async function consentLog(): Promise<void> {
  const bed = await openBed();
  try {
    await migrate(bed.databaseUrl, Object.values(definitions));
    await createReference(bed.databaseUrl);
    const database = await Database.open({
      url: roleUrl(bed.databaseUrl, 'consent'),
      schema: 'consent',
      tables: [],
      connectionsMax: 2,
      log: createLog('error'),
    });
    await rate(database, logged);
    await rate(database, bare);
    const [ours, reference]: [number[], number[]] = [[], []];
    for (let pair = 0; pair < PAIRS; pair += 1) {
      const order = pair % 2 === 0 ? [logged, bare] : [bare, logged];
      for (const append of order) {
        (append === logged ? ours : reference).push(await rate(database, append));
      }
    }
    await database.close();
    const { median, low, high } = ratios(ours, reference);
    report('B9 consent log', '0.5', {
      ratio: round(median),
      range: [round(low), round(high)],
      recordsPerSecond: ours.map((value) => round(value, 0)),
      bareRowsPerSecond: reference.map((value) => round(value, 0)),
    });
  } finally {
    await bed.close();
  }
}

const logged: Append = async (tx, records) => {
  const growth = placeInLog(await lockHead(tx, TENANT), records);
  await Promise.all([appendRecords(tx, growth.placed), saveGrowth(tx, TENANT, growth)]);
};

/** The same columns, keys and way in, without place, hash and tree. */
const bare: Append = (tx, records) =>
  tx.query(
    `insert into bench.consent_event (tenant_id, id, subject, linkage, purpose, channel, action, source, method,
       jurisdiction, regulation, policy_version, recipient_id, actor, occurred_at, recorded_at)
     select r."tenantId", r.id, r.subject, r.linkage, r.purpose, r.channel, r.action, r.source, r.method,
       r.jurisdiction, r.regulation, r."policyVersion", r."recipientId", r.actor,
       to_timestamp(r."occurredAt" / 1000), to_timestamp(r."recordedAt" / 1000)
     from json_to_recordset($1::json) as r ("tenantId" text, id uuid, subject text, linkage text, purpose text,
       channel text, action text, source text, method text, jurisdiction text, regulation text,
       "policyVersion" text, "recipientId" uuid, actor text, "occurredAt" float8, "recordedAt" float8)`,
    [JSON.stringify(records)],
  );

async function createReference(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(
    `create schema bench;
     create table bench.consent_event (like consent.consent_event including all);
     alter table bench.consent_event drop column log_index, drop column leaf_hash;
     grant usage on schema bench to parley_consent;
     grant select, insert on bench.consent_event to parley_consent`,
  );
  await client.end();
}

/** Records a second, each batch in a transaction of its own. */
async function rate(database: Database, append: Append): Promise<number> {
  const batches = Array.from({ length: BATCHES }, () => Array.from({ length: BATCH }, sample));
  const startedAt = performance.now();
  for (const records of batches) {
    await database.transaction(TENANT, (tx) => append(tx, records));
  }
  return (BATCH * BATCHES * 1_000) / (performance.now() - startedAt);
}

function sample(): ConsentRecord {
  const now = Date.now();
  return {
    tenantId: TENANT,
    id: randomUUID(),
    subject: `pn1.1.${randomUUID()}${randomUUID()}`.slice(0, 50),
    linkage: 'HASHED_PHONE',
    purpose: 'MARKETING',
    channel: 'SMS',
    action: 'GRANTED',
    source: 'WEB',
    method: 'CHECKBOX',
    jurisdiction: 'AT',
    regulation: 'ALL',
    policyVersion: '2026-11',
    recipientId: randomUUID(),
    deviceId: null,
    actor: 'service:crm',
    idempotencyKey: null,
    cmp: null,
    occurredAt: now,
    recordedAt: now,
    expiresAt: null,
  };
}
