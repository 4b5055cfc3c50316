// Erases what consent keeps for a time only, once its time is over; in any number of processes.
import { createLoop, type Job } from '../../../platform/loop.ts';
import { eraseOutdated } from '../../../platform/retention.ts';
import type { ConsentDeps } from '../deps.ts';
import { retentionRules } from '../domain/retention.ts';
import { eraseCmpEvents, eraseLiftedSuppressions } from '../store/outdated-records.ts';

const POLL_MS = 3_600_000;

const erasers = { CMP_EVENT: eraseCmpEvents, LIFTED_SUPPRESSION: eraseLiftedSuppressions };

export function eraseOutdatedRecords(deps: ConsentDeps): Job {
  const rules = retentionRules(deps.settings);
  return createLoop({
    name: 'consent/erase-outdated',
    bus: deps.bus,
    topics: [],
    pollMs: POLL_MS,
    log: deps.log,
    round: () => eraseOutdated(deps, rules, erasers),
  });
}
