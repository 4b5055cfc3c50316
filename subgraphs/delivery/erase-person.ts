// Forgets what a person said, once they were erased: the words go, the callbacks that brought them, and nobody waits any more.
import type { Transaction } from '../../platform/database.ts';
import type { DeliveryDeps } from './context.ts';
import { closingEntry, recordEntries } from './record-entries.ts';
import { dropTexts, lockConversationsWith } from './store/conversations.ts';
import { deleteCallbacksOf } from './store/person-callbacks.ts';

export interface ErasedPerson {
  readonly tenantId: string;
  /** Every UUID that the person had. */
  readonly recipientIds: readonly string[];
}

/** The key of the words is gone already, and they cannot be read. That somebody wrote or tapped stays, and when. */
export async function erasePerson(
  tx: Transaction,
  deps: Pick<DeliveryDeps, 'newUuid' | 'bus' | 'clock'>,
  person: ErasedPerson,
): Promise<void> {
  await deleteCallbacksOf(tx, person);
  const locked = await lockConversationsWith(tx, person.tenantId, person.recipientIds);
  if (locked.length === 0) return;
  await dropTexts(tx, locked);
  const occurredAt = deps.clock.now();
  const alive = locked.filter(({ state }) => state !== 'CLOSED');
  const entries = alive.map((conversation) => {
    const closing = { kind: 'CLOSED', actor: null, dedupeKey: 'erased', occurredAt } as const;
    return closingEntry(conversation, { id: deps.newUuid(), ...closing });
  });
  await recordEntries(tx, deps, { locked: alive, entries });
}
