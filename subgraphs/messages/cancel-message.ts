// Cancels a message whose next attempt has not begun: nothing more is handed over to anybody.
import { lockTasks } from '../../platform/task-queue.ts';
import { applyEvents } from './apply-events.ts';
import type { MessagesDeps } from './deps.ts';
import { isCancellable } from './domain/lifecycle.ts';
import { refuseOne, type Result } from './refusal.ts';
import type { TemplateCache } from './store/find-template.ts';
import { lockMessages } from './store/load-messages.ts';

/** Its value: whether it had been cancelled before. What an earlier route carried may still arrive, and is shown then. */
export async function cancelMessage(
  deps: MessagesDeps,
  templates: TemplateCache,
  { tenantId, messageId }: { readonly tenantId: string; readonly messageId: string | null },
): Promise<Result<{ readonly replayed: boolean }>> {
  if (messageId === null) return noMessage();
  return deps.database.transaction(tenantId, async (tx) => {
    await lockTasks(tx, 'messages', [{ tenantId, key: messageId }]);
    const messages = await lockMessages(tx, [{ tenantId, messageId }]);
    const message = messages.get(messageId);
    if (message === undefined) return noMessage();
    if (message.endStatus === 'CANCELLED') return { ok: true, value: { replayed: true } };
    if (!isCancellable(message)) {
      const sentence = 'A provider has the message, or it has ended; it cannot be cancelled.';
      return refuseOne('WRONG_STATE', ['messageId'], sentence);
    }
    const contents = await templates.get(tx, [message.templateId]);
    await applyEvents(tx, deps, messages, contents, [{ messageId, event: { kind: 'cancelled' } }]);
    return { ok: true, value: { replayed: false } };
  });
}

function noMessage(): Result<never> {
  return refuseOne('NOT_FOUND', ['messageId'], 'There is no message with this id.');
}
