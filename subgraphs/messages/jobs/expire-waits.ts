// The timers: where no receipt came in the route's window, revokes the attempt and goes on to the next route.
import { createLoop, type Job } from '../../../platform/loop.ts';
import { claimTasks, nextTimerMs, type ClaimedTask } from '../../../platform/task-queue.ts';
import { WAIT_LANE } from '../apply-events.ts';
import type { MessagesDeps } from '../deps.ts';
import { isOpen, type Attempt } from '../domain/message-state.ts';
import { factsOf } from '../facts-of.ts';
import type { RecordHappening } from '../send-attempt.ts';
import { lockMessages } from '../store/load-messages.ts';
import { attemptOf, messageOf } from '../task-key.ts';

const CLAIM_MAX = 100;

interface Overdue {
  readonly task: ClaimedTask;
  readonly attempt: Attempt;
  /** Null when the channel's address is gone: then there is nothing to revoke by. */
  readonly to: string | null;
}

export function expireWaits(deps: MessagesDeps, record: RecordHappening): Job {
  return createLoop({
    name: 'expire-waits',
    bus: deps.bus,
    topics: ['tasks:messages'],
    pollMs: deps.settings.pollMs,
    log: deps.log,
    round: async () => {
      const overdue = await claimOverdue(deps);
      await Promise.all(overdue.map((one) => expire(deps, record, one)));
      if (overdue.length > 0) return true;
      const wait = await deps.database.acrossTenants((tx) =>
        nextTimerMs(tx, 'messages', WAIT_LANE),
      );
      return wait ?? false;
    },
  });
}

async function claimOverdue(deps: MessagesDeps): Promise<readonly Overdue[]> {
  return deps.database.acrossTenants(async (tx) => {
    const lane = { lane: WAIT_LANE, limit: CLAIM_MAX, leaseMs: deps.settings.sendLeaseMs };
    const tasks = await claimTasks(tx, 'messages', lane);
    if (tasks.length === 0) return [];
    const keys = tasks.map(({ tenantId, key }) => ({ tenantId, messageId: messageOf(key) }));
    const messages = await lockMessages(tx, keys);
    const facts = await factsOf(tx, deps, [...messages.values()]);
    return tasks.flatMap((task): Overdue[] => {
      const message = messages.get(messageOf(task.key));
      const attempt = message === undefined ? null : attemptOf(message, task.key);
      if (message === undefined || attempt === null) return [];
      // What another line delivered ends the message, and what this one handed over is not taken back then.
      const revocable = message.phase === 'ACTIVE' && isOpen(attempt);
      const person = facts.get(message.id);
      const channels = revocable && person !== 'unreadable' ? person?.channels : [];
      const known = channels?.find(({ channel }) => channel === attempt.route.channel);
      return [{ task, attempt, to: known?.address ?? null }];
    });
  });
}

async function expire(
  deps: MessagesDeps,
  record: RecordHappening,
  { task, attempt, to }: Overdue,
): Promise<void> {
  const provider = deps.providers.get(attempt.route.channel);
  // A revocation that fails or is not confirmed counts as none: the delivery may still come, and is shown then.
  const revoked =
    to !== null && provider?.revoke !== undefined
      ? await provider
          .revoke({ attemptId: attempt.id, to }, deps.settings.providerTimeoutMs)
          .catch(() => false)
      : false;
  try {
    const repeatable = provider?.duplicates === 'client-key';
    const event = { kind: 'waited', attemptId: attempt.id, revoked, repeatable } as const;
    await record({ task, happening: { messageId: messageOf(task.key), event } });
  } catch (error) {
    deps.log.error({ err: error, messageId: task.key }, 'end of wait not recorded');
  }
}
