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

/** How many records the log has; the next one stands at this place. */
export async function findLogSize(tx: Transaction, tenantId: string): Promise<bigint> {
  const sql = 'select size::text from consent.log_head where tenant_id = $1';
  const [head] = await tx.query<{ size: string }>(sql, [tenantId]);
  return BigInt(head?.size ?? 0);
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

/** A node of one tenant's log. */
export interface TenantNode extends LogNode {
  readonly tenantId: string;
}

/** The hashes of these nodes, in their order, by one statement; null for a node that is not there. */
export async function loadHashes(
  tx: Transaction,
  nodes: readonly TenantNode[],
): Promise<readonly (Uint8Array | null)[]> {
  const rows = await tx.query<{ hash: Buffer | null }>(
    `select coalesce(e.leaf_hash, l.hash) as hash
     from unnest($1::text[], $2::smallint[], $3::bigint[]) with ordinality
       as n (tenant_id, level, index, place)
     left join consent.consent_event e
       on n.level = 0 and e.tenant_id = n.tenant_id and e.log_index = n.index
     left join consent.log_node l
       on n.level > 0 and l.tenant_id = n.tenant_id and l.level = n.level and l.index = n.index
     order by n.place`,
    [
      nodes.map(({ tenantId }) => tenantId),
      nodes.map(({ level }) => level),
      nodes.map(({ index }) => String(index)),
    ],
  );
  return rows.map(({ hash }) => hash);
}

/** A reader of the hashes of these nodes. It throws for one that is not there: a log that lost one was tampered with. */
export async function loadNodes(
  tx: Transaction,
  nodes: readonly TenantNode[],
): Promise<(node: TenantNode) => Uint8Array> {
  const keyOf = ({ tenantId, level, index }: TenantNode): string => `${tenantId} ${level} ${index}`;
  const hashes = await loadHashes(tx, nodes);
  const byKey = new Map(nodes.map((node, place) => [keyOf(node), hashes[place] ?? null]));
  return (node) => {
    const hash = byKey.get(keyOf(node)) ?? null;
    if (hash === null) throw new Error(`the log lost its node ${node.level}/${node.index}`);
    return hash;
  };
}

/** A checkpoint as it is kept. */
export interface StoredCheckpoint {
  readonly tenantId: string;
  readonly size: bigint;
  /** The signed note. */
  readonly note: string;
}

/** The newest checkpoint of a tenant's log; null before the first. */
export async function loadCheckpoint(
  tx: Transaction,
  tenantId: string,
): Promise<StoredCheckpoint | null> {
  const [row] = await tx.query<{ size: string; note: string }>(
    `select c.size::text, c.note from consent.log_checkpoint c where c.tenant_id = $1
     order by c.size desc limit 1`,
    [tenantId],
  );
  return row === undefined ? null : { tenantId, size: BigInt(row.size), note: row.note };
}

/** The checkpoints of these sizes, those that there are. */
export async function loadCheckpoints(
  tx: Transaction,
  tenantId: string,
  { above, upTo }: { readonly above: bigint; readonly upTo: bigint },
): Promise<StoredCheckpoint[]> {
  const rows = await tx.query<{ size: string; note: string }>(
    `select c.size::text, c.note from consent.log_checkpoint c
     where c.tenant_id = $1 and c.size > $2 and c.size <= $3 order by c.size`,
    [tenantId, String(above), String(upTo)],
  );
  return rows.map(({ size, note }) => ({ tenantId, size: BigInt(size), note }));
}

/** A log that has grown since its newest checkpoint. */
export interface GrownLog {
  readonly tenantId: string;
  readonly frontier: LogFrontier;
  /** Null before the first. */
  readonly checkpoint: StoredCheckpoint | null;
}

/** Of all tenants. */
export async function loadGrownLogs(tx: Transaction, limit: number): Promise<GrownLog[]> {
  const rows = await tx.query<{
    tenant_id: string;
    size: string;
    peaks: Buffer[];
    checked: string | null;
    note: string;
  }>(
    `select h.tenant_id, h.size::text, h.peaks, c.size::text as checked, c.note
     from consent.log_head h
     left join lateral (
       select c.size, c.note from consent.log_checkpoint c where c.tenant_id = h.tenant_id
       order by c.size desc limit 1
     ) c on true
     where h.size > coalesce(c.size, 0)
     limit $1`,
    [limit],
  );
  return rows.map(({ tenant_id: tenantId, size, peaks, checked, note }) => ({
    tenantId,
    frontier: { size: BigInt(size), peaks },
    checkpoint: checked === null ? null : { tenantId, size: BigInt(checked), note },
  }));
}

/** One statement. Two processes may write the same checkpoint: it is the same. */
export async function saveCheckpoints(
  tx: Transaction,
  checkpoints: readonly StoredCheckpoint[],
  now: number,
): Promise<void> {
  if (checkpoints.length === 0) return;
  await tx.query(
    `insert into consent.log_checkpoint (tenant_id, size, note, created_at)
     select c.tenant_id, c.size, c.note, to_timestamp($4 / 1000.0)
     from unnest($1::text[], $2::bigint[], $3::text[]) as c (tenant_id, size, note)
     on conflict do nothing`,
    [
      checkpoints.map(({ tenantId }) => tenantId),
      checkpoints.map(({ size }) => String(size)),
      checkpoints.map(({ note }) => note),
      now,
    ],
  );
}
