// Closes conversations in which nothing was said for long, and shows how many people wait; in any number of processes.
import { createLoop, type Job } from '../../../platform/loop.ts';
import { Channel } from '../../../schema/vocabulary.ts';
import type { DeliveryDeps } from '../context.ts';
import { lapsedBefore, lapsesAt } from '../domain/conversation.ts';
import { closingEntry, recordEntries } from '../record-entries.ts';
import { lockSilentConversations } from '../store/conversations.ts';
import { countWaiting } from '../store/find-conversations.ts';

const POLL_MS = 60_000;
const BATCH_MAX = 200;

export function closeSilentConversations(deps: DeliveryDeps): Job {
  const showWaiting = createShowWaiting(deps);
  return createLoop({
    name: 'delivery/close-silent-conversations',
    bus: deps.bus,
    topics: [],
    pollMs: POLL_MS,
    log: deps.log,
    async round() {
      const waiting = await closeSilent(deps, 'AWAITING_AGENT');
      const open = await closeSilent(deps, 'OPEN');
      await showWaiting();
      return waiting || open;
    },
  });
}

/** True when there may be more. */
async function closeSilent(deps: DeliveryDeps, state: 'OPEN' | 'AWAITING_AGENT'): Promise<boolean> {
  const { database, clock, newUuid, settings } = deps;
  const hours = { OPEN: settings.openLapseHours, AWAITING_AGENT: settings.waitingLapseHours };
  const now = clock.now();
  const before = lapsedBefore(state, hours, now);
  return database.acrossTenants(async (tx) => {
    const locked = await lockSilentConversations(tx, { state, before, limit: BATCH_MAX });
    const entries = locked.map((conversation) =>
      closingEntry(conversation, {
        id: newUuid(),
        kind: 'LAPSED',
        actor: null,
        dedupeKey: `lapsed:${conversation.lastAt}`,
        occurredAt: now,
        countedAt: lapsesAt(conversation.lastAt),
      }),
    );
    await recordEntries(tx, deps, { locked, entries });
    return locked.length === BATCH_MAX;
  });
}

function createShowWaiting({ database, clock, metrics }: DeliveryDeps): () => Promise<void> {
  const channels = Object.values(Channel);
  const labels = { channel: channels };
  const count = metrics.level(
    'conversations_waiting',
    'Conversations in which a person waits for an answer, of all tenants.',
    labels,
  );
  const longest = metrics.level(
    'conversations_waiting_longest_seconds',
    'How long the one who waits longest has waited.',
    labels,
  );
  return async () => {
    const waiting = await database.acrossTenants(countWaiting);
    const now = clock.now();
    for (const channel of channels) {
      const found = waiting.get(channel);
      count({ channel }, found?.count ?? 0);
      longest({ channel }, found === undefined ? 0 : Math.max(0, now - found.since) / 1_000);
    }
  };
}
