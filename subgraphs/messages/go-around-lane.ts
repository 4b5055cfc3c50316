// Sends claimed tasks of a lane around their provider: to the next route, or back into the lane for later.
import type { Transaction } from '../../platform/database.ts';
import type { ClaimedTask } from '../../platform/task-queue.ts';
import { applyEvents, type MessageHappening } from './apply-events.ts';
import type { MessagesDeps } from './deps.ts';
import type { Unavailable } from './domain/step.ts';
import type { TemplateCache } from './store/find-template.ts';
import { lockMessages } from './store/load-messages.ts';

interface Claimed {
  readonly tasks: readonly ClaimedTask[];
  /** Whether the provider ignores a second hand-over of the same attempt. */
  readonly repeatable: boolean;
  readonly unavailable: Unavailable;
}

/** Nothing is handed over, so nobody is asked for consent: whoever claims on the next route does. */
export async function goAroundLane(
  tx: Transaction,
  deps: MessagesDeps,
  templates: TemplateCache,
  { tasks, repeatable, unavailable }: Claimed,
): Promise<void> {
  if (tasks.length === 0) return;
  const keys = tasks.map((task) => ({ tenantId: task.tenantId, messageId: task.key }));
  const messages = await lockMessages(tx, keys);
  const ids = [...messages.values()].map((message) => message.templateId);
  const contents = await templates.get(tx, ids);
  const happenings = keys.map(({ messageId }): MessageHappening => {
    return { messageId, event: { kind: 'unavailable', repeatable, ...unavailable } };
  });
  await applyEvents(tx, deps, messages, contents, happenings);
}
