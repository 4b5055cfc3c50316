// Makes one conversation a channel of those of two people who are one.
import type { Transaction } from '../../platform/database.ts';
import type { DeliveryDeps } from './context.ts';
import { closingEntry, foldAnew, recordEntries } from './record-entries.ts';
import { handConversation, lockConversationsWith, moveEntries } from './store/conversations.ts';

/** The merged person's conversations are the kept one's. Where both talked on a channel, all stands in the kept one's, and
 *  the other one is closed for good: its id may be known outside. */
export async function mergeConversations(
  tx: Transaction,
  deps: Pick<DeliveryDeps, 'newUuid' | 'bus' | 'clock'>,
  {
    tenantId,
    recipientId,
    mergedId,
  }: { readonly tenantId: string; readonly recipientId: string; readonly mergedId: string },
): Promise<void> {
  const locked = await lockConversationsWith(tx, tenantId, [recipientId, mergedId]);
  for (const from of locked.filter((one) => one.recipientId === mergedId)) {
    const into = locked.find((one) => {
      return one.recipientId === recipientId && one.channel === from.channel;
    });
    if (into === undefined) {
      await handConversation(tx, from, recipientId);
      continue;
    }
    await moveEntries(tx, from, into);
    await foldAnew(tx, [into]);
    const entry = closingEntry(from, {
      id: deps.newUuid(),
      kind: 'CLOSED',
      actor: null,
      dedupeKey: 'merged',
      occurredAt: deps.clock.now(),
    });
    await recordEntries(tx, deps, { locked: [from], entries: [entry] });
  }
}
