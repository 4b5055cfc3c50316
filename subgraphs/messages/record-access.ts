// Writes down what somebody did with a secure link, and tells who follows.
import type { Transaction } from '../../platform/database.ts';
import { appendEvents } from '../../platform/event-log.ts';
import type { EventPayloads } from '../../schema/events.ts';
import type { LinkAccessKind } from '../../schema/vocabulary-links.ts';
import type { MessagesDeps } from './deps.ts';
import type { OpenedLink } from './open-link.ts';

/** In the deed's own transaction. codeMessageId: UUID of the message that carried the code. */
export async function recordAccess(
  tx: Transaction,
  { newUuid, clock, bus }: Pick<MessagesDeps, 'newUuid' | 'clock' | 'bus'>,
  { tenantId, messageId, attempt, message: { recipientId } }: OpenedLink,
  { kind, codeMessageId }: { readonly kind: LinkAccessKind; readonly codeMessageId: string },
): Promise<void> {
  const [id, now] = [newUuid(), clock.now()];
  const payload: EventPayloads['link.accessed'] = {
    accessId: id,
    messageId,
    recipientId,
    attemptId: attempt.id,
    channel: attempt.channel,
    kind,
  };
  await Promise.all([
    tx.query(
      `insert into messages.link_access (tenant_id, id, message_id, attempt_id, kind, code_message_id, occurred_at)
       values ($1, $2, $3, $4, $5, $6, to_timestamp($7 / 1000.0))`,
      [tenantId, id, messageId, attempt.id, kind, codeMessageId, now],
    ),
    appendEvents(tx, 'messages', [
      { tenantId, id: newUuid(), name: 'link.accessed', payload, occurredAt: now },
    ]),
  ]);
  tx.afterCommit(() => bus.wake('events:messages'));
}
