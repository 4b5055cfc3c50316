// Follows what delivery records: an outcome that contradicts a belief corrects it, and all of them measure its accuracy.
import { createFollower } from '../../../platform/follower.ts';
import type { Job } from '../../../platform/loop.ts';
import type { EventPayloads } from '../../../schema/events.ts';
import { applyOutcomes } from '../apply-outcomes.ts';
import type { RecipientsWork } from '../deps.ts';
import { askedChannels } from '../domain/capability.ts';
import { reachedBy } from '../domain/outcome.ts';

const POLL_MS = 1_000;

export function followFailures(deps: RecipientsWork): Job {
  const { database, bus, log } = deps;
  return createFollower({
    name: 'failures',
    database,
    source: 'delivery',
    bus,
    log,
    pollMs: POLL_MS,
    handle: async (tx, events) => {
      const told = events.flatMap(({ tenantId, name, payload }) => {
        if (name !== 'delivery.recorded') return [];
        const event = payload as EventPayloads['delivery.recorded'];
        const occurredAt = Date.parse(event.occurredAt);
        return [{ ...event, tenantId, occurredAt, reached: reachedBy(event) }];
      });
      for (const channel of askedChannels) {
        const outcomes = told.flatMap(({ reached, ...event }) =>
          reached === null || event.channel !== channel ? [] : [{ ...event, reached }],
        );
        if (outcomes.length > 0) await applyOutcomes(tx, deps, channel, outcomes);
      }
    },
  });
}
