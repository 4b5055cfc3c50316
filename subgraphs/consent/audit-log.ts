// Audits a tenant's consent log from its first record: every row, every node, every checkpoint. A page at a time.
import { verifyCheckpoint } from '../../crypto/checkpoint.ts';
import { CryptoError } from '../../crypto/errors.ts';
import { equalBytes } from '../../crypto/mac.ts';
import {
  appendLeaf,
  EMPTY_LOG,
  HASH_BYTES,
  logRoot,
  type HashedLogNode,
  type LogFrontier,
} from '../../crypto/merkle-log.ts';
import type { Jwks } from '../../crypto/signature.ts';
import type { ConsentDeps } from './deps.ts';
import { logOrigin } from './domain/receipt.ts';
import { leafOf } from './grow-log.ts';
import { findLogged } from './store/find-records.ts';
import { loadCheckpoints, loadHashes, type StoredCheckpoint } from './store/log-nodes.ts';

/** What an audit may find. */
export const LogProblem = {
  RECORD_ALTERED: 'RECORD_ALTERED',
  RECORD_MISSING: 'RECORD_MISSING',
  NODE_ALTERED: 'NODE_ALTERED',
  CHECKPOINT_INVALID: 'CHECKPOINT_INVALID',
} as const;
export type LogProblem = (typeof LogProblem)[keyof typeof LogProblem];

export interface LogFinding {
  readonly problem: LogProblem;
  /** The place in the log; of a checkpoint, its size. */
  readonly index: bigint;
}

export interface AuditPage {
  /** How many records are audited now, from the first. */
  readonly audited: bigint;
  readonly complete: boolean;
  /** Where the next page goes on. It holds what the log has been so far, so that nothing is read twice. */
  readonly cursor: string;
  readonly findings: readonly LogFinding[];
}

export const AUDIT_PAGE = 5_000;

/** after: the cursor of the page before; null: from the beginning. Null for what is no cursor. Three statements. */
export async function auditLog(
  { database, kms }: ConsentDeps,
  tenantId: string,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<AuditPage | null> {
  const before = after === null ? EMPTY_LOG : frontierOf(after);
  if (before === null) return null;
  const jwks = await kms.jwks(tenantId);
  return database.read(tenantId, async (tx) => {
    const records = await findLogged(tx, tenantId, { first: before.size, limit });
    const findings: LogFinding[] = [];
    const nodes: HashedLogNode[] = [];
    const roots = new Map<bigint, Buffer>();
    let frontier = before;
    for (const record of records) {
      if (record.logIndex !== frontier.size) {
        findings.push({ problem: 'RECORD_MISSING', index: frontier.size });
        break;
      }
      const leaf = leafOf(record);
      if (!equalBytes(leaf, record.leafHash)) {
        findings.push({ problem: 'RECORD_ALTERED', index: record.logIndex });
      }
      const grown = appendLeaf(frontier, leaf);
      nodes.push(...grown.nodes.slice(1));
      frontier = grown.frontier;
      roots.set(frontier.size, logRoot(frontier));
    }
    const checkpoints = await loadCheckpoints(tx, tenantId, {
      above: before.size,
      upTo: records.length < limit ? MAX : frontier.size,
    });
    const stored = await loadHashes(
      tx,
      nodes.map((node) => ({ ...node, tenantId })),
    );
    nodes.forEach(({ level, index, hash }, place) => {
      const same = equalBytes(hash, stored[place] ?? NOTHING);
      const lastLeaf = ((index + 1n) << BigInt(level)) - 1n;
      if (!same) findings.push({ problem: 'NODE_ALTERED', index: lastLeaf });
    });
    const origin = logOrigin(tenantId);
    for (const checkpoint of checkpoints) {
      if (!holds(checkpoint, { origin, jwks, root: roots.get(checkpoint.size) ?? null })) {
        findings.push({ problem: 'CHECKPOINT_INVALID', index: checkpoint.size });
      }
    }
    const stopped = findings.some(({ problem }) => problem === 'RECORD_MISSING');
    return {
      audited: frontier.size,
      complete: stopped || records.length < limit,
      cursor: cursorOf(frontier),
      findings,
    };
  });
}

const MAX = 2n ** 63n - 1n;
const NOTHING = new Uint8Array(0);

function holds(
  { note, size }: StoredCheckpoint,
  { origin, jwks, root }: { origin: string; jwks: Jwks; root: Uint8Array | null },
): boolean {
  try {
    const signed = verifyCheckpoint(note, origin, jwks);
    return root !== null && signed.size === size && equalBytes(signed.root, root);
  } catch (error) {
    if (error instanceof CryptoError) return false;
    throw error;
  }
}

function cursorOf({ size, peaks }: LogFrontier): string {
  return [String(size), ...peaks.map((peak) => Buffer.from(peak).toString('base64url'))].join('.');
}

/** Whoever makes one up audits a log of their own. */
function frontierOf(cursor: string): LogFrontier | null {
  const [size = '', ...hashes] = cursor.split('.', 65);
  if (!/^(?:0|[1-9]\d{0,17})$/.test(size)) return null;
  const peaks = hashes.map((hash) => Buffer.from(hash, 'base64url'));
  const ones = BigInt(size).toString(2).replaceAll('0', '').length;
  const sized = peaks.every((peak) => peak.byteLength === HASH_BYTES) && peaks.length === ones;
  return sized ? { size: BigInt(size), peaks } : null;
}
