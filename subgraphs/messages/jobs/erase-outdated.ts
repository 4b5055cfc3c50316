// Erases the codes and the visits of links whose time is over; in any number of processes.
import { createLoop, type Job } from '../../../platform/loop.ts';
import { eraseOutdated } from '../../../platform/retention.ts';
import type { MessagesDeps } from '../deps.ts';
import { retentionRules } from '../domain/retention.ts';
import { eraseCodes, eraseVisits } from '../store/outdated-codes.ts';

const POLL_MS = 3_600_000;

export function eraseOutdatedRecords(deps: MessagesDeps): Job {
  return createLoop({
    name: 'messages/erase-outdated',
    bus: deps.bus,
    topics: [],
    pollMs: POLL_MS,
    log: deps.log,
    round: () =>
      eraseOutdated(deps, retentionRules, {
        ONE_TIME_CODE: eraseCodes,
        LINK_VISIT: eraseVisits,
      }),
  });
}
