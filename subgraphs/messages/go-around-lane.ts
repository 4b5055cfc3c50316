// Sends claimed tasks of a lane around their provider: to the next route, or back into the lane for later.
import type { Transaction } from '../../platform/database.ts';
import type { ClaimedTask } from '../../platform/task-queue.ts';
import { applyEvents, type MessageHappening } from './apply-events.ts';
import type { MessagesDeps } from './deps.ts';
import type { Unavailable } from './domain/step.ts';
import type { TemplateCache } from './store/find-template.ts';
import { lockMessages } from './store/load-messages.ts';
import { attemptOf, messageOf } from './task-key.ts';

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
  const keys = tasks.map(({ tenantId, key }) => ({ tenantId, messageId: messageOf(key) }));
  const messages = await lockMessages(tx, keys);
  const ids = [...messages.values()].map((message) => message.templateId);
  const contents = await templates.get(tx, ids);
  const happenings = tasks.map(({ key }): MessageHappening => {
    const messageId = messageOf(key);
    const message = messages.get(messageId);
    const attemptId = message && attemptOf(message, key)?.id;
    return { messageId, event: { kind: 'unavailable', attemptId, repeatable, ...unavailable } };
  });
  await applyEvents(tx, deps, messages, contents, happenings);
}
