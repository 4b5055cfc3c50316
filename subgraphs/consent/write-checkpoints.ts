// Signs what the consent logs have become: a checkpoint for each log that has grown, if it still holds what was signed before.
import { signCheckpoint, verifyCheckpoint } from '../../crypto/checkpoint.ts';
import { CryptoError } from '../../crypto/errors.ts';
import { KeyUse } from '../../crypto/kms.ts';
import { equalBytes } from '../../crypto/mac.ts';
import { frontierPath, logRoot, type LogNode } from '../../crypto/merkle-log.ts';
import type { ConsentDeps } from './deps.ts';
import { logOrigin } from './domain/receipt.ts';
import {
  loadGrownLogs,
  loadNodes,
  saveCheckpoints,
  type GrownLog,
  type StoredCheckpoint,
} from './store/log-nodes.ts';

const LOGS_MAX = 100;

/** One round over all tenants, in three statements; true when there may be more at once. A log that does not fit what
 *  was signed of it is not signed again: that is an alarm, and the others go on. */
export async function writeCheckpoints(deps: ConsentDeps): Promise<boolean> {
  const { database, clock, log } = deps;
  const { grown, read } = await database.acrossTenants(async (tx) => {
    const logs = await loadGrownLogs(tx, LOGS_MAX);
    const nodes = logs.flatMap(({ tenantId, frontier, checkpoint }) =>
      [...frontierPath(frontier.size), ...frontierPath(checkpoint?.size ?? 0n)].map((node) => {
        return { ...node, tenantId };
      }),
    );
    return { grown: logs, read: await loadNodes(tx, nodes) };
  });
  if (grown.length === 0) return false;
  const signed: StoredCheckpoint[] = [];
  for (const one of grown) {
    try {
      signed.push(await sign(deps, one, (node) => read({ ...node, tenantId: one.tenantId })));
    } catch (error) {
      log.error({ err: error, tenantId: one.tenantId }, 'consent log not signed');
    }
  }
  await database.acrossTenants((tx) => saveCheckpoints(tx, signed, clock.now()));
  return grown.length === LOGS_MAX && signed.length > 0;
}

async function sign(
  { kms }: ConsentDeps,
  { tenantId, frontier, checkpoint }: GrownLog,
  read: (node: LogNode) => Uint8Array,
): Promise<StoredCheckpoint> {
  const rootAt = (size: bigint) => logRoot({ size, peaks: frontierPath(size).map(read) });
  const origin = logOrigin(tenantId);
  if (checkpoint !== null) {
    const before = await rootOf(checkpoint.note, { kms, tenantId, origin });
    if (before !== null && !equalBytes(before, rootAt(checkpoint.size))) {
      throw new Error('the log does not hold what its last checkpoint signed');
    }
  }
  const root = rootAt(frontier.size);
  if (!equalBytes(root, logRoot(frontier))) throw new Error('the log does not lead to its head');
  const key = { tenant: tenantId, use: KeyUse.signing };
  const note = await signCheckpoint(kms, key, { origin, size: frontier.size, root });
  return { tenantId, size: frontier.size, note };
}

/** The root that a checkpoint signed; null where its key was destroyed, since then nobody can tell any more. */
async function rootOf(
  note: string,
  { kms, tenantId, origin }: Pick<ConsentDeps, 'kms'> & { tenantId: string; origin: string },
): Promise<Uint8Array | null> {
  try {
    return verifyCheckpoint(note, origin, await kms.jwks(tenantId)).root;
  } catch (error) {
    if (error instanceof CryptoError && error.code === 'KEY_NOT_FOUND') return null;
    throw error;
  }
}
