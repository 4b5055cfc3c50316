// Closes a conversation by hand. The person's next word opens it anew.
import { uuidOf } from '../../schema/ids.ts';
import { NotFound } from '../../schema/user-errors.ts';
import type { DeliveryDeps } from './context.ts';
import { closingEntry, recordEntries } from './record-entries.ts';
import { lockConversation } from './store/conversations.ts';

export interface CloseConversationRequest {
  readonly tenantId: string;
  /** `cnv_...` */
  readonly conversationId: string;
  /** Who closes it: the token's subject. */
  readonly actor: string;
}

/** Idempotent: one that is closed stays as it is. Answers the conversation's UUID. */
export async function closeConversation(
  deps: Pick<DeliveryDeps, 'database' | 'clock' | 'newUuid' | 'bus'>,
  { tenantId, conversationId: asked, actor }: CloseConversationRequest,
): Promise<{ readonly conversationId: string } | { readonly error: NotFound }> {
  const conversationId = uuidOf('conversation', asked);
  const known =
    conversationId !== null &&
    (await deps.database.transaction(tenantId, async (tx) => {
      const locked = await lockConversation(tx, tenantId, conversationId);
      if (locked === null) return false;
      if (locked.state === 'CLOSED') return true;
      // After the lock: what was heard while this waited for it is closed with the rest, and stands before it.
      const now = deps.clock.now();
      const id = deps.newUuid();
      const entry = closingEntry(locked, {
        id,
        kind: 'CLOSED',
        actor,
        dedupeKey: id,
        occurredAt: now,
      });
      await recordEntries(tx, deps, { locked: [locked], entries: [entry] });
      return true;
    }));
  if (known) return { conversationId };
  return { error: new NotFound(['conversationId'], 'There is no conversation with this id.') };
}
