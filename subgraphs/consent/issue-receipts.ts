// Issues signed receipts of consent records, each with the proof that it is in the log; and reads the log for auditors.
import { formatInclusionProof, noteVerifierKey } from '../../crypto/checkpoint.ts';
import { signJws } from '../../crypto/jws.ts';
import { KeyUse } from '../../crypto/kms.ts';
import { consistencyPath, inclusionPath, proofOf, type LogNode } from '../../crypto/merkle-log.ts';
import type { ConsentDeps } from './deps.ts';
import { logOrigin, receiptOf, RECEIPT_TYPE } from './domain/receipt.ts';
import { findRecords } from './store/find-records.ts';
import { loadCheckpoint, loadNodes } from './store/log-nodes.ts';

export interface IssuedReceipt {
  /** UUID of the record. */
  readonly consentId: string;
  /** A compact JWS. */
  readonly receipt: string;
  readonly logIndex: bigint;
  /** A C2SP tlog-proof that leads to the newest checkpoint; null until one covers the record. */
  readonly proof: string | null;
}

/** In the order of the UUIDs; null for what the tenant has not. Three statements for any number, and a signature each. */
export async function issueReceipts(
  { database, kms }: ConsentDeps,
  tenantId: string,
  ids: readonly string[],
): Promise<(IssuedReceipt | null)[]> {
  const { records, proofs } = await database.read(tenantId, async (tx) => {
    const [found, checkpoint] = await Promise.all([
      findRecords(tx, tenantId, ids),
      loadCheckpoint(tx, tenantId),
    ]);
    const covered = [...found.values()].flatMap(({ id, logIndex: index }) =>
      checkpoint === null || index >= checkpoint.size
        ? []
        : [{ id, index, note: checkpoint.note, path: inclusionPath(index, checkpoint.size) }],
    );
    const nodes = covered.flatMap(({ path }) => path.flat().map((node) => ({ ...node, tenantId })));
    const readNode = await loadNodes(tx, nodes);
    const read = (node: LogNode) => readNode({ ...node, tenantId });
    return {
      records: found,
      proofs: new Map(
        covered.map(({ id, index, note, path }) => [
          id,
          formatInclusionProof({ index, hashes: proofOf(path, read), checkpoint: note }),
        ]),
      ),
    };
  });
  const key = { tenant: tenantId, use: KeyUse.signing };
  return Promise.all(
    ids.map(async (id) => {
      const record = records.get(id);
      if (record === undefined) return null;
      const receipt = await signJws(kms, key, { typ: RECEIPT_TYPE, payload: receiptOf(record) });
      return { consentId: id, receipt, logIndex: record.logIndex, proof: proofs.get(id) ?? null };
    }),
  );
}

export interface LogState {
  readonly origin: string;
  readonly size: bigint;
  /** The newest signed note; null before the first. */
  readonly checkpoint: string | null;
  /** The keys that signed and sign, as verifiers of signed notes take them. */
  readonly verifierKeys: readonly string[];
}

/** The tenant's log as its newest checkpoint tells. */
export async function describeLog(
  { database, kms }: ConsentDeps,
  tenantId: string,
): Promise<LogState> {
  const checkpoint = await database.read(tenantId, (tx) => loadCheckpoint(tx, tenantId));
  const origin = logOrigin(tenantId);
  const { keys } = await kms.jwks(tenantId);
  return {
    origin,
    size: checkpoint?.size ?? 0n,
    checkpoint: checkpoint?.note ?? null,
    verifierKeys: keys
      .filter(({ alg }) => alg === 'Ed25519')
      .map((jwk) => noteVerifierKey(origin, jwk)),
  };
}

/** The hashes that prove that the log of one size is the beginning of the log of another (RFC 9162 section 2.1.4): for
 *  whoever kept an earlier checkpoint. Null unless 1 <= from <= to <= the size of the log. */
export async function proveConsistency(
  { database }: ConsentDeps,
  tenantId: string,
  { from, to }: { readonly from: bigint; readonly to: bigint },
): Promise<readonly Uint8Array[] | null> {
  return database.read(tenantId, async (tx) => {
    const checkpoint = await loadCheckpoint(tx, tenantId);
    if (from < 1n || from > to || to > (checkpoint?.size ?? 0n)) return null;
    const path = consistencyPath(from, to);
    const nodes = path.flat().map((node) => ({ ...node, tenantId }));
    const read = await loadNodes(tx, nodes);
    return proofOf(path, (node) => read({ ...node, tenantId }));
  });
}
