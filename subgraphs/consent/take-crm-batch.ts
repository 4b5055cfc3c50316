// Takes what a target is to be told next: what it refused and is due again, then the news, then what is replayed.
import type { Transaction } from '../../platform/database.ts';
import { putTasks, removeTasks } from '../../platform/task-queue.ts';
import type { ConsentDeps } from './deps.ts';
import type { LoggedRecord } from './domain/consent-record.ts';
import { crmTask, scheduleCrmTarget } from './schedule-crm-target.ts';
import { findDueDeliveries } from './store/crm-deliveries.ts';
import { lockCrmTarget, saveCrmTarget, type CrmTarget } from './store/crm-targets.ts';
import { findLogged, findRecords } from './store/find-records.ts';

/** A record with how often telling it has failed. */
export interface CrmItem {
  readonly record: LoggedRecord;
  readonly tries: number;
}

export interface CrmBatch {
  /** With the lease of whoever took the batch. */
  readonly target: CrmTarget;
  /** Each record once. */
  readonly items: readonly CrmItem[];
  /** Where the target stands once the batch is told. */
  readonly position: bigint;
  readonly replayPosition: bigint | null;
}

/** Records told to a target at once. */
const BATCH_MAX = 16;

/** For opening the secret, and for recording what came of it. */
const LEASE_MARGIN_MS = 5_000;

/** A batch takes as long as its slowest answer; who is not back by then has died. */
export const crmLeaseMs = ({ crmTimeoutMs }: ConsentDeps['settings']): number =>
  crmTimeoutMs + LEASE_MARGIN_MS;

/** Null when there is nothing to tell now; the task stands for when there is. A target whose last batch failed as a whole
 *  is asked with one record, until it takes it. */
export async function takeCrmBatch(
  tx: Transaction,
  deps: ConsentDeps,
  key: { readonly tenantId: string; readonly id: string },
): Promise<CrmBatch | null> {
  const { database, clock, newUuid, settings } = deps;
  const { tenantId, id } = key;
  const target = await lockCrmTarget(tx, tenantId, id);
  if (target === null || !target.active) {
    await removeTasks(tx, database.schema, [{ tenantId, key: id }]);
    return null;
  }
  const now = clock.now();
  const busyUntil = Math.max(target.leaseUntil ?? 0, target.pausedUntil ?? 0);
  if (busyUntil > now) {
    await putTasks(tx, database.schema, [crmTask(target, busyUntil - now)]);
    return null;
  }
  const batch = await findBatch(tx, target, {
    now,
    limit: target.failureCount > 0 ? 1 : BATCH_MAX,
  });
  if (batch.items.length === 0) {
    await scheduleCrmTarget(tx, deps, target);
    return null;
  }
  const leased = { ...target, leaseId: newUuid(), leaseUntil: now + crmLeaseMs(settings) };
  await saveCrmTarget(tx, leased);
  return { ...batch, target: leased };
}

async function findBatch(
  tx: Transaction,
  target: CrmTarget,
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<Omit<CrmBatch, 'target'>> {
  const { tenantId, position, replayPosition, replayUntil } = target;
  const due = await findDueDeliveries(tx, target, { now, limit });
  const refused = await findRecords(
    tx,
    tenantId,
    due.map(({ consentId }) => consentId),
  );
  const retried = due.flatMap(({ consentId, tries }): CrmItem[] => {
    const record = refused.get(consentId);
    return record === undefined ? [] : [{ record, tries }];
  });
  const from = async (first: bigint | null, until: bigint | null, room: number) => {
    if (first === null || room === 0) return [];
    const logged = await findLogged(tx, tenantId, { first, limit: room });
    return logged.filter(({ logIndex }) => until === null || logIndex < until);
  };
  const news = await from(position, null, limit - retried.length);
  const replayed = await from(replayPosition, replayUntil, limit - retried.length - news.length);
  const known = new Set(retried.map(({ record }) => record.logIndex));
  // What is due again anyway is not told twice at once; telling it counts for the replay.
  const fresh = [...news, ...replayed].filter(({ logIndex }) => !known.has(logIndex));
  const replayedTo = behind(replayed, replayPosition);
  return {
    items: [...retried, ...fresh.map((record) => ({ record, tries: 0 }))],
    position: behind(news, position),
    replayPosition: replayedTo === replayUntil ? null : replayedTo,
  };
}

/** The place behind the last of these. */
function behind<Place extends bigint | null>(
  records: readonly LoggedRecord[],
  before: Place,
): Place | bigint {
  const last = records.at(-1);
  return last === undefined ? before : last.logIndex + 1n;
}
