// Records messages of support in the conversations that they answer, from when they were written.
import type { Transaction } from '../../platform/database.ts';
import type { DeliveryDeps } from './context.ts';
import { dedupeKeyOf } from './domain/receipt-status.ts';
import { recordPartyEntries, type PartyEntry } from './record-entries.ts';
import type { Party } from './store/conversations.ts';
import { findOccurrences } from './store/handed-over.ts';

export interface Answer extends Party {
  readonly messageId: string;
  /** In milliseconds since 1970. */
  readonly handedOverAt: number;
}

/** Costs nothing while there are none. One that was handed over again, after a lost answer for one, counts once. */
export async function recordAnswers(
  tx: Transaction,
  deps: Pick<DeliveryDeps, 'ports' | 'newUuid' | 'bus'>,
  answers: readonly Answer[],
): Promise<void> {
  if (answers.length === 0) return;
  const keyOf = ({ messageId }: Answer) =>
    dedupeKeyOf({
      type: 'ACCEPTED',
      messageId,
      attemptId: null,
      provider: null,
      providerKey: null,
    });
  const acceptedAt = await findOccurrences(
    tx,
    answers.map((answer) => ({ tenantId: answer.tenantId, dedupeKey: keyOf(answer) })),
  );
  const entries: PartyEntry[] = [];
  for (const [tenantId, ofTenant] of Map.groupBy(answers, (answer) => answer.tenantId)) {
    const ids = ofTenant.map(({ recipientId }) => recipientId);
    const people = await deps.ports.personKeys(tx, tenantId, ids);
    for (const answer of ofTenant) {
      const person = people.get(answer.recipientId);
      // Erased meanwhile: there is nobody to talk with.
      if (person === undefined) continue;
      const { channel, messageId, handedOverAt } = answer;
      entries.push({
        tenantId,
        recipientId: person.recipientId,
        channel,
        id: deps.newUuid(),
        kind: 'MESSAGE',
        messageId,
        actionId: null,
        textSealed: null,
        actor: null,
        dedupeKey: messageId,
        occurredAt: handedOverAt,
        countedAt: acceptedAt.get(keyOf(answer)) ?? handedOverAt,
      });
    }
  }
  await recordPartyEntries(tx, deps, entries);
}
