// Counts what providers answered in their lanes, for all workers together, and opens and closes the lanes' breakers.
import type { Bus } from '../../platform/bus.ts';
import type { Transaction } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';
import { afterOutcome, isUnremarkable, isWell, type Lane } from './domain/lane.ts';
import type { Outcome } from './domain/answer.ts';
import { lockLane, readLane, saveLane, type SeenLane } from './store/lanes.ts';

/** One answer, or that there was none. */
export interface ProviderOutcome {
  readonly provider: string;
  readonly outcome: Outcome;
}

/** Counts a batch of outcomes in the caller's transaction. Success in a lane that is well costs no statement. */
export type CountOutcomes = (
  tx: Transaction,
  outcomes: readonly ProviderOutcome[],
) => Promise<void>;

/** Woken when a lane is not well any more: whoever took it for well has to look again. */
const LANES = 'lanes:messages';

export function createCountOutcomes({ bus, log }: { bus: Bus; log: Log }): CountOutcomes {
  const well = new Set<string>();
  bus.listen(LANES, () => well.clear());

  const countOne = async (
    tx: Transaction,
    provider: string,
    outcomes: readonly Outcome[],
  ): Promise<void> => {
    const unremarkable = outcomes.every(isUnremarkable);
    if (unremarkable && well.has(provider)) return;
    if (unremarkable) {
      // Before it is read: a wake that comes meanwhile must not be forgotten.
      well.add(provider);
      const seen = await readLane(tx, provider);
      if (seen === null || isWell(seen.lane)) return;
    }
    well.delete(provider);
    const before = await lockLane(tx, provider);
    const after = outcomes.reduce(
      (lane, outcome) => afterOutcome(lane, outcome, before.now),
      before.lane,
    );
    await saveLane(tx, provider, after);
    tx.afterCommit(() => {
      if (isWell(after)) well.add(provider);
      if (isWell(before.lane) && !isWell(after)) bus.wake(LANES);
      if (before.lane.openUntil !== null && after.openUntil === null) bus.wake('tasks:messages');
      tell(log, provider, before, after);
    });
  };

  return async (tx, outcomes) => {
    const byProvider = Map.groupBy(outcomes, ({ provider }) => provider);
    // In one order: two batches that lock the same lanes in another would wait for each other.
    const names = [...byProvider.keys()].toSorted();
    for (const name of names) {
      const ofProvider = byProvider.get(name) ?? [];
      await countOne(
        tx,
        name,
        ofProvider.map(({ outcome }) => outcome),
      );
    }
  };
}

function tell(log: Log, provider: string, { lane: before, now }: SeenLane, after: Lane): void {
  const { openUntil, failures, pausedUntil } = after;
  if (openUntil !== null && openUntil !== before.openUntil) {
    log.warn({ provider, failures, forMs: Math.round(openUntil - now) }, 'provider lane opened');
  }
  if (openUntil === null && before.openUntil !== null) {
    log.info({ provider }, 'provider lane closed');
  }
  if (pausedUntil !== null && (before.pausedUntil ?? 0) <= now && pausedUntil > now) {
    log.warn({ provider, forMs: Math.round(pausedUntil - now) }, 'provider lane paused');
  }
}
