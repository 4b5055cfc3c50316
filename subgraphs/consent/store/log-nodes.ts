// A tenant's Merkle log in its tables: the head that appends wait for, the nodes that proofs are made of, the checkpoints.
import type { Transaction } from '../../../platform/database.ts';
import type { LoggedRecord } from '../domain/consent-record.ts';
import type { HashedLogNode, LogFrontier, LogNode } from '../../../crypto/merkle-log.ts';

export interface LogGrowth {
  /** The records in their places, in the order given. */
  readonly placed: readonly LoggedRecord[];
  /** The inner nodes that are complete now; the leaves stand in the records. About one a record. */
  readonly nodes: readonly HashedLogNode[];
  readonly frontier: LogFrontier;
}

/** The log's right edge, and no other append until this transaction ends. To be taken last: who holds it waits for
 *  nobody. */
export async function lockHead(tx: Transaction, tenantId: string): Promise<LogFrontier> {
  const [head] = await tx.query<{ size: string; peaks: Buffer[] }>(
    `insert into consent.log_head (tenant_id, size, peaks) values ($1, 0, '{}')
     on conflict (tenant_id) do update set size = log_head.size
     returning size::text, peaks`,
    [tenantId],
  );
  if (head === undefined) throw new Error('a log has a head');
  return { size: BigInt(head.size), peaks: head.peaks };
}

/** What the log has become. Whoever calls holds the lock of the head. */
export async function saveGrowth(
  tx: Transaction,
  tenantId: string,
  { nodes, frontier }: LogGrowth,
): Promise<void> {
  await tx.query(
    `with node as (
       insert into consent.log_node (tenant_id, level, index, hash)
       select $1, n.level, n.index, n.hash from unnest($2::smallint[], $3::bigint[], $4::bytea[])
         as n (level, index, hash)
     )
     update consent.log_head set size = $5, peaks = $6::bytea[] where tenant_id = $1`,
    [
      tenantId,
      nodes.map(({ level }) => level),
      nodes.map(({ index }) => String(index)),
      nodes.map(({ hash }) => hash),
      String(frontier.size),
      frontier.peaks,
    ],
  );
}

/** A reader of the hashes of these nodes, by one statement. A node that is not there makes the reader throw: a log that
 *  lost a node has been tampered with. */
export async function loadNodes(
  tx: Transaction,
  tenantId: string,
  nodes: readonly LogNode[],
): Promise<(node: LogNode) => Uint8Array> {
  const rows = await tx.query<{ level: number; index: string; hash: Buffer }>(
    `select n.level, n.index::text, coalesce(e.leaf_hash, l.hash) as hash
     from unnest($2::smallint[], $3::bigint[]) as n (level, index)
     left join consent.consent_event e on n.level = 0 and e.tenant_id = $1 and e.log_index = n.index
     left join consent.log_node l on n.level > 0 and l.tenant_id = $1 and l.level = n.level and l.index = n.index`,
    [tenantId, nodes.map(({ level }) => level), nodes.map(({ index }) => String(index))],
  );
  const keyOf = (level: number, index: bigint | string): string => `${level} ${index}`;
  const byKey = new Map(rows.map(({ level, index, hash }) => [keyOf(level, index), hash]));
  return ({ level, index }) => {
    const hash = byKey.get(keyOf(level, index)) ?? null;
    if (hash === null) throw new Error(`the log lost its node ${level}/${index}`);
    return hash;
  };
}

export interface StoredCheckpoint {
  readonly tenantId: string;
  readonly size: bigint;
  /** The signed note. */
  readonly note: string;
}

/** The newest checkpoint; null before the first. covering: the oldest one that covers this leaf instead. */
export async function loadCheckpoint(
  tx: Transaction,
  tenantId: string,
  covering: bigint | null = null,
): Promise<StoredCheckpoint | null> {
  const [row] = await tx.query<{ size: string; note: string }>(
    covering === null
      ? `select size::text, note from consent.log_checkpoint where tenant_id = $1
         order by size desc limit 1`
      : `select size::text, note from consent.log_checkpoint where tenant_id = $1 and size > $2
         order by size limit 1`,
    covering === null ? [tenantId] : [tenantId, String(covering)],
  );
  return row === undefined ? null : { tenantId, size: BigInt(row.size), note: row.note };
}

/** Of all tenants, those whose log is longer than its newest checkpoint. */
export async function loadUncheckedHeads(
  tx: Transaction,
  limit: number,
): Promise<{ readonly tenantId: string; readonly frontier: LogFrontier }[]> {
  const rows = await tx.query<{ tenant_id: string; size: string; peaks: Buffer[] }>(
    `select h.tenant_id, h.size::text, h.peaks from consent.log_head h
     where h.size > coalesce((select max(c.size) from consent.log_checkpoint c
       where c.tenant_id = h.tenant_id), 0)
     limit $1`,
    [limit],
  );
  return rows.map(({ tenant_id: tenantId, size, peaks }) => {
    return { tenantId, frontier: { size: BigInt(size), peaks } };
  });
}

/** Two processes may write the same one: it is the same. */
export async function saveCheckpoint(
  tx: Transaction,
  { tenantId, size, note }: StoredCheckpoint,
  now: number,
): Promise<void> {
  await tx.query(
    `insert into consent.log_checkpoint (tenant_id, size, note, created_at)
     values ($1, $2, $3, to_timestamp($4 / 1000.0)) on conflict do nothing`,
    [tenantId, String(size), note, now],
  );
}
