// Records what came of a batch: where the target stands, what it refused, and when it is asked again.
import type { Transaction } from '../../platform/database.ts';
import type { ConsentDeps } from './deps.ts';
import { pauseMs, retryDelayMs, type CrmOutcome } from './domain/crm/retry.ts';
import { scheduleCrmTarget } from './schedule-crm-target.ts';
import {
  deleteDeliveries,
  hastenDeliveries,
  saveDeliveries,
  type CrmDelivery,
} from './store/crm-deliveries.ts';
import { lockCrmTarget, saveCrmTarget, type CrmTarget } from './store/crm-targets.ts';
import type { CrmBatch, CrmItem } from './take-crm-batch.ts';

/** What came of telling one record. */
export interface CrmTelling {
  readonly item: CrmItem;
  readonly outcome: CrmOutcome;
}

/** The target as it is now; null when the lease was lost, or the target removed: then nothing is recorded, and whoever has
 *  it now tells the same again. */
export async function settleCrmBatch(
  tx: Transaction,
  deps: ConsentDeps,
  batch: CrmBatch,
  tellings: readonly CrmTelling[],
): Promise<CrmTarget | null> {
  const { tenantId, id, leaseId } = batch.target;
  const target = await lockCrmTarget(tx, tenantId, id);
  if (target === null || target.leaseId !== leaseId) return null;
  const now = deps.clock.now();
  const taken: bigint[] = [];
  const refused: CrmDelivery[] = [];
  for (const { item, outcome } of tellings) {
    if (outcome.kind === 'taken') taken.push(item.record.logIndex);
    else refused.push(refusedAt(item, outcome, { now, random: deps.random() }));
  }
  const outcomes = tellings.map(({ outcome }) => outcome);
  const settled = {
    ...progressed(target, batch),
    ...healthOf(target, outcomes, { now, random: deps.random() }),
    leaseId: null,
    leaseUntil: null,
  };
  await saveCrmTarget(tx, settled);
  if (target.failingSince !== null && settled.failingSince === null) {
    // What it refused while it took nothing was not the records' fault.
    await hastenDeliveries(tx, target, { since: target.failingSince, now });
  }
  await deleteDeliveries(tx, target, taken);
  await saveDeliveries(tx, target, refused);
  await scheduleCrmTarget(tx, deps, settled);
  return settled;
}

/** A replay that was asked for meanwhile begins where it was asked to. */
function progressed(target: CrmTarget, batch: CrmBatch): CrmTarget {
  const sameReplay =
    target.replayPosition === batch.target.replayPosition &&
    target.replayUntil === batch.target.replayUntil;
  const replayPosition = sameReplay ? batch.replayPosition : target.replayPosition;
  return {
    ...target,
    position: batch.position,
    replayPosition,
    replayUntil: replayPosition === null ? null : target.replayUntil,
  };
}

interface At {
  readonly now: number;
  readonly random: number;
}

type Refusal = Extract<CrmOutcome, { kind: 'refused' }>;

function refusedAt({ record, tries: before }: CrmItem, refusal: Refusal, at: At): CrmDelivery {
  const tries = before + 1;
  const delayMs = retryDelayMs(tries, at.random);
  return {
    logIndex: record.logIndex,
    consentId: record.id,
    state: delayMs === null ? 'FAILED' : 'PENDING',
    tries,
    triedAt: at.now,
    nextAt: delayMs === null ? null : at.now + Math.max(delayMs, refusal.retryAfterMs ?? 0),
    lastStatus: refusal.status,
    lastProblem: refusal.problem,
  };
}

function healthOf(target: CrmTarget, outcomes: readonly CrmOutcome[], at: At) {
  const refusals = outcomes.filter((outcome) => outcome.kind === 'refused');
  const active = target.active && !refusals.some(({ gone }) => gone);
  const askedMs = Math.max(0, ...refusals.map(({ retryAfterMs }) => retryAfterMs ?? 0));
  if (refusals.length < outcomes.length) {
    const pausedUntil = askedMs === 0 ? null : at.now + askedMs;
    return { active, failureCount: 0, failingSince: null, lastSuccessAt: at.now, pausedUntil };
  }
  const failureCount = target.failureCount + 1;
  const failingSince = target.failingSince ?? at.now;
  const pausedUntil = at.now + Math.max(askedMs, pauseMs(failureCount, at.random));
  return { active, failureCount, failingSince, pausedUntil };
}
