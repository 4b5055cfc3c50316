// Follows what delivery records: outcomes correct beliefs and measure their accuracy, and a bounce marks an address.
import { createFollower } from '../../../platform/follower.ts';
import type { Job } from '../../../platform/loop.ts';
import type { EventPayloads } from '../../../schema/events.ts';
import { applyOutcomes } from '../apply-outcomes.ts';
import { applyBounces } from '../mark-bounced.ts';
import type { RecipientsWork } from '../deps.ts';
import { askedChannels } from '../domain/capability.ts';
import { isBounce, reachedBy } from '../domain/outcome.ts';

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
        const { addressId = null } = event;
        return [{ ...event, addressId, tenantId, occurredAt, reached: reachedBy(event) }];
      });
      for (const channel of askedChannels) {
        const outcomes = told.flatMap(({ reached, ...event }) =>
          reached === null || event.channel !== channel ? [] : [{ ...event, reached }],
        );
        if (outcomes.length > 0) await applyOutcomes(tx, deps, channel, outcomes);
      }
      // By when we heard of it: a mail server's own time is of whole seconds, and of its own clock.
      const bounces = told.flatMap((event) =>
        isBounce(event) ? [{ ...event, at: Date.parse(event.receivedAt) }] : [],
      );
      await applyBounces(tx, deps, bounces);
    },
  });
}
