// Signs the grown consent logs every few seconds; in any number of processes, since they sign the same.
import { createLoop, type Job } from '../../../platform/loop.ts';
import type { ConsentDeps } from '../deps.ts';
import { writeCheckpoints } from '../write-checkpoints.ts';

export function signGrownLogs(deps: ConsentDeps): Job {
  return createLoop({
    name: 'consent/sign-grown-logs',
    bus: deps.bus,
    // By the clock alone: a checkpoint an append would be a signature an append.
    topics: [],
    pollMs: deps.settings.checkpointMs,
    log: deps.log,
    round: () => writeCheckpoints(deps),
  });
}
