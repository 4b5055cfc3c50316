// Follows what providers reported: a delivery settles its message, a failure goes on to the next route at once.
import { createFollower } from '../../../platform/follower.ts';
import type { Job } from '../../../platform/loop.ts';
import { lockTasks } from '../../../platform/task-queue.ts';
import type { EventPayloads } from '../../../schema/events.ts';
import { applyEvents, type MessageHappening } from '../apply-events.ts';
import type { MessagesDeps } from '../deps.ts';
import type { TemplateCache } from '../store/find-template.ts';
import { lockMessages } from '../store/load-messages.ts';

export function followReceipts(deps: MessagesDeps, templates: TemplateCache): Job {
  return createFollower({
    name: 'receipts',
    database: deps.database,
    source: 'delivery',
    bus: deps.bus,
    log: deps.log,
    pollMs: deps.settings.pollMs,
    handle: async (tx, events) => {
      const reports = events.flatMap(({ tenantId, name, payload }) => {
        if (name !== 'delivery.recorded') return [];
        const report = payload as EventPayloads['delivery.recorded'];
        const { source, attemptId, messageId, type, failureCode } = report;
        if (source !== 'PROVIDER' || attemptId === null) return [];
        const event = { kind: 'received', attemptId, type, failureCode } as const;
        return [{ tenantId, messageId, event }];
      });
      const keys = reports.map(({ tenantId, messageId }) => ({ tenantId, key: messageId }));
      await lockTasks(tx, 'messages', keys);
      const messages = await lockMessages(tx, reports);
      const ids = [...messages.values()].map((message) => message.templateId);
      const contents = await templates.get(tx, ids);
      await applyEvents(tx, deps, messages, contents, reports satisfies MessageHappening[]);
    },
  });
}
