// Erases the callbacks and the words of people whose time is over; in any number of processes.
import { createLoop, type Job } from '../../../platform/loop.ts';
import { eraseOutdated } from '../../../platform/retention.ts';
import type { DeliveryDeps } from '../context.ts';
import { retentionRules } from '../domain/retention.ts';
import { eraseCallbacks } from '../store/outdated-callbacks.ts';
import { eraseEntries } from '../store/outdated-entries.ts';

const POLL_MS = 3_600_000;

export function eraseOutdatedRecords(deps: DeliveryDeps): Job {
  const rules = retentionRules(deps.settings);
  return createLoop({
    name: 'delivery/erase-outdated',
    bus: deps.bus,
    topics: [],
    pollMs: POLL_MS,
    log: deps.log,
    round: () =>
      eraseOutdated(deps, rules, {
        RAW_CALLBACK: eraseCallbacks,
        CONVERSATION_ENTRY: eraseEntries,
      }),
  });
}
