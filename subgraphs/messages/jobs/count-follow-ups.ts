// Shows in the metrics how many messages wait on the follow-up list, by reason.
import { createLoop, type Job } from '../../../platform/loop.ts';
import { FollowUpReason } from '../../../schema/vocabulary-followup.ts';
import type { MessagesDeps } from '../deps.ts';
import { countOpen } from '../store/follow-ups.ts';

const COUNT_MS = 60_000;

export function countFollowUps(
  deps: Pick<MessagesDeps, 'database' | 'metrics' | 'bus' | 'log'>,
): Job {
  return createLoop({
    name: 'count-follow-ups',
    bus: deps.bus,
    topics: [],
    pollMs: COUNT_MS,
    log: deps.log,
    round: createCount(deps),
  });
}

/** A round. Every worker counts what there is: the highest of them is the number, not their sum. */
export function createCount({
  database,
  metrics,
}: Pick<MessagesDeps, 'database' | 'metrics'>): () => Promise<boolean> {
  const reasons = Object.values(FollowUpReason);
  const sentence = 'Messages that did not reach their person, and that nobody has dealt with.';
  const show = metrics.level('follow_ups_open', sentence, { reason: reasons });
  return async () => {
    const counts = await database.acrossTenants(countOpen);
    for (const reason of reasons) show({ reason }, counts.get(reason) ?? 0);
    return false;
  };
}
