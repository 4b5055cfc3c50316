// The consent log as a Merkle tree: where each record stands in its tenant's log, the inner nodes, and signed checkpoints.
import { tenantTableSql, type RunSql, type SqlMigration } from '../../../../platform/migrate.ts';
import type { ConsentRecord } from '../../domain/consent-record.ts';
import type { LogGrowth } from '../log-nodes.ts';

/** logOf: the log of a tenant's records, in their order. */
export const ledger = (logOf: LogOf): SqlMigration => ({
  name: '0007-ledger',
  sql: `
    alter table consent.consent_event
      alter recipient_id drop not null,
      add cmp_name text,
      add cmp_version text,
      add cmp_signature text,
      add log_index bigint,
      add leaf_hash bytea;
    alter table consent.consent_event add constraint consent_event_log_index unique (tenant_id, log_index);

    -- The leaves are rows of consent_event; a node here covers 2^level of them, from index * 2^level.
    create table consent.log_node (
      tenant_id text not null,
      level smallint not null,
      index bigint not null,
      hash bytea not null,
      primary key (tenant_id, level, index)
    );
    -- How far the log has grown, with the subtrees at its right edge. Its lock makes a tenant's appends one sequence.
    create table consent.log_head (
      tenant_id text not null primary key,
      size bigint not null,
      peaks bytea[] not null
    );
    create table consent.log_checkpoint (
      tenant_id text not null,
      size bigint not null,
      note text not null,
      created_at timestamptz not null,
      primary key (tenant_id, size)
    );
    create trigger append_only before update or delete or truncate on consent.log_node
      for each statement execute function consent.refuse_change();
    create trigger append_only before update or delete or truncate on consent.log_checkpoint
      for each statement execute function consent.refuse_change();
    ${tenantTableSql('consent', ['log_node', 'log_head', 'log_checkpoint'])}`,
  fill: async (run) => {
    await run('alter table consent.consent_event disable trigger append_only');
    await placeOlderRecords(run, logOf);
    await run('alter table consent.consent_event enable trigger append_only');
    await run(
      'alter table consent.consent_event alter log_index set not null, alter leaf_hash set not null',
    );
  },
});

type LogOf = (records: readonly ConsentRecord[]) => LogGrowth;

/** Records of before the log enter it in the order in which they were recorded. */
async function placeOlderRecords(run: RunSql, logOf: LogOf): Promise<void> {
  const rows = (await run(
    `select e.tenant_id as "tenantId", e.id, e.subject, e.linkage, e.purpose, e.channel, e.action, e.source, e.method,
       e.jurisdiction, e.regulation, e.policy_version as "policyVersion", e.recipient_id as "recipientId",
       e.device_id as "deviceId", e.actor, e.idempotency_key as "idempotencyKey", null as cmp,
       round(extract(epoch from e.occurred_at) * 1000)::float8 as "occurredAt",
       round(extract(epoch from e.recorded_at) * 1000)::float8 as "recordedAt",
       round(extract(epoch from e.expires_at) * 1000)::float8 as "expiresAt"
     from consent.consent_event e order by e.tenant_id, e.recorded_at, e.id`,
  )) as ConsentRecord[];
  const byTenant = Map.groupBy(rows, (row) => row.tenantId);
  for (const [tenantId, ofTenant] of byTenant) {
    const { placed, nodes, frontier } = logOf(ofTenant);
    const places = placed.map(({ id, logIndex, leafHash }) => {
      return { id, index: String(logIndex), hash: Buffer.from(leafHash).toString('hex') };
    });
    await run(
      `update consent.consent_event e set log_index = p.index, leaf_hash = decode(p.hash, 'hex')
       from json_to_recordset(?::json) as p (id uuid, index bigint, hash text)
       where e.tenant_id = ? and e.id = p.id`,
      [JSON.stringify(places), tenantId],
    );
    const inner = nodes.map(({ level, index, hash }) => {
      return { level, index: String(index), hash: Buffer.from(hash).toString('hex') };
    });
    await run(
      `insert into consent.log_node (tenant_id, level, index, hash)
       select ?, n.level, n.index, decode(n.hash, 'hex')
       from json_to_recordset(?::json) as n (level smallint, index bigint, hash text)`,
      [tenantId, JSON.stringify(inner)],
    );
    const peaks = frontier.peaks.map((peak) => Buffer.from(peak).toString('hex'));
    await run(
      `insert into consent.log_head (tenant_id, size, peaks)
       select ?, ?, array(select decode(p.hash, 'hex') from json_array_elements_text(?::json)
         with ordinality as p (hash, place) order by p.place)`,
      [tenantId, String(frontier.size), JSON.stringify(peaks)],
    );
  }
}
